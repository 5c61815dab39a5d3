namespace Firn.Text;

/// <summary>
/// Finds web addresses: with a scheme, with <c>www.</c>, or a host under a top-level domain common in messages.
/// </summary>
internal static class WebAddress
{
    /// <summary>
    /// Length of the address that begins a word, up to white space, quote or angle bracket; 0 where there is none.
    /// </summary>
    /// <param name="word">The text from the first letter of a word on.</param>
    /// <param name="unspaced">Whether scripts without spaces end it, and their punctuation.</param>
    public static int Match(ReadOnlySpan<char> word, bool unspaced)
    {
        if (word[0] is 'h' or 'H' && Begins(word, "http"))
        {
            int colon = word.Length > 4 && word[4] is 's' or 'S' ? 5 : 4;
            if (colon + 2 < word.Length && word[colon] == ':' && word[colon + 1] == '/')
                return EndOf(word, colon + 1, unspaced);
        }
        if (word[0] is 'w' or 'W' && word.Length > 4 && Begins(word, "www."))
            return EndOf(word, 4, unspaced);
        return 0;
    }

    /// <summary>Length of a bare address such as <c>bit.ly/abc</c> or <c>example.com</c>, or 0.</summary>
    /// <param name="word">The text from the first letter of a word on.</param>
    /// <param name="dot">Where the first dot stands in it, after letters or digits.</param>
    /// <param name="unspaced">Whether scripts without spaces end it, and their punctuation.</param>
    /// <param name="end">
    /// The end of the labels. Where they make no address, none begins at a later dot before it, since the last label
    /// decides.
    /// </param>
    public static int MatchBare(ReadOnlySpan<char> word, int dot, bool unspaced, out int end)
    {
        while (true)
        {
            int start = dot + 1,
                i = start;
            while (i < word.Length && (char.IsAsciiLetterOrDigit(word[i]) || word[i] == '-'))
                i++;
            ScanSteps.Add(i - start + 1);
            end = i;
            if (i == start)
                return 0;
            if (i + 1 < word.Length && word[i] == '.' && char.IsAsciiLetterOrDigit(word[i + 1]))
            {
                dot = i;
                continue;
            }
            return IsTopLevel(word[start..i]) ? EndOf(word, i, unspaced) : 0;
        }
    }

    private static bool IsTopLevel(ReadOnlySpan<char> label)
    {
        if (label.Length is < 2 or > 4)
            return false;
        Span<char> lower = stackalloc char[4];
        label.ToLowerInvariant(lower);
        return lower[..label.Length]
            is "com"
                or "net"
                or "org"
                or "edu"
                or "gov"
                or "info"
                or "ly"
                or "fm"
                or "tv"
                or "gd"
                or "uk"
                or "ca"
                or "de"
                or "eu"
                or "au"
                or "biz"
                or "cc"
                or "co";
    }

    private static int EndOf(ReadOnlySpan<char> word, int i, bool unspaced)
    {
        int from = i;
        if (i < word.Length && word[i] is not ('/' or '?' or '#' or ':') && !char.IsAsciiLetterOrDigit(word[i]))
            return i;
        while (
            i < word.Length
            && word[i] is not ('"' or '<' or '>')
            && !UnicodeSpace.Is(word[i])
            && !(unspaced && EndsAddress(word, i))
        )
            i++;
        ScanSteps.Add(i - from + 1);
        return i;
    }

    /// <summary>A letter of a script without spaces, or a mark of full width.</summary>
    private static bool EndsAddress(ReadOnlySpan<char> word, int i) =>
        word[i] >= UnspacedScripts.First
        && (
            word[i] is (>= '\u3000' and <= '\u303F') or (>= '\uFF00' and <= '\uFF65')
            || UnspacedScripts.LengthAt(word, i) > 0
        );

    private static bool Begins(ReadOnlySpan<char> word, string lower)
    {
        if (word.Length < lower.Length)
            return false;
        for (int i = 0; i < lower.Length; i++)
        {
            if ((word[i] | 0x20) != (lower[i] | 0x20))
                return false;
        }
        return true;
    }
}
