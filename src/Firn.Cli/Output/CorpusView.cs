using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Firn.Data;
using Spectre.Console;

namespace Firn.Cli.Output;

/// <summary>What was understood of a file of texts, in a few lines and as JSON.</summary>
internal static class CorpusView
{
    private const int ShownLabels = 10;
    private const int LineLength = 100;

    /// <summary>
    /// Layout, encoding and columns, and the first text with its label: known before the rows are read.
    /// </summary>
    public static void TellLayout(Terminal terminal, CorpusReader corpus)
    {
        terminal.Note($"{corpus.Path}: {Layout(corpus)}");
        if (corpus.Cast<LabeledText?>().FirstOrDefault() is { } first)
            terminal.Note($"first: {First(first, LineLength)}");
    }

    /// <summary>The rows of each label, and what is odd: known once the rows are read.</summary>
    public static void TellRows(Terminal terminal, CorpusReader? corpus)
    {
        if (corpus is null)
            return;
        CorpusSummary summary = corpus.Summary();
        if (summary.DistinctLabels > 0)
            terminal.Note(Labels(summary));
        foreach (string line in Remarks(summary))
            terminal.Note($"firn: {line}");
        TellSkipped(terminal, corpus);
    }

    /// <summary>Says how many rows were left out, and shows the first of them.</summary>
    public static void TellSkipped(Terminal terminal, CorpusReader corpus)
    {
        if (corpus.RowsSkipped == 0)
            return;
        terminal.Note(
            $"firn: {corpus.Path}: {corpus.RowsSkipped:N0} of "
                + $"{Plural.Of(corpus.RowsRead + corpus.RowsSkipped, "row")} left out"
        );
        foreach (var error in corpus.Errors.Take(5))
            terminal.Note($"  line {error.Line}: {error.Reason}");
        if (corpus.RowsSkipped > 5)
            terminal.Note($"  and {corpus.RowsSkipped - 5:N0} more");
    }

    /// <summary>
    /// The layout in one line: <c>CSV, comma, UTF-8, header; text column review, label column sentiment</c>.
    /// </summary>
    public static string Layout(CorpusReader corpus) => Layout(corpus.Layout, corpus.Encoding);

    /// <summary>The same of a layout that a bundle keeps.</summary>
    public static string Layout(CorpusLayout layout, string encoding)
    {
        var parts = new List<string> { layout.Name };
        if (layout.Separator is { } separator)
            parts.Add($"separator {separator}");
        if (layout.HasHeader is { } header)
            parts.Add(header ? "header" : "no header");
        parts.Add(Encoding(encoding));
        string columns = layout.TextColumn is null
            ? ""
            : $"; text {Column(layout, layout.TextColumn)}, label {Column(layout, layout.LabelColumn ?? "none")}";
        return string.Join(", ", parts) + columns;
    }

    /// <summary>
    /// The counts of the ten most frequent labels: <c>600 texts; labels: negative (301), positive (299)</c>.
    /// </summary>
    public static string Labels(CorpusSummary summary)
    {
        IEnumerable<string> shown = summary
            .Labels.Take(ShownLabels)
            .Select(label =>
                string.Create(CultureInfo.InvariantCulture, $"{Shortened(label.Label, 30)} ({label.Rows:N0})")
            );
        string more =
            summary.DistinctLabels > ShownLabels
                ? string.Create(CultureInfo.InvariantCulture, $", and {summary.DistinctLabels - ShownLabels:N0} more")
                : "";
        return $"{Plural.Of(summary.Rows, "text")}; {Plural.Of(summary.DistinctLabels, "label")}: "
            + $"{string.Join(", ", shown)}{more}";
    }

    /// <summary>What is odd about the file and its rows, a sentence each.</summary>
    public static IEnumerable<string> Remarks(CorpusSummary summary)
    {
        foreach (string remark in summary.Layout.Remarks.Concat(summary.Remarks))
            yield return remark;
        if (summary.InvalidBytes > 0)
        {
            yield return summary.Encoding == TextEncodings.Auto
                ? $"{Plural.Of(summary.InvalidBytes, "byte")} of the texts "
                    + $"{Plural.Choose(summary.InvalidBytes, "is", "are")} no UTF-8 and read as Windows-1252; name "
                    + $"another encoding with --encoding"
                : $"{Plural.Of(summary.InvalidBytes, "byte")} of the texts "
                    + $"{Plural.Choose(summary.InvalidBytes, "is", "are")} not {summary.Encoding} and became U+FFFD";
        }
    }

    public static JsonObject AsJson(CorpusReader corpus)
    {
        JsonObject described = AsJson(corpus.Summary());
        described.Insert(0, "path", corpus.Path);
        described.Insert(1, "format", corpus.Format.ToString());
        return described;
    }

    public static JsonObject AsJson(CorpusSummary summary)
    {
        var reasons = new JsonObject();
        foreach ((string reason, long rows) in summary.SkipReasons)
            reasons[reason] = rows;
        return new JsonObject
        {
            ["layout"] = summary.Layout.Name,
            ["separator"] = summary.Layout.Separator,
            ["header"] = summary.Layout.HasHeader,
            ["encoding"] = summary.Encoding,
            ["textColumn"] = summary.Layout.TextColumn,
            ["labelColumn"] = summary.Layout.LabelColumn,
            ["rows"] = summary.Rows,
            ["skipped"] = summary.Skipped,
            ["skipReasons"] = reasons,
            ["invalidBytes"] = summary.InvalidBytes,
            ["distinctLabels"] = summary.DistinctLabels,
            ["labels"] = new JsonArray([
                .. summary.Labels.Select(label =>
                    (JsonNode)new JsonObject { ["label"] = label.Label, ["rows"] = label.Rows }
                ),
            ]),
            ["remarks"] = Json.Array(Remarks(summary)),
        };
    }

    /// <summary>
    /// A text on one line, cut where it takes more columns of a terminal than <paramref name="most"/>.
    /// </summary>
    public static string Shortened(string text, int most)
    {
        var line = new StringBuilder();
        int width = 0,
            kept = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            string shown = Rune.IsControl(rune) ? " " : rune.ToString();
            width += shown.GetCellWidth();
            if (width > most)
                return line.ToString(0, kept) + "...";
            line.Append(shown);
            if (width <= most - 3)
                kept = line.Length;
        }
        return line.ToString();
    }

    /// <summary>
    /// A line broken at blanks where it is longer than <paramref name="width"/>; what follows is indented.
    /// </summary>
    public static IEnumerable<string> Wrapped(string line, int width)
    {
        string begun = "";
        foreach (string word in line.Split(' '))
        {
            if (begun.Trim().Length > 0 && begun.GetCellWidth() + 1 + word.GetCellWidth() > width)
            {
                yield return begun;
                begun = "  " + word;
            }
            else
                begun = begun.Length == 0 ? word : $"{begun} {word}";
        }
        yield return begun;
    }

    private static string First(LabeledText first, int most) =>
        first.Label.Length == 0
            ? Shortened(first.Text, most)
            : $"[{Shortened(first.Label, 30)}] {Shortened(first.Text, most)}";

    private static string Column(CorpusLayout layout, string name) =>
        layout.HasHeader == false ? $"column {name}" : name;

    private static string Encoding(string name) =>
        name switch
        {
            TextEncodings.Auto => "UTF-8",
            _ => name.StartsWith("utf-", StringComparison.Ordinal) ? name.ToUpperInvariant() : name,
        };
}
