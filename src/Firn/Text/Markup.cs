namespace Firn.Text;

/// <summary>Finds the HTML tags that occur in reviews.</summary>
internal static class Markup
{
    private const int LongestTag = 200;

    /// <summary>
    /// Length of a known tag at the start of the text, opening or closing, with its attributes; else 0.
    /// </summary>
    public static int Match(ReadOnlySpan<char> text)
    {
        int i = text.Length > 1 && text[1] == '/' ? 2 : 1,
            start = i;
        while (i < text.Length && char.IsAsciiLetterOrDigit(text[i]))
            i++;
        ScanSteps.Add(i);
        if (i == start || i >= text.Length || text[i] is not ('>' or '/' or ' ') || !IsTag(text[start..i]))
            return 0;
        ReadOnlySpan<char> rest = text[i..Math.Min(text.Length, i + LongestTag)];
        int close = rest.IndexOfAny('>', '<');
        ScanSteps.Add(close < 0 ? rest.Length : close);
        return close >= 0 && rest[close] == '>' ? i + close + 1 : 0;
    }

    private static bool IsTag(ReadOnlySpan<char> name)
    {
        if (name.Length > 10)
            return false;
        Span<char> lower = stackalloc char[10];
        name.ToLowerInvariant(lower);
        return lower[..name.Length]
            is "br"
                or "p"
                or "i"
                or "b"
                or "u"
                or "a"
                or "em"
                or "strong"
                or "hr"
                or "div"
                or "span"
                or "ul"
                or "ol"
                or "li"
                or "font"
                or "img"
                or "small"
                or "big"
                or "blockquote"
                or "h1"
                or "h2"
                or "h3"
                or "table"
                or "tr"
                or "td";
    }
}
