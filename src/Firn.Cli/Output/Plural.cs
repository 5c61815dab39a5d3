using System.Globalization;

namespace Firn.Cli.Output;

/// <summary>Numbers with the noun that they count: <c>1 text</c>, <c>2 texts</c>.</summary>
internal static class Plural
{
    public static string Of(long count, string noun) =>
        Of(count, noun, noun.EndsWith('y') ? noun[..^1] + "ies" : noun + "s");

    public static string Of(long count, string one, string several) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {Choose(count, one, several)}");

    public static string Choose(long count, string one, string several) => count == 1 ? one : several;
}
