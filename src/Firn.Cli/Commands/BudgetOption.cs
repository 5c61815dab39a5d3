using System.Globalization;
using Firn.Cli.Output;

namespace Firn.Cli.Commands;

/// <summary><c>--budget</c>: how long a command may take.</summary>
internal static class BudgetOption
{
    /// <summary>Reads 90s, 15m or 2h.</summary>
    public static TimeSpan Parse(string text)
    {
        double unit =
            text.Length == 0
                ? 0
                : text[^1] switch
                {
                    's' => 1,
                    'm' => 60,
                    'h' => 3600,
                    _ => 0,
                };
        if (
            unit == 0
            || !double.TryParse(
                text.AsSpan(0, text.Length - 1),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double value
            )
            || !(value > 0 && value * unit < 1e7)
        )
            throw new UsageError($"--budget needs a time such as 90s, 15m or 2h, not '{text}'");
        return TimeSpan.FromSeconds(value * unit);
    }
}
