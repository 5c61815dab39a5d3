using System.Buffers;
using System.Globalization;
using System.Text;

namespace Firn.Text;

/// <summary>Python's own ways with texts, where .NET's differ.</summary>
internal static class PythonText
{
    private const char Sigma = '\u03A3',
        SmallSigma = '\u03C3',
        FinalSigma = '\u03C2',
        DottedI = '\u0130';

    /// <summary>
    /// <c>str.lower()</c>: each character's own lower case, U+0130 as two characters, and the sigma at a word's end in
    /// its
    /// form of there (Unicode 3.13, Final_Sigma).
    /// </summary>
    public static string Lower(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        var lower = new StringBuilder(text.Length + 4);
        for (int at = 0; at < text.Length; )
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out int length) != OperationStatus.Done)
                lower.Append(text, at, length); // half a pair stays as it is
            else if (rune.Value == DottedI)
                lower.Append("i\u0307");
            else if (rune.Value == Sigma)
                lower.Append(IsFinal(text, at) ? FinalSigma : SmallSigma);
            else
                lower.Append(Rune.ToLowerInvariant(rune).ToString());
            at += length;
        }
        return lower.ToString();
    }

    /// <summary>Cuts a text at each separator, as <c>str.split(separator)</c>, without empty parts.</summary>
    public static string[] Split(string text, string separator) =>
        text.Split(separator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// Each character (of any plane) that stands in a set becomes a text, as <c>str.translate</c> does.
    /// </summary>
    public static string Replace(string text, IReadOnlySet<Rune> set, string by)
    {
        var result = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length; )
        {
            Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out int length);
            if (set.Contains(rune))
                result.Append(by);
            else
                result.Append(text, at, length);
            at += length;
        }
        return result.ToString();
    }

    /// <summary>The characters of a text, each of any plane.</summary>
    public static IEnumerable<string> Characters(string text)
    {
        for (int at = 0; at < text.Length; )
        {
            int length = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
            yield return text.Substring(at, length);
            at += length;
        }
    }

    private static bool IsFinal(string text, int at)
    {
        int before = at - 1,
            after = at + 1;
        while (before >= 0 && IsIgnored(text, before))
            before--;
        while (after < text.Length && IsIgnored(text, after))
            after++;
        return before >= 0 && IsCased(text, before) && (after == text.Length || !IsCased(text, after));
    }

    /// <summary>
    /// Unicode's Case_Ignorable: marks, modifiers, format characters and the points that stand within words.
    /// </summary>
    private static bool IsIgnored(string text, int at) =>
        CharUnicodeInfo.GetUnicodeCategory(text, at) switch
        {
            UnicodeCategory.NonSpacingMark
            or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter
            or UnicodeCategory.ModifierSymbol => true,
            _ => text[at]
                is '\''
                    or '.'
                    or ':'
                    or '\u00B7'
                    or '\u0387'
                    or '\u055F'
                    or '\u05F4'
                    or '\u2018'
                    or '\u2019'
                    or '\u2024'
                    or '\u2027'
                    or '\uFE13'
                    or '\uFE52'
                    or '\uFE55'
                    or '\uFF07'
                    or '\uFF0E'
                    or '\uFF1A',
        };

    private static bool IsCased(string text, int at)
    {
        if (char.IsLowSurrogate(text[at]) && at > 0)
            at--;
        return CharUnicodeInfo.GetUnicodeCategory(text, at)
                is UnicodeCategory.UppercaseLetter
                    or UnicodeCategory.LowercaseLetter
                    or UnicodeCategory.TitlecaseLetter
            || text[at] is '\u00AA' or '\u00BA' or (>= '\u2160' and <= '\u217F') or (>= '\u24B6' and <= '\u24E9');
    }
}
