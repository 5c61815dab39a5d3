using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Study;

namespace Firn.Cli.Reporting;

/// <summary>A study's summary as JSON.</summary>
internal static class StudyJsonView
{
    public static JsonObject Of(StudyReport report, string page, string results)
    {
        StudySummary summary = report.Summary;
        return new JsonObject
        {
            ["headline"] = report.Finding.Headline,
            ["paragraph"] = report.Finding.Paragraph,
            ["answers"] = new JsonArray([
                .. report.Finding.Answers.Select(a =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["claim"] = a.Claim,
                            ["verdict"] = StudyPage.InWords(a.Verdict),
                            ["evidence"] = a.Evidence,
                        }
                ),
            ]),
            ["data"] = summary.Data,
            ["labels"] = Json.Array(summary.Labels),
            ["trainTexts"] = summary.TrainTexts,
            ["testTexts"] = summary.TestTexts,
            ["vectors"] = summary.Vectors,
            ["words"] = summary.Words,
            ["dimension"] = summary.Dimension,
            ["idBytes"] = Json.Number(summary.IdBytes),
            ["vectorBytes"] = Json.Number(summary.VectorBytes),
            ["rows"] = new JsonArray([.. summary.Rows.Select(Row)]),
            ["diverged"] = new JsonArray([
                .. summary
                    .Diverged.OrderBy(t => t.Key)
                    .SelectMany(t =>
                        t.Value.Select(divergence =>
                            (JsonNode)
                                new JsonObject
                                {
                                    ["texts"] = t.Key,
                                    ["seen"] = divergence.Seen,
                                    ["count"] = divergence.Count,
                                    ["unseen"] = divergence.Unseen,
                                    ["before"] = Json.Number(divergence.Before),
                                    ["after"] = Json.Number(divergence.After),
                                }
                        )
                    ),
            ]),
            ["dropped"] = new JsonArray([
                .. summary.Dropped.Select(gap =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["texts"] = gap.Size,
                            ["seed"] = gap.Seed,
                            ["policies"] = Json.Array(gap.Policies.Select(StudyPolicies.NameOf)),
                        }
                ),
            ]),
            ["tooLarge"] = Json.Array(summary.TooLarge),
            ["remark"] = summary.Remark,
            ["command"] = report.Command,
            ["seconds"] = Json.Number(Math.Round(report.Elapsed.TotalSeconds, 1)),
            ["results"] = results,
            ["page"] = page,
        };
    }

    private static JsonNode Row(StudyRow row) =>
        new JsonObject
        {
            ["texts"] = row.Size,
            ["policy"] = StudyPolicies.NameOf(row.Policy),
            ["seeds"] = row.Seeds,
            ["accuracy"] = Of(row.Accuracy),
            ["againstFrozen"] = Of(row.AgainstFrozen),
            ["onlyThisRight"] = row.AgainstFrozen is null ? null : row.Discordant.OnlyThis,
            ["onlyFrozenRight"] = row.AgainstFrozen is null ? null : row.Discordant.OnlyFrozen,
            ["p"] = row.PValue is { } p ? Json.Number(p) : null,
            ["pHolm"] = row.HolmPValue is { } holm ? Json.Number(holm) : null,
            ["pEquivalence"] = row.EquivalencePValue is { } equal ? Json.Number(equal) : null,
            ["unseenShare"] = Json.Number(row.SliceShare),
            ["unseenAccuracy"] = Of(row.Slice),
            ["unseenAgainstFrozen"] = Of(row.SliceAgainstFrozen),
            ["unseenAgainstOthers"] = Of(row.SliceAgainstRest),
            ["cosine"] = row.Cosine is { } cosine ? Json.Number(cosine) : null,
            ["neighborsKept"] = row.NeighborsKept is { } kept ? Json.Number(kept) : null,
            ["trainingBytes"] = row.TrainingBytes,
            ["versionBytes"] = row.VersionBytes,
            ["seconds"] = Json.Number(Math.Round(row.Seconds, 2)),
            ["bestEpoch"] = Json.Number(row.BestEpoch),
        };

    private static JsonArray? Of(Estimate? estimate) =>
        estimate is null ? null : Json.Array([estimate.Mean, estimate.Low, estimate.High]);
}
