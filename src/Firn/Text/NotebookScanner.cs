using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firn.Text;

/// <summary>
/// The tokens of <see cref="NotebookGrammar"/>, fast: words are runs of set bits, and only an <c>@</c> after a word or
/// at the start, and a colon after <c>htt</c>, <c>http</c> or <c>https</c>, are looked at one by one.
/// </summary>
internal static class NotebookScanner
{
    private const int LongestStopWord = 10;

    /// <summary>
    /// Whether the scanner knows these rules: all of the expression's alternatives, on lower-cased text.
    /// </summary>
    public static bool Knows(CleaningOptions rules) => rules.LowerCase && rules.ReplaceUsers && rules.ReplaceUrls;

    /// <summary>
    /// Fills an empty buffer; false, having done nothing, where the text needs <see cref="NotebookGrammar"/>.
    /// </summary>
    public static bool Tokenize(ReadOnlySpan<char> text, bool removeStopWords, TokenBuffer destination)
    {
        destination.Reserve(AsciiScan.RoomFor(text.Length));
        AsciiScan scan = destination.Scan;
        scan.Run(text, destination.Chars, findRepeats: false);
        if (scan.HasOther && text.ContainsAny('\u0130', '\u212A'))
            return false;

        int[] bounds = destination.Bounds(text.Length / 2 + 1);
        ref ulong words = ref MemoryMarshal.GetArrayDataReference(scan.Words);
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(scan.Bytes);
        int filled = 0,
            end = text.Length;
        int position = AfterName(text, 0);
        while (true)
        {
            int start = AsciiScan.NextSet(ref words, position, end);
            if (start >= end)
            {
                ScanSteps.Add(end - Math.Min(position, end));
                break;
            }
            int stop = AsciiScan.NextClear(ref words, start);
            ScanSteps.Add(stop - position);
            position = stop;
            byte next = Unsafe.Add(ref bytes, stop);
            if (next == '@')
                position = AfterName(text, stop);
            else if (
                next == ':'
                && stop + 1 < end
                && UrlPrefix(ref Unsafe.Add(ref bytes, start), stop - start) is > 0 and int prefix
                && !UnicodeSpace.Is(text[stop + 1])
            )
            {
                position = prefix > 3 ? AfterNonSpace(text, stop + 1) : AfterName(text, AfterCodePoint(text, stop + 1));
                stop -= prefix;
            }
            int length = stop - start;
            if (
                length == 0
                || removeStopWords
                    && length <= LongestStopWord
                    && WordLists.IsStopWord(WordLists.Find(ref Unsafe.Add(ref bytes, start), length))
            )
                continue;
            bounds[filled] = start;
            bounds[filled + 1] = stop;
            filled += 2;
        }
        destination.SetCount(filled / 2);
        destination.Used = text.Length;
        return true;
    }

    /// <summary>After the user name that begins here, where a match may begin; else the place itself.</summary>
    private static int AfterName(ReadOnlySpan<char> text, int i) =>
        i + 1 < text.Length && text[i] == '@' && !UnicodeSpace.Is(text[i + 1]) ? AfterNonSpace(text, i + 1) : i;

    private static int AfterNonSpace(ReadOnlySpan<char> text, int i)
    {
        int from = i;
        while (i < text.Length && !UnicodeSpace.Is(text[i]))
            i++;
        ScanSteps.Add(i - from + 1);
        return i;
    }

    private static int AfterCodePoint(ReadOnlySpan<char> text, int i) =>
        char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? i + 2 : i + 1;

    /// <summary>How many of the last characters of a word are https, http or htt; else 0.</summary>
    private static int UrlPrefix(ref byte word, int length)
    {
        for (int prefix = 5; prefix >= 3; prefix--)
        {
            if (
                length >= prefix
                && MemoryMarshal
                    .CreateReadOnlySpan(ref Unsafe.Add(ref word, length - prefix), prefix)
                    .SequenceEqual("https"u8[..prefix])
            )
                return prefix;
        }
        return 0;
    }
}
