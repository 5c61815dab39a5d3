namespace Firn.Text;

/// <summary>
/// The reference notebook's cleaning, character by character:
/// <c>re.sub("@\S+|https?:\S+|http?:\S|[^A-Za-z0-9]+", ' ', text.lower()).strip()</c> as Python 3 runs it.
/// </summary>
/// <remarks>
/// Four things decide equality with Python. The alternatives are tried at each place from left to right, so the run of
/// other characters before an <c>@</c> swallows it, and only an <c>@</c> at the start, after a letter or digit, or
/// after another match begins a name. The third alternative means <c>htt:</c> or <c>http:</c> and one character.
/// <c>\S</c> is Python's (<see cref="UnicodeSpace"/>) and takes a whole code point. And two characters outside ASCII
/// have ASCII letters in their lower case: U+0130 gives <c>i</c> and U+0307, the Kelvin sign U+212A gives <c>k</c>.
/// </remarks>
internal static class NotebookGrammar
{
    private const char DottedI = '\u0130';
    private const char Kelvin = '\u212A';

    /// <summary>
    /// Writes the cleaned text, with the spaces that Python leaves between matches, and returns its length.
    /// </summary>
    /// <param name="text">The raw text.</param>
    /// <param name="rules">Which alternatives are in force; all of them in the preset.</param>
    /// <param name="destination">At least twice as long as the text, which U+0130 alone can need.</param>
    public static int Clean(ReadOnlySpan<char> text, CleaningOptions rules, Span<char> destination)
    {
        int written = 0,
            i = 0;
        while (i < text.Length)
        {
            ScanSteps.Add(1);
            char kept = Kept(text[i], rules.LowerCase);
            if (kept != '\0' && !(kept == 'h' && rules.ReplaceUrls && MatchesUrl(text[i..], rules.LowerCase) > 0))
            {
                destination[written++] = kept;
                if (text[i++] != DottedI)
                    continue;
                i = EndOfOthers(text, i, rules.LowerCase); // the dot U+0307 begins a run of other characters
            }
            else
            {
                i = EndOfMatch(text, i, rules, out bool dotRemains);
                if (dotRemains)
                {
                    if (written > 0)
                        destination[written++] = ' ';
                    i = EndOfOthers(text, i, rules.LowerCase);
                }
            }
            if (written > 0)
                destination[written++] = ' ';
        }
        while (written > 0 && destination[written - 1] == ' ')
            written--;
        return written;
    }

    /// <summary>The end of the match that begins at <paramref name="i"/>, where one is known to begin.</summary>
    private static int EndOfMatch(ReadOnlySpan<char> text, int i, CleaningOptions rules, out bool dotRemains)
    {
        dotRemains = false;
        if (text[i] == '@' && rules.ReplaceUsers && i + 1 < text.Length && !UnicodeSpace.Is(text[i + 1]))
            return EndOfNonSpace(text, i + 1);
        if (Kept(text[i], rules.LowerCase) == '\0')
            return EndOfOthers(text, i, rules.LowerCase);
        int prefix = MatchesUrl(text[i..], rules.LowerCase);
        i += prefix;
        if (prefix > HttLength)
            return EndOfNonSpace(text, i);
        dotRemains = rules.LowerCase && text[i] == DottedI;
        return i + (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1);
    }

    private const int HttLength = 4;

    /// <summary>
    /// Length of <c>https:</c>, <c>http:</c> or <c>htt:</c> at the start of the text before a non-space; else 0.
    /// </summary>
    internal static int MatchesUrl(ReadOnlySpan<char> text, bool lowerCase)
    {
        ReadOnlySpan<char> longest = "https:";
        if (text.Length <= HttLength)
            return 0;
        for (int k = 0; k < 3; k++)
        {
            if (Kept(text[k], lowerCase) != longest[k])
                return 0;
        }
        int end = 3;
        if (Kept(text[3], lowerCase) == 'p')
            end = Kept(text[4], lowerCase) == 's' ? 5 : 4;
        return end + 1 < text.Length && text[end] == ':' && !UnicodeSpace.Is(text[end + 1]) ? end + 1 : 0;
    }

    private static int EndOfNonSpace(ReadOnlySpan<char> text, int i)
    {
        int from = i;
        while (i < text.Length && !UnicodeSpace.Is(text[i]))
            i++;
        ScanSteps.Add(i - from + 1);
        return i;
    }

    private static int EndOfOthers(ReadOnlySpan<char> text, int i, bool lowerCase)
    {
        int from = i;
        while (i < text.Length && Kept(text[i], lowerCase) == '\0')
            i++;
        ScanSteps.Add(i - from + 1);
        return i;
    }

    /// <summary>The letter or digit that remains of a character, or NUL.</summary>
    private static char Kept(char c, bool lowerCase)
    {
        if (c < 0x80)
            return char.IsAsciiLetterUpper(c) && lowerCase ? (char)(c | 0x20)
                : char.IsAsciiLetterOrDigit(c) ? c
                : '\0';
        if (!lowerCase)
            return '\0';
        return c == DottedI ? 'i'
            : c == Kelvin ? 'k'
            : '\0';
    }
}
