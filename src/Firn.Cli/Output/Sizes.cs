using System.Globalization;

namespace Firn.Cli.Output;

/// <summary>Sizes as people read them.</summary>
internal static class Sizes
{
    /// <summary>Bytes with a decimal unit: 87.1 MB.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }
        return unit == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {units[unit]}");
    }

    /// <summary>Reads 800MB, 1.5 GB, 512MiB or a number of bytes; null where the text is no size.</summary>
    public static long? Parse(string text)
    {
        string trimmed = text.Trim();
        int end = trimmed.Length;
        while (end > 0 && !char.IsAsciiDigit(trimmed[end - 1]))
            end--;
        double? unit = trimmed[end..].Trim().ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "K" or "KB" => 1e3,
            "M" or "MB" => 1e6,
            "G" or "GB" => 1e9,
            "T" or "TB" => 1e12,
            "KIB" => 1L << 10,
            "MIB" => 1L << 20,
            "GIB" => 1L << 30,
            _ => null,
        };
        bool number = double.TryParse(
            trimmed.AsSpan(0, end),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out double value
        );
        return number && unit is { } factor && value * factor is >= 1 and < 1e18 ? (long)(value * factor) : null;
    }
}
