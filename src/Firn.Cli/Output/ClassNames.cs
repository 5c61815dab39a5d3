using System.Globalization;

namespace Firn.Cli.Output;

/// <summary>Names of classes in a sentence, which must stay readable with thousands of them.</summary>
internal static class ClassNames
{
    private const int Shown = 10;

    /// <summary>The first ten, and how many more.</summary>
    public static string Of(IReadOnlyList<string> labels) =>
        labels.Count <= Shown + 2
            ? string.Join(", ", labels)
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", labels.Take(Shown))} and {labels.Count - Shown:N0} more"
            );
}
