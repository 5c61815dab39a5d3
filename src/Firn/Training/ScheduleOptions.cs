using System.Globalization;
using System.Text;
using Firn.Layers;

namespace Firn.Training;

/// <summary>What can stand behind a named schedule; each holds for all phases that train what it is about.</summary>
internal sealed record ScheduleOptions
{
    public static readonly ScheduleOptions None = new();

    public RowRule? Rows { get; init; }

    public double? AnchorStrength { get; init; }

    public double? EmbeddingRate { get; init; }

    public double? EncoderRate { get; init; }

    public double? DenseRate { get; init; }

    public OptimizerStart? Optimizer { get; init; }

    public int? Patience { get; init; }

    public ScheduleOptions WithRate(ParameterGroup group, double rate) =>
        group switch
        {
            ParameterGroup.Embedding => this with { EmbeddingRate = rate },
            ParameterGroup.Encoder => this with { EncoderRate = rate },
            _ => this with { DenseRate = rate },
        };

    /// <summary>The options as they are written: <c>,rows=seen:5,anchor=0.01</c>; empty for none.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        if (Rows is not null && Rows != RowRule.WithVector)
            text.Append(CultureInfo.InvariantCulture, $",rows={Rows}");
        if (AnchorStrength is { } anchor and not 0)
            text.Append(CultureInfo.InvariantCulture, $",anchor={anchor}");
        foreach (ParameterGroup group in ThawSchedule.Groups)
        {
            if (RateOf(group) is { } rate)
                text.Append(CultureInfo.InvariantCulture, $",{ThawSchedule.NameOf(group)}-rate={rate}");
        }
        if (Optimizer is OptimizerStart.Reset)
            text.Append(",optimizer=reset");
        if (Patience is { } patience and not ThawSchedule.DefaultPatience)
            text.Append(CultureInfo.InvariantCulture, $",patience={patience}");
        return text.ToString();
    }

    /// <summary>The phases with these options; refuses one that no phase of the schedule heeds.</summary>
    public ThawPhase[] Apply(IReadOnlyList<ThawPhase> phases, string schedule)
    {
        if (Rows is not null || AnchorStrength is not null)
            Require(phases, ParameterGroup.Embedding, Rows is not null ? "rows" : "anchor", schedule);
        ThawPhase[] changed =
        [
            .. phases.Select(
                (phase, i) =>
                    phase.Trains(ParameterGroup.Embedding)
                        ? phase with
                        {
                            Rows = Rows ?? phase.Rows,
                            AnchorStrength = AnchorStrength ?? phase.AnchorStrength,
                        }
                        : phase
            ),
        ];
        foreach (ParameterGroup group in ThawSchedule.Groups)
        {
            if (RateOf(group) is not { } rate)
                continue;
            Require(phases, group, $"{ThawSchedule.NameOf(group)}-rate", schedule);
            changed = [.. changed.Select(phase => phase.Trains(group) ? phase.WithRate(group, rate) : phase)];
        }
        if (Patience is { } patience)
        {
            if (!phases.Any(p => p.Patience is not null))
                throw new ArgumentException(
                    $"No phase of the schedule {schedule} lasts until its best epoch, so 'patience' has nothing to "
                        + $"act on; leave it out, or write thaw-all@best."
                );
            changed = [.. changed.Select(phase => phase.Patience is null ? phase : phase with { Patience = patience })];
        }
        return Optimizer is { } start ? [.. changed.Select(phase => phase with { Optimizer = start })] : changed;
    }

    private double? RateOf(ParameterGroup group) =>
        group switch
        {
            ParameterGroup.Embedding => EmbeddingRate,
            ParameterGroup.Encoder => EncoderRate,
            _ => DenseRate,
        };

    private static void Require(IReadOnlyList<ThawPhase> phases, ParameterGroup group, string option, string schedule)
    {
        if (!phases.Any(p => p.Trains(group)))
            throw new ArgumentException(
                $"The schedule {schedule} never trains {ThawSchedule.NameOf(group)}, so '{option}' has nothing to "
                    + $"act on; leave it out or choose another schedule."
            );
    }
}
