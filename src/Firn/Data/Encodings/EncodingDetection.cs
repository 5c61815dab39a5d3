using System.Text;

namespace Firn.Data;

/// <summary>How the bytes of a file become characters, as asked for or as its first bytes show.</summary>
/// <param name="Encoding">What decodes them.</param>
/// <param name="Name">Its name, <see cref="TextEncodings.Auto"/> for UTF-8 mixed with Windows-1252.</param>
/// <param name="Suspicion">What speaks against reading the file so, or null.</param>
internal sealed record TextDecoding(Encoding Encoding, string Name, string? Suspicion = null)
{
    /// <summary>
    /// Whether bytes may be handed on as they are, because invalid UTF-8 is dealt with where they are decoded.
    /// </summary>
    public bool IsUtf8 => Encoding is not Windows1252 && Encoding.CodePage == Encoding.UTF8.CodePage;

    /// <summary>The characters of bytes; a byte order mark is obeyed.</summary>
    public StreamReader Read(Stream bytes) =>
        new(bytes, Encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);

    /// <summary>This decoding, where nothing speaks against it.</summary>
    /// <param name="path">The file, for the error.</param>
    /// <exception cref="CorpusException">The encoding must be named.</exception>
    public TextDecoding Unsuspected(string path) =>
        Suspicion is null
            ? this
            : throw new CorpusException(
                path,
                0,
                $"the bytes are not UTF-8, and too many and too close together for Windows-1252; they decode as "
                    + $"{Suspicion}",
                "Name the encoding with {Encoding}."
            );
}

/// <summary>
/// Finds the encoding by a byte order mark, by where zero bytes stand, and by how dense the bytes beyond ASCII are.
/// </summary>
internal static class EncodingDetection
{
    // Fewer letters beyond ASCII than this decide nothing.
    private const int MinHigh = 24;

    public static TextDecoding Find(string asked, ReadOnlySpan<byte> head, InvalidBytes invalid)
    {
        string name = TextEncodings.NameOf(asked);
        if (name != TextEncodings.Auto)
            return new TextDecoding(TextEncodings.Get(name, invalid), name);
        string? unicode = ByMark(head) ?? ByZeros(head);
        if (unicode is not null)
            return new TextDecoding(TextEncodings.Get(unicode, invalid), unicode);
        return new TextDecoding(TextEncodings.Get(TextEncodings.Auto, invalid), TextEncodings.Auto, Suspicion(head));
    }

    private static string? ByMark(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) ? "utf-32le"
        : head.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]) ? "utf-32be"
        : head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? "utf-16le"
        : head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? "utf-16be"
        : null;

    // ASCII characters in UTF-16 have a zero beside each; text in UTF-8 has zeros by accident alone, at no fixed place.
    private static string? ByZeros(ReadOnlySpan<byte> head)
    {
        head = head[..(head.Length & ~3)];
        Span<int> zeros = stackalloc int[4];
        for (int i = 0; i < head.Length; i++)
        {
            if (head[i] == 0)
                zeros[i & 3]++;
        }
        int even = zeros[0] + zeros[2],
            odd = zeros[1] + zeros[3],
            all = even + odd;
        if (head.Length < 8 || all < head.Length / 50 || all < 4)
            return null;
        int quarter = head.Length / 4;
        if (zeros[2] > 0.95 * quarter && zeros[3] > 0.95 * quarter && zeros[0] < all / 20)
            return "utf-32le";
        if (zeros[0] > 0.95 * quarter && zeros[1] > 0.95 * quarter && zeros[3] < all / 20)
            return "utf-32be";
        if (odd >= 0.95 * all && IsUtf16(head, Encoding.Unicode))
            return "utf-16le";
        return even >= 0.95 * all && IsUtf16(head, Encoding.BigEndianUnicode) ? "utf-16be" : null;
    }

    private static bool IsUtf16(ReadOnlySpan<byte> head, Encoding encoding)
    {
        string text = encoding.GetString(head);
        return text.Contains('\n')
            && text.Count(c => c < ' ' && c is not ('\n' or '\r' or '\t') || c >= '\uFFFE') <= text.Length / 100;
    }

    // Letters of Western languages beyond ASCII are few and stand alone; those of other scripts are the rule and stand
    // together.
    private static string? Suspicion(ReadOnlySpan<byte> head)
    {
        int high = 0,
            runs = 0,
            letters = 0;
        for (int i = 0; i < head.Length; i++)
        {
            bool isHigh = head[i] >= 0x80;
            if (isHigh)
            {
                high++;
                runs += i == 0 || head[i - 1] < 0x80 ? 1 : 0;
            }
            else if (char.IsAsciiLetter((char)head[i]))
                letters++;
        }
        if (high < MinHigh || high < 0.1 * (high + letters) || high < 2.5 * runs || ValidShare(head) > 0.9)
            return null;
        string candidates = string.Join(", ", LegacyEncodings.Candidates(head));
        return candidates.Length == 0 ? null : candidates;
    }

    /// <summary>The share of the bytes beyond ASCII that are part of valid UTF-8.</summary>
    private static double ValidShare(ReadOnlySpan<byte> head)
    {
        int high = 0,
            invalid = 0;
        while (!head.IsEmpty)
        {
            System.Buffers.OperationStatus status = Rune.DecodeFromUtf8(head, out Rune rune, out int taken);
            if (status != System.Buffers.OperationStatus.Done)
                invalid += taken;
            if (status != System.Buffers.OperationStatus.Done || !rune.IsAscii)
                high += taken;
            head = head[Math.Max(taken, 1)..];
        }
        return high == 0 ? 1 : 1 - (double)invalid / high;
    }
}
