using System.Globalization;
using System.Text.Json;
using Firn.Bundles;
using Firn.Cli.Output;
using Firn.Training;

namespace Firn.Cli.Reporting;

/// <summary>What a bundle's card tells, as named values to show; whatever it does not tell is left out.</summary>
internal static class ModelCardFacts
{
    /// <summary>The schedule a model was trained by; frozen where the card does not say.</summary>
    public static ThawSchedule ScheduleOf(ModelCard card) =>
        (
            Find(card, "schedule") is { ValueKind: not JsonValueKind.Null } found
                ? found
                : Find(card, "recipe", "training", "schedule")
        ) switch
        {
            { ValueKind: JsonValueKind.String } name => ThawSchedule.Parse(name.GetString()!),
            { ValueKind: JsonValueKind.Object } phases => ThawSchedule.FromJson(phases.GetRawText()),
            _ => ThawSchedule.Frozen,
        };

    /// <summary>Identity, data and metrics, then the recipe's settings group by group.</summary>
    public static IReadOnlyList<Section> Sections(Predictor predictor)
    {
        var card = predictor.Card;
        var sections = new List<Section>
        {
            new(
                "Model",
                [
                    new("classes", ClassNames.Of(predictor.Labels)),
                    new(
                        "neutral band",
                        predictor.Neutral is { } band
                            ? string.Create(
                                CultureInfo.InvariantCulture,
                                $"{band.Label} between {band.Low} and {band.High}"
                            )
                            : "none"
                    ),
                    new(
                        "unsure below",
                        predictor.AbstainBelow is { } least
                            ? string.Create(CultureInfo.InvariantCulture, $"a confidence of {least:0.####}")
                            : "never"
                    ),
                    new(
                        "vocabulary",
                        string.Create(CultureInfo.InvariantCulture, $"{predictor.Vocabulary.Count - 1:N0} words")
                    ),
                    new("tokens used, at most", predictor.MaxTokens.ToString(CultureInfo.InvariantCulture)),
                    new("saved by", $"Firn {card.FirnVersion}"),
                ]
            ),
            DataFacts.Of(card.Data),
        };
        if (Find(card, "schedule") is { ValueKind: not JsonValueKind.Null })
            sections.Add(new("Schedule", [new("as it was trained", ScheduleOf(card).Name)]));
        if (card.Metrics.Count > 0)
            sections.Add(
                new(
                    "Test",
                    [
                        .. card.Metrics.Select(metric => new Fact(
                            metric.Key.Replace('_', ' '),
                            metric.Value.ToString("0.0000", CultureInfo.InvariantCulture)
                        )),
                    ]
                )
            );
        if (Find(card, "recipe") is { ValueKind: JsonValueKind.Object } recipe)
        {
            sections.Add(new("Recipe", [.. Leaves(recipe, nested: false)]));
            foreach (
                var group in recipe.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Object)
            )
                sections.Add(new(Title(group.Name), [.. Leaves(group.Value, nested: true)]));
        }
        return sections;
    }

    private static IEnumerable<Fact> Leaves(JsonElement group, bool nested)
    {
        foreach (var member in group.EnumerateObject())
        {
            string name = member.Name.Replace('_', ' ');
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.Null:
                    break;
                case JsonValueKind.Object when !nested:
                    break;
                case JsonValueKind.Object:
                    foreach (var inner in Leaves(member.Value, nested: true))
                        yield return new Fact($"{name}: {inner.Name}", inner.Value);
                    break;
                case JsonValueKind.True:
                    yield return new Fact(name, "yes");
                    break;
                case JsonValueKind.False:
                    yield return new Fact(name, "no");
                    break;
                case JsonValueKind.Number when member.Value.GetRawText().AsSpan().ContainsAny('.', 'E'):
                    yield return new Fact(
                        name,
                        member.Value.GetDouble().ToString("0.########", CultureInfo.InvariantCulture)
                    );
                    break;
                default:
                    yield return new Fact(name, member.Value.ToString());
                    break;
            }
        }
    }

    private static string Title(string name)
    {
        if (name == "word2_vec")
            return "Word vectors";
        string words = name.Replace('_', ' ');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static JsonElement? Find(ModelCard card, params string[] path)
    {
        if (card.Training is not { } at)
            return null;
        foreach (string name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return null;
        }
        return at;
    }
}
