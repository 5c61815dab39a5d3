using System.Globalization;
using System.Text;

namespace Firn.Text;

/// <summary>Finds emoji: a symbol with its skin tone and presentation marks, joined sequences, and flags.</summary>
internal static class EmojiSequence
{
    private const int Joiner = 0x200D;

    /// <summary>Reads the emoji that begins at <paramref name="i"/> and writes it without skin tone and presentation marks.</summary>
    /// <param name="text">The text.</param>
    /// <param name="i">Where to look; not an ASCII character.</param>
    /// <param name="destination">At least as long as the rest of the text.</param>
    /// <param name="written">Length of the token; 0 where there is no emoji.</param>
    /// <returns>The place after the emoji, or after the one code point that is none.</returns>
    public static int Read(ReadOnlySpan<char> text, int i, Span<char> destination, out int written)
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
            else if (next.Value == Joiner && Rune.DecodeFromUtf16(text[(i + length)..], out Rune joined, out int more) == 0 && IsBase(joined))
            {
                written += next.EncodeToUtf16(destination[written..]);
                written += joined.EncodeToUtf16(destination[written..]);
                i += length + more;
            }
            else if (flag && IsRegional(next))
            {
                written += next.EncodeToUtf16(destination[written..]);
                i += length;
                flag = false;
            }
            else
            {
                break;
            }
        }
        ScanSteps.Add(i - first.Utf16SequenceLength - start + 1);
        return i;
    }

    private static bool IsBase(Rune rune) =>
        rune.Value != 0xFFFD && !IsTone(rune) && Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol;

    private static bool IsTone(Rune rune) => rune.Value is >= 0x1F3FB and <= 0x1F3FF;

    private static bool IsRegional(Rune rune) => rune.Value is >= 0x1F1E6 and <= 0x1F1FF;
}
