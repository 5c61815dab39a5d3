using System.Globalization;
using System.Text;

namespace Firn.Text;

/// <summary>Finds emoji: a symbol with its skin tone and presentation marks, joined sequences, and flags.</summary>
internal static class EmojiSequence
{
    public const char Box = '\u20E3';

    private const int Joiner = 0x200D;

    /// <summary>
    /// Reads the emoji that begins at <paramref name="i"/> and writes it without skin tone and presentation marks.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="i">Where to look; not an ASCII character.</param>
    /// <param name="destination">At least as long as the rest of the text.</param>
    /// <param name="tags">Whether the tags of a region's flag (England, Scotland, Wales) belong to it.</param>
    /// <param name="written">Length of the token; 0 where there is no emoji.</param>
    /// <returns>The place after the emoji, or after the one code point that is none.</returns>
    public static int Read(ReadOnlySpan<char> text, int i, Span<char> destination, bool tags, out int written)
    {
        written = 0;
        int start = i;
        Rune.DecodeFromUtf16(text[i..], out Rune first, out int length);
        i += length;
        ScanSteps.Add(length);
        if (!IsBase(first))
            return i;
        written = first.EncodeToUtf16(destination);
        bool flag = IsRegional(first);
        while (i < text.Length && text[i] >= 0x200D)
        {
            Rune.DecodeFromUtf16(text[i..], out Rune next, out length);
            if (IsTone(next) || next.Value == 0xFE0F)
            {
                i += length;
            }
            else if (
                next.Value == Joiner
                && Rune.DecodeFromUtf16(text[(i + length)..], out Rune joined, out int more) == 0
                && IsBase(joined)
            )
            {
                written += next.EncodeToUtf16(destination[written..]);
                written += joined.EncodeToUtf16(destination[written..]);
                i += length + more;
            }
            else if (flag && IsRegional(next) || tags && IsTag(next))
            {
                written += next.EncodeToUtf16(destination[written..]);
                i += length;
                flag = false; // a second letter ends it
            }
            else
            {
                break;
            }
        }
        ScanSteps.Add(i - first.Utf16SequenceLength - start + 1);
        return i;
    }

    /// <summary>
    /// Length of a keycap (a digit, <c>#</c> or <c>*</c> in a box: 1️⃣) at <paramref name="i"/>, or 0.
    /// </summary>
    public static int LengthOfKeycap(ReadOnlySpan<char> text, int i)
    {
        if (!(char.IsAsciiDigit(text[i]) || text[i] is '#' or '*'))
            return 0;
        int box = i + 1 < text.Length && text[i + 1] == '\uFE0F' ? i + 2 : i + 1;
        return box < text.Length && text[box] == Box ? box + 1 - i : 0;
    }

    private static bool IsBase(Rune rune) =>
        rune.Value != 0xFFFD && !IsTone(rune) && Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol;

    private static bool IsTone(Rune rune) => rune.Value is >= 0x1F3FB and <= 0x1F3FF;

    private static bool IsTag(Rune rune) => rune.Value is >= 0xE0020 and <= 0xE007F;

    private static bool IsRegional(Rune rune) => rune.Value is >= 0x1F1E6 and <= 0x1F1FF;
}
