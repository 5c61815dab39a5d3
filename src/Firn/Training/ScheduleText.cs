using System.Globalization;
using Firn.Data;
using Firn.Layers;

namespace Firn.Training;

/// <summary>Reads a schedule as it is typed: a name, and options behind it.</summary>
internal static class ScheduleText
{
    private const string Best = "best",
        Choices = "frozen, trainable, thaw-all@N, thaw-embedding@N, gradual, or @best in place of @N";
    private static readonly string[] Names = ["frozen", "trainable", "thaw-all", "thaw-embedding", "gradual"];
    private static readonly string[] Options =
    [
        "rows",
        "anchor",
        "embedding-rate",
        "encoder-rate",
        "dense-rate",
        "optimizer",
        "patience",
    ];

    public static ThawSchedule Parse(string text)
    {
        string[] parts = text.Split(',');
        ThawSchedule schedule = ReadName(parts[0]);
        ScheduleOptions options = ScheduleOptions.None;
        foreach (string part in parts.Skip(1))
            options = Read(part, options);
        return parts.Length == 1 ? schedule : schedule.With(options, options);
    }

    private static ThawSchedule ReadName(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        string name = at < 0 ? text : text[..at];
        switch (name)
        {
            case "frozen" or "trainable" when at >= 0:
                throw new ArgumentException(
                    $"The schedule '{name}' takes no epoch; write {name}, not {text}.",
                    nameof(text)
                );
            case "frozen":
                return ThawSchedule.Frozen;
            case "trainable":
                return ThawSchedule.Trainable;
            case "gradual" when at < 0:
                return ThawSchedule.Gradual();
            case "thaw-all" when text.AsSpan(at + 1) is Best:
                return ThawSchedule.ThawAllAtBest;
            case "thaw-embedding" when text.AsSpan(at + 1) is Best:
                return ThawSchedule.ThawEmbeddingAtBest;
            case "gradual" when text.AsSpan(at + 1) is Best:
                return ThawSchedule.GradualAtBest;
            case "thaw-all" or "thaw-embedding" or "gradual":
                int least = name == "gradual" ? ThawSchedule.GradualEpoch : 2;
                if (
                    at < 0
                    || !int.TryParse(
                        text.AsSpan(at + 1),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out int epoch
                    )
                    || epoch < least
                )
                    throw new ArgumentException(
                        $"'{text}' must name the first thawed epoch, {least} or more: {name}@5, or {name}@best.",
                        nameof(text)
                    );
                return name == "thaw-all" ? ThawSchedule.ThawAll(epoch)
                    : name == "gradual" ? ThawSchedule.Gradual(epoch)
                    : ThawSchedule.ThawEmbedding(epoch);
            default:
                throw new ArgumentException(
                    $"There is no schedule '{name}'; {Suggestion.Phrase(name, Names)}choose {Choices}.",
                    nameof(text)
                );
        }
    }

    private static ScheduleOptions Read(string text, ScheduleOptions options)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string key = equals < 0 ? text : text[..equals],
            value = equals < 0 ? "" : text[(equals + 1)..];
        return key switch
        {
            "rows" => options with { Rows = RowRule.Parse(value) },
            "anchor" or "pull" => options with { AnchorStrength = Number(text, value) },
            "embedding-rate" => options.WithRate(ParameterGroup.Embedding, Number(text, value)),
            "encoder-rate" or "lstm-rate" => options.WithRate(ParameterGroup.Encoder, Number(text, value)),
            "dense-rate" => options.WithRate(ParameterGroup.Dense, Number(text, value)),
            "optimizer" => options with { Optimizer = Start(value) },
            "patience" => options with { Patience = Whole(text, value) },
            _ => throw new ArgumentException(
                $"A schedule has no option '{key}'; {Suggestion.Phrase(key, Options)}choose "
                    + $"{string.Join(", ", Options)}.",
                nameof(text)
            ),
        };
    }

    /// <summary>What becomes of the optimizer's state, by its name.</summary>
    public static OptimizerStart Start(string value) =>
        value switch
        {
            "keep" => OptimizerStart.Keep,
            "reset" => OptimizerStart.Reset,
            _ => throw new ArgumentException(
                $"The optimizer's state is kept or reset, not '{value}'; write keep or reset."
            ),
        };

    private static int Whole(string text, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1
            ? number
            : throw new ArgumentException(
                $"'{text}' needs a whole number of 1 or more, such as {text.Split('=')[0]}=3."
            );

    private static double Number(string text, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number)
            ? number
            : throw new ArgumentException($"'{text}' needs a number, such as {text.Split('=')[0]}=0.1.");
}
