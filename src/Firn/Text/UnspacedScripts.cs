using System.Buffers;
using System.Globalization;
using System.Text;

namespace Firn.Text;

/// <summary>
/// Scripts that are written without spaces between words: Han and kana, and the scripts whose line breaks need a
/// dictionary (class SA of Unicode's Standard Annex 14: Thai, Lao, Khmer, Burmese and their kin). Their digits are
/// numbers like any other.
/// </summary>
internal static class UnspacedScripts
{
    /// <summary>No character before this one belongs to such a script.</summary>
    public const char First = '\u0E01';

    /// <summary>
    /// How many of the text's units the letter or mark of such a script at <paramref name="i"/> takes; 0 where there is
    /// none.
    /// </summary>
    public static int LengthAt(ReadOnlySpan<char> text, int i)
    {
        char c = text[i];
        if (c < First)
            return 0;
        if (!char.IsSurrogate(c))
            return IsBasic(c) ? 1 : 0;
        return
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out _) == OperationStatus.Done
            && rune.Value is (>= 0x20000 and <= 0x3FFFD) or (>= 0x1AFF0 and <= 0x1B16F)
            ? 2
            : 0;
    }

    /// <summary>
    /// Reads what is one character to a reader: a letter with its marks, with the vowels that are written before and
    /// behind it (Thai, Lao and kin), and with the consonants stacked under it (Khmer, Burmese).
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="i">Where <see cref="LengthAt"/> is not 0.</param>
    /// <param name="destination">
    /// At least as long as the rest of the text; gets the character without joiners and variation marks.
    /// </param>
    /// <param name="written">Its length there.</param>
    /// <returns>The place after it.</returns>
    public static int Read(ReadOnlySpan<char> text, int i, Span<char> destination, out int written)
    {
        int start = i;
        bool open = true; // whether a letter may follow
        written = 0;
        while (i < text.Length)
        {
            char c = text[i];
            bool mark = IsMark(c);
            int length = mark ? 1 : LengthAt(text, i);
            if (length > 0 && (mark || open))
            {
                text.Slice(i, length).CopyTo(destination[written..]);
                written += length;
                i += length;
                open = IsLeadingVowel(c) || IsStacker(c);
            }
            else if (IgnorableAt(text, i) is > 0 and int passed)
            {
                i += passed;
            }
            else
            {
                break;
            }
        }
        ScanSteps.Add(i - start + 1);
        return i;
    }

    private static bool IsBasic(char c) =>
        c switch
        {
            < '\u0F00' => c
                is <= '\u0E3A'
                    or (>= '\u0E40' and <= '\u0E4E')
                    or (>= '\u0E81' and <= '\u0ECE')
                    or (>= '\u0EDC' and <= '\u0EDF'), // Thai, Lao
            < '\u1780' => c
                is (>= '\u1000' and <= '\u103F')
                    or (>= '\u1050' and <= '\u108F')
                    or (>= '\u109A' and <= '\u109D'), // Burmese
            < '\u1950' => c is <= '\u17D3' or '\u17D7' or '\u17DC' or '\u17DD', // Khmer
            // Tai Le, New Tai Lue, Tai Tham
            < '\u2E80' => c is <= '\u19C9' or (>= '\u1A20' and <= '\u1A7C') or '\u1AA7',
            < '\u3400' => c
                is (>= '\u3005' and <= '\u3007')
                    or (>= '\u3021' and <= '\u302F')
                    or (>= '\u3031' and <= '\u3035')
                    or (>= '\u3038' and <= '\u303C')
                    or (>= '\u3041' and <= '\u309A')
                    or (>= '\u309D' and <= '\u309F')
                    or (>= '\u30A1' and <= '\u30FA')
                    or (>= '\u30FC' and <= '\u30FF')
                    or (>= '\u3105' and <= '\u312F')
                    or (>= '\u31A0' and <= '\u31BF')
                    or (>= '\u31F0' and <= '\u31FF'), // kana, bopomofo, marks of Han
            < '\uA000' => c is <= '\u4DBF' or >= '\u4E00', // Han
            < '\uF900' => c
                is (>= '\uA9E0' and <= '\uA9EF')
                    or (>= '\uA9FA' and <= '\uA9FE')
                    or (>= '\uAA60' and <= '\uAA76')
                    or (>= '\uAA7A' and <= '\uAADD'),
            _ => c is <= '\uFAFF' or (>= '\uFF66' and <= '\uFF9F'),
        };

    /// <summary>
    /// A combining mark, a voicing mark of half width, or a vowel behind its consonant that Unicode counts as a letter.
    /// </summary>
    private static bool IsMark(char c) =>
        c switch
        {
            >= '\u3400' and <= '\u9FFF' => false,
            '\u0E30' or '\u0E32' or '\u0E33' or '\u0E45' or '\u0EB0' or '\u0EB2' or '\u0EB3' or '\uFF9E' or '\uFF9F' =>
                true,
            _ => WordCharacters.Is(c)
                && char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark,
        };

    /// <summary>A vowel that is written before its consonant (Unicode's Logical_Order_Exception).</summary>
    private static bool IsLeadingVowel(char c) =>
        c
            is (>= '\u0E40' and <= '\u0E44')
                or (>= '\u0EC0' and <= '\u0EC4')
                or (>= '\u19B5' and <= '\u19B7')
                or '\u19BA'
                or '\uAAB5'
                or '\uAAB6'
                or '\uAAB9'
                or '\uAABB'
                or '\uAABC';

    /// <summary>The sign that puts the next consonant under the one before: coeng, virama, sakot.</summary>
    private static bool IsStacker(char c) => c is '\u17D2' or '\u1039' or '\u1A60';

    /// <summary>The length of a joiner before another letter or mark, or of a variation selector; else 0.</summary>
    private static int IgnorableAt(ReadOnlySpan<char> text, int i)
    {
        char c = text[i];
        if (c is '\u200C' or '\u200D')
            return i + 1 < text.Length && (IsMark(text[i + 1]) || LengthAt(text, i + 1) > 0) ? 1 : 0;
        if (c is >= '\uFE00' and <= '\uFE0F')
            return 1;
        return c == '\uDB40' && i + 1 < text.Length && text[i + 1] is >= '\uDD00' and <= '\uDDEF' ? 2 : 0;
    }
}
