using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace Firn.Files;

/// <summary>
/// Tells text from bytes that are none, its encoding where characters have two or four bytes, and text of known kinds.
/// </summary>
internal static class TextSignatures
{
    /// <summary>
    /// The share of control characters above which bytes are no text: noise has 0.11, texts with stray ones far less.
    /// </summary>
    private const double MaxControls = 0.03;

    private const double MaxStrangers = 0.02,
        FewZeros = 0.1;

    // All but tab, line feed, vertical tab, form feed, carriage return, the end mark of DOS and escape.
    private static readonly SearchValues<byte> Controls = SearchValues.Create([
        .. Enumerable
            .Range(0, 32)
            .Where(b => b is not (9 or 10 or 11 or 12 or 13 or 26 or 27))
            .Append(127)
            .Select(b => (byte)b),
    ]);

    /// <summary>The kind; <see cref="FileKind.Binary"/> where it is no text.</summary>
    public static FileKind Find(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]))
            return FileKind.Utf32LittleEndian;
        if (head.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
            return FileKind.Utf32BigEndian;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            return FileKind.Utf16LittleEndian;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return FileKind.Utf16BigEndian;
        if (head.Contains((byte)0) && !IsNarrow(head) && WithoutMark(head) is { } linear)
            return linear;
        int controls = 0;
        foreach (byte value in head)
            controls += Controls.Contains(value) ? 1 : 0;
        return controls > MaxControls * head.Length ? FileKind.Binary : Known(head);
    }

    /// <summary>Whether characters are single bytes or UTF-8, with a zero byte here and there.</summary>
    private static bool IsNarrow(ReadOnlySpan<byte> head)
    {
        byte[] others = [.. head.ToArray().Where(value => value != 0)];
        // A head may end inside a character.
        return others.Length > (1 - FewZeros) * head.Length
            && Utf8.IsValid(others.AsSpan(0, Math.Max(0, others.Length - 3)));
    }

    /// <summary>
    /// UTF-16 or UTF-32 without a mark: one reading gives characters that texts are made of, line feeds and spaces
    /// among them.
    /// </summary>
    private static FileKind? WithoutMark(ReadOnlySpan<byte> head)
    {
        if (Fits(head, 4, 0))
            return FileKind.Utf32LittleEndian;
        if (Fits(head, 4, 3))
            return FileKind.Utf32BigEndian;
        if (Fits(head, 2, 0))
            return FileKind.Utf16LittleEndian;
        return Fits(head, 2, 1) ? FileKind.Utf16BigEndian : null;
    }

    /// <param name="head">The first bytes.</param>
    /// <param name="width">Bytes of a character.</param>
    /// <param name="low">The place of the lowest among them: 0, or the last.</param>
    private static bool Fits(ReadOnlySpan<byte> head, int width, int low)
    {
        int count = head.Length / width,
            strangers = 0,
            plain = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> bytes = head.Slice(i * width, width);
            int value = low == 0 ? bytes[0] | bytes[1] << 8 : bytes[width - 1] | bytes[width - 2] << 8;
            int high =
                width == 2 ? 0
                : low == 0 ? bytes[2] | bytes[3] << 8
                : bytes[1] | bytes[0] << 8;
            if (high > 0x10 || (high == 0 && IsStranger((char)value)))
                strangers++;
            if (high == 0 && value is 10 or 13 or 32 or ',' or '"' or '\t')
                plain++;
        }
        return count >= 2 && plain > 0 && strangers <= MaxStrangers * count;
    }

    private static bool IsStranger(char value) =>
        value is < ' ' and not ('\t' or '\n' or '\r') or '\uFFFE' or '\uFFFF'
        || char.GetUnicodeCategory(value) is UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;

    private static FileKind Known(ReadOnlySpan<byte> head)
    {
        if (
            head.StartsWith("version https://git-lfs.github.com/spec/"u8)
            || head.StartsWith("version https://hawser.github.com/spec/"u8)
        )
            return FileKind.GitLfsPointer;
        if (head.StartsWith("{\\rtf"u8))
            return FileKind.Rtf;
        ReadOnlySpan<byte> start = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        start = start.TrimStart(" \t\r\n"u8);
        Span<byte> lower = stackalloc byte[16];
        int length = Math.Min(start.Length, lower.Length);
        System.Text.Ascii.ToLower(start[..length], lower, out int written);
        lower = lower[..written];
        if (lower.StartsWith("<!doctype html"u8) || lower.StartsWith("<html"u8) || lower.StartsWith("<head>"u8))
            return FileKind.Html;
        return lower.StartsWith("<?xml "u8) ? FileKind.Xml : FileKind.Text;
    }
}
