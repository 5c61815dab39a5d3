using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Firn.Text;

/// <summary>Which characters make words in the grammar <c>tweets</c>.</summary>
internal static class WordCharacters
{
    /// <summary>
    /// Letters, digits and combining marks of any script, within the basic plane; not the variation selectors.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(char c) => c < 0x80 ? char.IsAsciiLetterOrDigit(c) : IsBeyondAscii(c);

    private static bool IsBeyondAscii(char c) =>
        char.IsLetterOrDigit(c)
        || c is not (>= '\uFE00' and <= '\uFE0F') and not '\u20E3'
            && char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>
    /// 2 where the text begins with a letter, digit or mark beyond the basic plane, else 0; variation selectors are
    /// none.
    /// </summary>
    public static int LengthBeyondBasic(ReadOnlySpan<char> text) =>
        char.IsHighSurrogate(text[0])
        && Rune.DecodeFromUtf16(text, out Rune rune, out int length) == OperationStatus.Done
        && rune.Value < 0xE0000
        && (
            Rune.IsLetterOrDigit(rune)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        )
            ? length
            : 0;

    /// <summary>An apostrophe as typed, as typeset, or as an accent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsApostrophe(char c) => c is '\'' or '\u2019' or '\u00B4' or '`';
}
