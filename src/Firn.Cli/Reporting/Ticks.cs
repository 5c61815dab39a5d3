using System.Globalization;

namespace Firn.Cli.Reporting;

/// <summary>Round numbers for an axis.</summary>
internal static class Ticks
{
    /// <summary>
    /// Steps of 1, 2 or 5 times a power of ten that cover [low, high] in about <paramref name="wanted"/> steps.
    /// </summary>
    public static double[] Between(double low, double high, int wanted = 5)
    {
        double raw = (high - low) / wanted;
        if (!(raw > 0) || !double.IsFinite(raw))
            return [low];
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step =
            (raw / power) switch
            {
                <= 1.2 => 1,
                <= 2.5 => 2,
                <= 6 => 5,
                _ => 10,
            } * power;
        var ticks = new List<double>();
        for (double i = Math.Ceiling(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
            ticks.Add(i * step);
        return [.. ticks];
    }

    /// <summary>A range a little wider than the values, with round ends.</summary>
    public static AxisRange Range(IEnumerable<double> values)
    {
        double low = double.PositiveInfinity,
            high = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
                continue;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
        if (low > high)
            return new(0, 1);
        double margin = Math.Max((high - low) * 0.08, Math.Abs(high) * 1e-3 + 1e-6);
        return new(low - margin, high + margin);
    }

    /// <summary>As few digits as tell the ticks apart.</summary>
    public static string Label(double value, double step)
    {
        int digits = step >= 1 ? 0 : Math.Min(6, (int)Math.Ceiling(-Math.Log10(step) - 1e-9));
        return (Math.Round(value, 10) + 0.0).ToString("F" + digits, CultureInfo.InvariantCulture);
    }
}
