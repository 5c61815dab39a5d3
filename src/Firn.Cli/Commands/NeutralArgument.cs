using System.Globalization;
using Firn.Cli.Output;
using Firn.Evaluation;

namespace Firn.Cli.Commands;

/// <summary>What <c>--neutral</c> says: two scores, and what texts between them are called.</summary>
/// <param name="Low">Highest score of the first class.</param>
/// <param name="High">Lowest score of the second.</param>
/// <param name="Label">The name; null where none is given.</param>
internal sealed record NeutralArgument(double Low, double High, string? Label)
{
    public const string Form = "LOW,HIGH[,NAME]";

    /// <summary>Reads what was typed; null for nothing.</summary>
    public static NeutralArgument? Parse(string? given)
    {
        if (given is null)
            return null;
        string[] parts = given.Split(',', 3, StringSplitOptions.TrimEntries);
        if (
            parts.Length < 2
            || !double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double low)
            || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double high)
            || !(low >= 0 && high >= low && high <= 1)
            || parts is [.., _, ""]
        )
            throw new UsageError(
                $"--neutral needs two numbers from 0 to 1, the lower first, and a name if it is to have another, as "
                    + $"in 0.4,0.7 or 0.4,0.7,mixed, not '{given}'"
            );
        return new NeutralArgument(low, high, parts.Length == 3 ? parts[2] : null);
    }

    /// <summary>The band of a model; without a name it is called neutral, in capitals where the classes are.</summary>
    /// <param name="labels">The model's classes.</param>
    /// <param name="before">The band that it has; null for none.</param>
    public NeutralBand BandFor(IReadOnlyList<string> labels, NeutralBand? before = null) =>
        new()
        {
            Low = Low,
            High = High,
            Label =
                Label
                ?? before?.Label
                ?? (labels.Count > 0 && labels[0].All(c => !char.IsLower(c)) ? "NEUTRAL" : "neutral"),
        };
}
