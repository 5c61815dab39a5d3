using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Firn.Data;
using Firn.Layers;

namespace Firn.Training;

/// <summary>
/// A schedule as JSON; a key that is not known is an error, for a misspelt one would silently mean nothing.
/// </summary>
internal static class ScheduleJson
{
    private const string Best = "best";

    // As the group of the encoder was called when every encoder was one, and the anchor's strength before.
    private const string OldEncoder = "lstm",
        OldAnchor = "pull";
    private static readonly string[] Groups = [.. ThawSchedule.Groups.Select(ThawSchedule.NameOf)];
    private static readonly string[] PhaseKeys =
    [
        "epochs",
        "until",
        "patience",
        "train",
        "rows",
        "rates",
        "anchor",
        "optimizer",
    ];

    public static ThawSchedule Read(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                json,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new ArgumentException(
                $"The schedule is no JSON at line {e.LineNumber + 1}, character {e.BytePositionInLine + 1}; write "
                    + $"{{\"phases\": [{{\"epochs\": 2, \"train\": [\"encoder\", \"dense\"]}}, ...]}}.",
                e
            );
        }
    }

    public static ThawSchedule Read(JsonElement root)
    {
        string name = "custom";
        JsonElement phases = root;
        if (root.ValueKind == JsonValueKind.Object)
        {
            Keys(root, "the schedule", "name", "phases");
            if (root.TryGetProperty("name", out JsonElement given))
                name = Text(given, "name");
            if (!root.TryGetProperty("phases", out phases))
                throw Wrong("the schedule", "it has no phases; write \"phases\": [...]");
        }
        if (phases.ValueKind != JsonValueKind.Array)
            throw Wrong("phases", "a list of phases is expected");
        return new ThawSchedule([.. phases.EnumerateArray().Select((phase, i) => Phase(phase, $"phases[{i}]"))], name);
    }

    public static string Write(ThawSchedule schedule)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            Write(writer, schedule);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static void Write(Utf8JsonWriter writer, ThawSchedule schedule)
    {
        writer.WriteStartObject();
        writer.WriteString("name", schedule.Name);
        writer.WriteStartArray("phases");
        foreach (ThawPhase phase in schedule.Phases)
            Write(writer, phase);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ThawPhase phase)
    {
        writer.WriteStartObject();
        if (phase.Epochs is { } epochs)
            writer.WriteNumber("epochs", epochs);
        if (phase.Patience is { } patience)
        {
            writer.WriteString("until", Best);
            if (patience != ThawSchedule.DefaultPatience)
                writer.WriteNumber("patience", patience);
        }
        writer.WriteStartArray("train");
        foreach (ParameterGroup group in phase.Trainable.Order())
            writer.WriteStringValue(ThawSchedule.NameOf(group));
        writer.WriteEndArray();
        if (phase.Rows != RowRule.WithVector)
        {
            writer.WriteStartObject("rows");
            writer.WriteNumber("seen", phase.Rows.SeenAtLeast);
            if (phase.Rows.TopByCount is { } most)
                writer.WriteNumber("top", most);
            writer.WriteBoolean("without_vector", phase.Rows.WithoutVector);
            writer.WriteEndObject();
        }
        ParameterGroup[] rated = [.. phase.Trainable.Order().Where(g => phase.RateOf(g) != 1)];
        if (rated.Length > 0)
        {
            writer.WriteStartObject("rates");
            foreach (ParameterGroup group in rated)
                writer.WriteNumber(ThawSchedule.NameOf(group), phase.RateOf(group));
            writer.WriteEndObject();
        }
        if (phase.AnchorStrength != 0)
            writer.WriteNumber("anchor", phase.AnchorStrength);
        if (phase.Optimizer != OptimizerStart.Keep)
            writer.WriteString("optimizer", "reset");
        writer.WriteEndObject();
    }

    private static ThawPhase Phase(JsonElement phase, string place)
    {
        Keys(
            phase,
            place,
            phase.ValueKind == JsonValueKind.Object && phase.TryGetProperty(OldAnchor, out _)
                ? [.. PhaseKeys, OldAnchor]
                : PhaseKeys
        );
        if (!phase.TryGetProperty("train", out JsonElement train) || train.ValueKind != JsonValueKind.Array)
            throw Wrong(place, "it does not say what trains; write \"train\": [\"encoder\", \"dense\"]");
        var read = new ThawPhase
        {
            Trainable = train
                .EnumerateArray()
                .Select((g, i) => Group(Text(g, $"{place}.train[{i}]"), $"{place}.train[{i}]"))
                .ToHashSet(),
        };
        if (phase.TryGetProperty("epochs", out JsonElement epochs))
            read = read with { Epochs = Whole(epochs, $"{place}.epochs") };
        bool untilBest = phase.TryGetProperty("until", out JsonElement until);
        if (untilBest && (until.ValueKind != JsonValueKind.String || !until.ValueEquals(Best)))
            throw Wrong(
                $"{place}.until",
                $"a phase can last until \"{Best}\" alone, not {until.GetRawText()}; for a number, write \"epochs\""
            );
        if (untilBest)
            read = read with { Patience = ThawSchedule.DefaultPatience };
        if (phase.TryGetProperty("patience", out JsonElement patience))
            read = read with
            {
                Patience = untilBest
                    ? Whole(patience, $"{place}.patience")
                    : throw Wrong(
                        $"{place}.patience",
                        $"it is for a phase that lasts until its best epoch; add \"until\": \"{Best}\""
                    ),
            };
        if (phase.TryGetProperty("rows", out JsonElement rows))
            read = read with { Rows = Rows(rows, $"{place}.rows") };
        if (phase.TryGetProperty("rates", out JsonElement rates))
        {
            Keys(
                rates,
                $"{place}.rates",
                rates.ValueKind == JsonValueKind.Object && rates.TryGetProperty(OldEncoder, out _)
                    ? [.. Groups, OldEncoder]
                    : Groups
            );
            foreach (JsonProperty rate in rates.EnumerateObject())
                read = read.WithRate(
                    Group(rate.Name, $"{place}.rates"),
                    Number(rate.Value, $"{place}.rates.{rate.Name}")
                );
        }
        if (phase.TryGetProperty("anchor", out JsonElement anchor) || phase.TryGetProperty(OldAnchor, out anchor))
            read = read with { AnchorStrength = Number(anchor, $"{place}.anchor") };
        if (phase.TryGetProperty("optimizer", out JsonElement optimizer))
            read = read with { Optimizer = ScheduleText.Start(Text(optimizer, $"{place}.optimizer")) };
        return read;
    }

    /// <summary>A rule as an object, or as the text that <see cref="RowRule.Parse"/> reads.</summary>
    private static RowRule Rows(JsonElement rows, string place)
    {
        if (rows.ValueKind == JsonValueKind.String)
            return RowRule.Parse(rows.GetString()!);
        Keys(rows, place, "seen", "top", "without_vector");
        RowRule rule = RowRule.WithVector;
        if (rows.TryGetProperty("seen", out JsonElement seen))
            rule = rule with { SeenAtLeast = Whole(seen, $"{place}.seen") };
        if (rows.TryGetProperty("top", out JsonElement top))
            rule = rule with { TopByCount = Whole(top, $"{place}.top") };
        if (rows.TryGetProperty("without_vector", out JsonElement without))
        {
            rule = rule with
            {
                WithoutVector = without.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? without.GetBoolean()
                    : throw Wrong($"{place}.without_vector", "true or false is expected"),
            };
        }
        return rule;
    }

    private static ParameterGroup Group(string name, string place)
    {
        int at = Array.IndexOf(Groups, name == OldEncoder ? ThawSchedule.NameOf(ParameterGroup.Encoder) : name);
        return at >= 0
            ? ThawSchedule.Groups[at]
            : throw Wrong(
                place,
                $"there is no group '{name}'; {Suggestion.Phrase(name, Groups)}choose {string.Join(", ", Groups)}"
            );
    }

    private static void Keys(JsonElement element, string place, params string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Wrong(place, "an object is expected: {...}");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                throw Wrong(
                    place,
                    $"there is no key '{member.Name}'; {Suggestion.Phrase(member.Name, known)}choose "
                        + $"{string.Join(", ", known)}"
                );
            if (!seen.Add(member.Name))
                throw Wrong(place, $"the key '{member.Name}' stands there twice; leave one out");
        }
    }

    private static int Whole(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 1
            ? number
            : throw Wrong(place, $"a whole number of 1 or more is expected, not {value.GetRawText()}");

    private static double Number(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble())
            ? value.GetDouble()
            : throw Wrong(place, $"a number is expected, not {value.GetRawText()}");

    private static string Text(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Wrong(place, $"a text is expected, not {value.GetRawText()}");

    private static ArgumentException Wrong(string place, string problem) =>
        new($"The schedule's JSON, {place}: {problem}.");
}

/// <summary>A schedule in a recipe: its text where that says all, else its phases.</summary>
internal sealed class ThawScheduleJsonConverter : JsonConverter<ThawSchedule>
{
    public override ThawSchedule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return ThawSchedule.Parse(reader.GetString() ?? "");
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return ScheduleJson.Read(document.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, ThawSchedule value, JsonSerializerOptions options)
    {
        if (value.HasText)
            writer.WriteStringValue(value.Name);
        else
            ScheduleJson.Write(writer, value);
    }
}
