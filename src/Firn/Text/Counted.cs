using System.Globalization;

namespace Firn.Text;

/// <summary>Numbers with the noun that they count, and names in a row, for messages.</summary>
internal static class Counted
{
    private const int Shown = 10;

    /// <summary><c>1 text</c>, <c>1,200 texts</c>.</summary>
    public static string Of(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>The first ten, and how many more.</summary>
    public static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(Shown))
        + (
            names.Count > Shown
                ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - Shown:N0} more")
                : ""
        );
}
