using System.Globalization;
using System.Text;

namespace Firn.Data;

/// <summary>Encodings by the names that people give them, .NET's and Python's alike.</summary>
public static class TextEncodings
{
    /// <summary>
    /// UTF-8, where each byte that is not part of valid UTF-8 is read as Windows-1252; so UTF-8, ISO-8859-1 and
    /// Windows-1252 texts are read alike, also mixed in one file. A byte order mark is obeyed.
    /// </summary>
    public const string Auto = "auto";

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["utf8"] = "utf-8",
        ["utf-8-sig"] = "utf-8",
        ["utf16"] = "utf-16",
        ["utf-16-le"] = "utf-16le",
        ["utf-16-be"] = "utf-16be",
        ["utf32"] = "utf-32",
        ["utf-32-le"] = "utf-32le",
        ["utf-32-be"] = "utf-32be",
        ["latin-1"] = "iso-8859-1",
        ["latin1"] = "iso-8859-1",
        ["latin-2"] = "iso-8859-2",
        ["latin2"] = "iso-8859-2",
        ["latin-9"] = "iso-8859-15",
        ["ascii"] = "us-ascii",
        ["ansi"] = "windows-1252",
        ["sjis"] = "shift_jis",
        ["shift-jis"] = "shift_jis",
        ["eucjp"] = "euc-jp",
        ["euckr"] = "euc-kr",
        ["uhc"] = "ks_c_5601-1987",
        ["mac-roman"] = "macintosh",
        ["koi8r"] = "koi8-r",
        ["koi8u"] = "koi8-u",
        ["gb-18030"] = "gb18030",
    };

    static TextEncodings() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>
    /// The encoding of a name; bytes that are none of it become U+FFFD, for <see cref="Auto"/> characters of
    /// Windows-1252.
    /// </summary>
    /// <param name="name">
    /// <see cref="Auto"/>, a name as <c>gbk</c>, <c>shift_jis</c>, <c>latin1</c>, <c>cp1251</c>, or a code page's
    /// number.
    /// </param>
    /// <exception cref="ArgumentException">.NET knows no such encoding.</exception>
    public static Encoding Get(string name) => Get(name, new InvalidBytes());

    /// <summary>As <see cref="Get(string)"/>; the bytes that are none of the encoding are counted.</summary>
    internal static Encoding Get(string name, InvalidBytes invalid)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Equals(Auto, StringComparison.OrdinalIgnoreCase))
            return Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new Windows1252Fallback(invalid));
        Encoding known = Find(name);
        // The unassigned bytes of .NET's Windows-1252 differ from the WHATWG Encoding Standard's.
        return known.CodePage == 1252
            ? new Windows1252()
            : Encoding.GetEncoding(
                known.CodePage,
                EncoderFallback.ReplacementFallback,
                new CountedReplacement(invalid)
            );
    }

    /// <summary>The name by which an encoding is told and stored.</summary>
    /// <exception cref="ArgumentException">.NET knows no such encoding.</exception>
    public static string NameOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name.Equals(Auto, StringComparison.OrdinalIgnoreCase) ? Auto : NameOf(Find(name));
    }

    internal static string NameOf(Encoding encoding) =>
        encoding.CodePage switch
        {
            1200 => "utf-16le",
            1201 => "utf-16be",
            12000 => "utf-32le",
            12001 => "utf-32be",
            936 => "gbk",
            949 => "cp949",
            _ => encoding.WebName,
        };

    private static Encoding Find(string name)
    {
        string plain = name.Trim().ToLowerInvariant().Replace('_', '-');
        if (Aliases.TryGetValue(plain, out string? alias))
            plain = alias;
        if (plain.StartsWith("iso8859-", StringComparison.Ordinal))
            plain = "iso-8859-" + plain["iso8859-".Length..];
        try
        {
            string digits = plain.StartsWith("cp", StringComparison.Ordinal) ? plain[2..].TrimStart('-') : plain;
            return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int page) && page > 0
                ? Encoding.GetEncoding(page)
                : Encoding.GetEncoding(plain.Replace("shift-jis", "shift_jis", StringComparison.Ordinal));
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            string near = Suggestion.Phrase(
                plain,
                CodePagesEncodingProvider
                    .Instance.GetEncodings()
                    .Select(e => e.Name)
                    .Concat(["utf-8", "utf-16", "iso-8859-1", "gbk", "latin1"])
            );
            throw new ArgumentException(
                $"There is no encoding '{name}'; {near}known are utf-8, utf-16le, latin1, windows-1252, gbk, big5, "
                    + $"shift_jis, euc-kr, koi8-r and .NET's others.",
                nameof(name),
                error
            );
        }
    }
}

/// <summary>How many bytes were not of the encoding by which they were read.</summary>
internal sealed class InvalidBytes
{
    public long Count { get; set; }
}

/// <summary>U+FFFD for bytes that are none of the encoding, counted.</summary>
internal sealed class CountedReplacement(InvalidBytes invalid) : DecoderFallback
{
    public override int MaxCharCount => 1;

    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(invalid);

    private sealed class Buffer(InvalidBytes invalid) : DecoderFallbackBuffer
    {
        private int _remaining;

        public override int Remaining => _remaining;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            invalid.Count += bytesUnknown.Length;
            _remaining = 1;
            return true;
        }

        public override char GetNextChar()
        {
            if (_remaining == 0)
                return '\0';
            _remaining = 0;
            return '\uFFFD';
        }

        public override bool MovePrevious()
        {
            if (_remaining == 1)
                return false;
            _remaining = 1;
            return true;
        }

        public override void Reset() => _remaining = 0;
    }
}
