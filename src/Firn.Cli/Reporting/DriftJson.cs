using System.Text.Json.Nodes;
using Firn.Cli.Commands;
using Firn.Cli.Commands.Vectors;
using Firn.Cli.Output;
using Firn.Drift;
using Firn.Study;

namespace Firn.Cli.Reporting;

/// <summary>Drift as one JSON object; the movement of every word is left to <c>--csv</c>.</summary>
internal static class DriftJson
{
    public static JsonObject Of(DriftView view, string? page)
    {
        DriftReport drift = view.Drift;
        return new JsonObject
        {
            ["words"] = drift.Words.Count,
            ["moved"] = drift.Moved,
            ["unseen"] = drift.Unseen,
            ["bands"] = Array(
                drift.Bands,
                b => new JsonObject
                {
                    ["seen"] = b.Name,
                    ["words"] = b.Words,
                    ["moved"] = b.Moved,
                    ["cosineDistance"] = Json.Number(b.MeanCosineDistance),
                    ["medianCosineDistance"] = Json.Number(b.MedianCosineDistance),
                    ["relative"] = Json.Number(b.MeanRelative),
                    ["neighborsKept"] = Json.Number(b.MeanNeighborsKept),
                }
            ),
            ["movements"] = Array(
                view.Movements,
                w => new JsonObject
                {
                    ["word"] = w.Word,
                    ["seen"] = w.Count,
                    ["cosineDistance"] = Json.Number(w.CosineDistance),
                    ["length"] = Json.Number(w.Length),
                    ["relative"] = Json.Number(w.Relative),
                    ["neighborsKept"] = w.NeighborsKept,
                }
            ),
            ["pairs"] = Array(
                view.Pairs,
                p => new JsonObject
                {
                    ["first"] = p.First,
                    ["firstSeen"] = p.FirstCount,
                    ["second"] = p.Second,
                    ["secondSeen"] = p.SecondCount,
                    ["cosineBefore"] = Json.Number(p.CosineBefore),
                    ["cosineAfter"] = Json.Number(p.CosineAfter),
                    ["divergence"] = Json.Number(p.Divergence),
                    ["rankBefore"] = p.RankBefore,
                    ["rankAfter"] = p.RankAfter,
                }
            ),
            ["neighbors"] = Neighbors(view),
            ["repairs"] = Array(view.Repairs, Repair),
            ["report"] = page,
        };
    }

    private static JsonObject Neighbors(DriftView view)
    {
        var all = new JsonObject();
        foreach (string word in view.Words)
        {
            NeighborChange change = view.Drift.NeighborsOf(word);
            all[word] = new JsonObject
            {
                ["before"] = VectorsNeighborsCommand.AsJson(change.Before),
                ["after"] = VectorsNeighborsCommand.AsJson(change.After),
            };
        }
        return all;
    }

    private static JsonObject Repair(RepairOutcome outcome) =>
        new()
        {
            ["method"] = DriftTables.Name(outcome.Repair.Method),
            ["words"] = outcome.Repair.Words,
            ["meanLength"] = Json.Number(outcome.Repair.MeanLength),
            ["penalty"] = outcome.Repair.Penalty is { } penalty ? Json.Number(penalty) : null,
            ["crossValidatedR2"] = outcome.Repair.CrossValidatedR2 is { } crossValidatedR2
                ? Json.Number(crossValidatedR2)
                : null,
            ["before"] = outcome.Before is { } before ? Accuracy(before) : null,
            ["after"] = outcome.After is { } after ? Accuracy(after) : null,
            ["bundle"] = outcome.Bundle,
        };

    private static JsonObject Accuracy(SlicedAccuracy accuracy) =>
        new()
        {
            ["texts"] = accuracy.Whole.Texts,
            ["accuracy"] = Json.Number(accuracy.Whole.Accuracy),
            ["unseenWordTexts"] = accuracy.UnseenWords.Texts,
            ["unseenWordAccuracy"] = Json.Number(accuracy.UnseenWords.Accuracy),
        };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonObject> map) =>
        new([.. items.Select(item => (JsonNode?)map(item))]);
}
