using System.Globalization;
using Firn.Cli.Output;
using Firn.Evaluation;

namespace Firn.Cli.Reporting;

/// <summary>The figures of an evaluation class by class, laid out as scikit-learn's classification report.</summary>
internal static class MetricTable
{
    private const int EachOnPage = 25,
        EachPrinted = 10;

    /// <summary>A row a class, of very many those that matter most, then the averages.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <param name="each">Of more classes than can be shown, that many of the most frequent and of the worst.</param>
    public static TableData Of(EvaluationReport evaluation, int each = EachOnPage)
    {
        var rows = new List<string[]>();
        var shown = ClassSelection.Of(evaluation, each);
        foreach (var metrics in shown)
            rows.Add(Row(metrics.Name, metrics.Precision, metrics.Recall, metrics.F1, metrics.Support));
        if (ClassSelection.Rest(evaluation, shown.Count) is { } rest)
            rows.Add([rest, "", "", "", ""]);
        if (evaluation.MultiLabel is { } several)
            rows.Add(
                Row("micro average", several.MicroPrecision, several.MicroRecall, several.MicroF1, evaluation.Count)
            );
        rows.Add(
            Row(
                "macro average",
                evaluation.MacroPrecision,
                evaluation.MacroRecall,
                evaluation.MacroF1,
                evaluation.Count
            )
        );
        rows.Add(
            Row(
                "weighted average",
                evaluation.WeightedPrecision,
                evaluation.WeightedRecall,
                evaluation.WeightedF1,
                evaluation.Count
            )
        );
        return new TableData(["class", "precision", "recall", "F1", "texts"], rows);
    }

    /// <summary>The figures of the whole.</summary>
    public static IReadOnlyList<Fact> Headline(EvaluationReport evaluation) =>
        [
            new(
                evaluation.MultiLabel is null ? "accuracy" : "all labels right",
                Figure(evaluation.Accuracy) + Ends(evaluation.Intervals?.Accuracy)
            ),
            .. evaluation.MultiLabel is { } several
                ? [new Fact("micro F1", Figure(several.MicroF1)), new Fact("Hamming loss", Figure(several.HammingLoss))]
                : Array.Empty<Fact>(),
            new("macro F1", Figure(evaluation.MacroF1) + Ends(evaluation.Intervals?.MacroF1)),
            new("ROC AUC", evaluation.RocAuc is { } area ? Figure(area) + Ends(evaluation.Intervals?.RocAuc) : "n/a"),
            new("loss", Figure(evaluation.Loss)),
            new("Brier score", Figure(evaluation.Brier)),
            new("calibration error", Figure(evaluation.CalibrationError)),
        ];

    /// <summary>The figures on standard output.</summary>
    public static void Print(Terminal terminal, EvaluationReport evaluation)
    {
        var table = Of(evaluation, EachPrinted);
        Tables.Write(terminal, null, [table.Heads[0], .. table.Heads.Skip(1).Select(head => ">" + head)], table.Rows);
        foreach (string line in Filled([.. Headline(evaluation).Select(fact => $"{fact.Name} {fact.Value}")]))
            terminal.Out.WriteLine(line);
        terminal.Out.WriteLine();
    }

    /// <summary>Facts beside one another, in lines of 80 characters.</summary>
    private static IEnumerable<string> Filled(string[] facts)
    {
        const int Width = 80;
        string line = "";
        foreach (string fact in facts)
        {
            if (line.Length > 0 && line.Length + 3 + fact.Length > Width)
            {
                yield return line;
                line = "";
            }
            line += line.Length == 0 ? fact : "   " + fact;
        }
        yield return line;
    }

    private static string[] Row(string name, double precision, double recall, double f1, int support) =>
        [name, Figure(precision), Figure(recall), Figure(f1), support.ToString("N0", CultureInfo.InvariantCulture)];

    /// <summary>The 95% interval in brackets.</summary>
    private static string Ends(Interval? interval) =>
        interval is { } ends ? $" ({Figure(ends.Low)} to {Figure(ends.High)})" : "";

    private static string Figure(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
