using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Evaluation;

namespace Firn.Cli.Reporting;

/// <summary>An evaluation as JSON; curves and bins are left to the report.</summary>
internal static class EvaluationJson
{
    private const int MaxMatrixClasses = 100,
        MaxConfusions = 1000;

    public static JsonObject Of(EvaluationReport evaluation)
    {
        var classes = new JsonArray();
        foreach (var metrics in evaluation.PerClass)
        {
            classes.Add(
                new JsonObject
                {
                    ["name"] = metrics.Name,
                    ["precision"] = Json.Number(metrics.Precision),
                    ["recall"] = Json.Number(metrics.Recall),
                    ["f1"] = Json.Number(metrics.F1),
                    ["support"] = metrics.Support,
                }
            );
        }
        var described = new JsonObject
        {
            ["texts"] = evaluation.Count,
            ["accuracy"] = Json.Number(evaluation.Accuracy),
            ["loss"] = Json.Number(evaluation.Loss),
            ["rocAuc"] = evaluation.RocAuc is { } area ? Json.Number(area) : null,
            ["macroPrecision"] = Json.Number(evaluation.MacroPrecision),
            ["macroRecall"] = Json.Number(evaluation.MacroRecall),
            ["macroF1"] = Json.Number(evaluation.MacroF1),
            ["weightedPrecision"] = Json.Number(evaluation.WeightedPrecision),
            ["weightedRecall"] = Json.Number(evaluation.WeightedRecall),
            ["weightedF1"] = Json.Number(evaluation.WeightedF1),
            ["brier"] = Json.Number(evaluation.Brier),
            ["calibrationError"] = Json.Number(evaluation.CalibrationError),
            ["classes"] = classes,
            ["confusion"] =
                evaluation.Confusion.Count > MaxMatrixClasses
                    ? null
                    : new JsonArray([.. evaluation.Confusion.Select(row => Json.Array(row))]),
        };
        if (evaluation.Confusion.Count > MaxMatrixClasses)
        {
            described["confusions"] = new JsonArray([
                .. ClassSelection
                    .Largest(evaluation, MaxConfusions)
                    .Select(c =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["actual"] = c.Actual,
                                ["predicted"] = c.Predicted,
                                ["texts"] = c.Texts,
                            }
                    ),
            ]);
        }
        if (evaluation.Intervals is { } intervals)
        {
            described["intervals"] = new JsonObject
            {
                ["accuracy"] = Ends(intervals.Accuracy),
                ["macroF1"] = Ends(intervals.MacroF1),
                ["rocAuc"] = intervals.RocAuc is { } ends ? Ends(ends) : null,
            };
        }
        if (evaluation.MultiLabel is { } several)
        {
            described["microPrecision"] = Json.Number(several.MicroPrecision);
            described["microRecall"] = Json.Number(several.MicroRecall);
            described["microF1"] = Json.Number(several.MicroF1);
            described["hammingLoss"] = Json.Number(several.HammingLoss);
        }
        return described;
    }

    private static JsonArray Ends(Interval interval) => Json.Array([interval.Low, interval.High]);
}
