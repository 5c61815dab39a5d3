using System.Text;
using Firn.Text;

namespace Firn.Audit;

/// <summary>
/// Finds what carries sentiment in a text before cleaning, by the most sparing rules, and what cleaning leaves of it.
/// </summary>
internal sealed class TokenKinds
{
    private static readonly HashSet<string> Negations =
    [
        "not",
        "no",
        "never",
        "nor",
        "none",
        "nothing",
        "nobody",
        "neither",
        "nowhere",
        "cannot",
        "without",
        "ain't",
    ];

    private static readonly HashSet<string> Tones = ["!", "!!", "?", "??", "?!", "..."];

    private readonly Tokenizer _sparing = new(
        CleaningOptions.Tweets with
        {
            ReplaceUsers = false,
            DropPossessives = false,
            SqueezeRepeats = false,
        }
    );

    public static IReadOnlyList<string> Names { get; } =
    ["negations", "emoticons", "emoji", "hash tags", "sentiment punctuation"];

    /// <summary>Tokens of the text as it was written.</summary>
    public string[] Before(string text) => _sparing.Tokenize(text);

    public static bool IsNegation(string token) =>
        Negations.Contains(token) || token.EndsWith("n't", StringComparison.Ordinal);

    /// <summary>Adds the number of each kind but hash tags, which are counted by the text as it was written.</summary>
    public static void Count(IReadOnlyList<string> tokens, long[] counts)
    {
        foreach (string token in tokens)
        {
            if (IsNegation(token))
                counts[0]++;
            else if (Tones.Contains(token))
                counts[4]++;
            else if (
                token.Length > 1 && !token.Any(char.IsLetterOrDigit) && token.All(c => c < 0x80)
                || token is ":d" or ":p" or ":o" or "d:" or "xd" or "<3" or ":3"
            )
                counts[1]++;
            else if (token.Length > 0 && token[0] >= 0x2190 && !Rune.IsLetter(Rune.GetRuneAt(token, 0)))
                counts[2]++;
        }
    }

    /// <summary>
    /// How many hash tags of the text are one of the words, with or without its sign, or begin with one of two
    /// characters or more.
    /// </summary>
    public static long HashTagsBegunBy(HashSet<string> words, string text)
    {
        // Sorted, and without words that begin with another one, the only word that a tag can begin with is the last
        // one not behind it.
        var first = new List<string>();
        foreach (string word in words.Where(w => w.Length > 1).Order(StringComparer.Ordinal))
        {
            if (first.Count == 0 || !word.StartsWith(first[^1], StringComparison.Ordinal))
                first.Add(word);
        }
        return HashTags(text)
            .LongCount(tag =>
            {
                int place = first.BinarySearch(tag, StringComparer.Ordinal);
                place = place < 0 ? ~place - 1 : place;
                return words.Contains(tag)
                    || words.Contains("#" + tag)
                    || place >= 0 && tag.StartsWith(first[place], StringComparison.Ordinal);
            });
    }

    /// <summary>The words behind the hash signs of a text, lower-cased.</summary>
    public static IEnumerable<string> HashTags(string text)
    {
        for (
            int i = text.IndexOf('#', StringComparison.Ordinal);
            i >= 0 && i + 1 < text.Length;
            i = text.IndexOf('#', i + 1)
        )
        {
            int end = i + 1;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
                end++;
            ScanSteps.Add(end - i);
            if (end > i + 1 && (i == 0 || !char.IsLetterOrDigit(text[i - 1]) && text[i - 1] != '&'))
                yield return text[(i + 1)..end].ToLowerInvariant();
        }
    }
}
