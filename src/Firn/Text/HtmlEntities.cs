using System.Globalization;
using System.Text;

namespace Firn.Text;

/// <summary>The HTML entities that occur in messages and reviews, as the characters they stand for.</summary>
internal static class HtmlEntities
{
    /// <summary>
    /// Writes the text with its entities resolved; <c>&amp;amp;lt;</c>, escaped twice, becomes <c>&lt;</c>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="destination">At least as long as the text.</param>
    /// <returns>How many characters were written.</returns>
    public static int Decode(ReadOnlySpan<char> text, Span<char> destination)
    {
        int written = 0;
        while (true)
        {
            int plain = text.IndexOf('&');
            ScanSteps.Add(plain < 0 ? text.Length : plain + 1);
            if (plain < 0)
                break;
            text[..plain].CopyTo(destination[written..]);
            written += plain;
            text = text[plain..];
            int length = Parse(text[1..], out Rune value) + 1;
            while (value.Value == '&' && Parse(text[length..], out Rune inner) is > 0 and int more)
            {
                value = inner;
                length += more;
            }
            written += value.EncodeToUtf16(destination[written..]);
            text = text[length..];
        }
        text.CopyTo(destination[written..]);
        return written + text.Length;
    }

    /// <summary>
    /// The entity after its ampersand: its length with the semicolon and its value; 0 and an ampersand where there is
    /// none.
    /// </summary>
    private static int Parse(ReadOnlySpan<char> text, out Rune value)
    {
        value = new Rune('&');
        int end = text[..Math.Min(text.Length, 9)].IndexOf(';');
        ScanSteps.Add(9);
        if (end < 2)
            return 0;
        ReadOnlySpan<char> name = text[..end];
        if (name[0] == '#')
        {
            bool hex = name[1] is 'x' or 'X';
            if (
                !int.TryParse(
                    name[(hex ? 2 : 1)..],
                    hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out int code
                )
                || !Rune.TryCreate(code, out value)
                || value.Value == 0
            )
            {
                value = new Rune('&');
                return 0;
            }
            return end + 1;
        }
        char named = name switch
        {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            "hearts" => '\u2665',
            "hellip" => '\u2026',
            "lsquo" or "rsquo" => '\'',
            "ldquo" or "rdquo" => '"',
            "ndash" or "mdash" => '-',
            "pound" => '\u00A3',
            "euro" => '\u20AC',
            _ => '\0',
        };
        if (named == '\0')
            return 0;
        value = new Rune(named);
        return end + 1;
    }
}
