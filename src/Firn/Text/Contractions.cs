using System.Collections.Frozen;

namespace Firn.Text;

/// <summary>English contractions that are often written without their apostrophe.</summary>
internal static class Contractions
{
    private const string List = """
        aren't can't couldn't didn't doesn't don't hadn't hasn't haven't isn't mustn't needn't shouldn't wasn't weren't
        won't wouldn't ain't i'm i've you're you've you'll they're they've they'll we've she's that's what's there's
        here's who's how's let's could've should've would've y'all
        """;

    private static readonly FrozenDictionary<string, string> Table = List.Split(
            (char[])[' ', '\r', '\n'],
            StringSplitOptions.RemoveEmptyEntries
        )
        .ToFrozenDictionary(word => word.Replace("'", "", StringComparison.Ordinal), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Full =
        Table.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The spellings that lack their apostrophe.</summary>
    public static IEnumerable<string> WithoutApostrophe => Table.Keys;

    /// <summary>The spelling with the apostrophe of a lower-case word that lacks it, or null.</summary>
    public static string? Restore(ReadOnlySpan<char> word) =>
        word.Length is >= 2 and <= 8 && Full.TryGetValue(word, out string? full) ? full : null;
}
