using Firn.Cli.Output;
using Firn.Drift;

namespace Firn.Cli.Commands;

/// <summary>The words and pairs that a user asks about.</summary>
internal static class DriftWords
{
    /// <summary>Words given with commas, or in a file, one a line.</summary>
    public static IReadOnlyList<string> Words(string? given) =>
        given is null ? [] : [.. Entries(given, "--words").Select(e => e.Text).Distinct()];

    /// <summary>
    /// Pairs as in <c>tv=television,mum=mother</c>, or in a file, one a line with = , tab or spaces between.
    /// </summary>
    public static IReadOnlyList<(string First, string Second)> Pairs(string? given)
    {
        if (given is null)
            return [];
        var pairs = new List<(string, string)>();
        foreach ((string text, string place) in Entries(given, "--pairs"))
        {
            string[] words = text.Split(
                ['=', ',', '\t', ' '],
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            );
            if (words.Length != 2 || words[0] == words[1])
                throw new UserError(
                    $"{place}: '{text}' is no pair of two words; write first=second, as in tv=television"
                );
            pairs.Add((words[0], words[1]));
        }
        return pairs;
    }

    /// <summary>
    /// The words that a picture shows: those asked for and their nearest before training, else those of the worst
    /// divergences.
    /// </summary>
    public static IReadOnlyList<string> ForPicture(
        DriftReport report,
        IReadOnlyList<string> words,
        IReadOnlyList<DivergedPair> asked
    ) =>
        words.Concat(asked.SelectMany(p => new[] { p.First, p.Second })).Distinct().ToArray() is { Length: > 0 } chosen
            ?
            [
                .. chosen
                    .Concat(chosen.SelectMany(word => report.NeighborsOf(word, 3).Before.Select(n => n.Word)))
                    .Distinct()
                    .Take(Math.Max(24, chosen.Length)),
            ]
            : [.. report.Pairs.Take(12).SelectMany(p => new[] { p.First, p.Second }).Distinct().Take(20)];

    private static IEnumerable<(string Text, string Place)> Entries(string given, string option)
    {
        if (!File.Exists(given))
        {
            string[] parts = given.Split(',', StringSplitOptions.TrimEntries);
            if (parts.Any(p => p.Length == 0))
                throw new UsageError($"{option} needs words with commas between, or a file, not '{given}'");
            return parts.Select(p => (p, option));
        }
        return File.ReadLines(given)
            .Select((line, i) => (Text: line.Trim(), Place: $"{given}, line {i + 1}"))
            .Where(e => e.Text.Length > 0);
    }
}
