using System.Text;

namespace Firn.Data;

/// <summary>
/// Windows-1252, of which ISO-8859-1's printable characters are a part; its five unassigned bytes stay control
/// characters, as in the WHATWG Encoding Standard. Reads only.
/// </summary>
internal sealed class Windows1252 : Encoding
{
    // The characters of the bytes 0x80 to 0x9F.
    private const string Upper =
        "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F"
        + "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    /// <summary>The character of one byte.</summary>
    public static char Decode(byte value) => value is >= 0x80 and < 0xA0 ? Upper[value - 0x80] : (char)value;

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetMaxCharCount(int byteCount) => byteCount;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        for (int i = 0; i < byteCount; i++)
            chars[charIndex + i] = Decode(bytes[byteIndex + i]);
        return byteCount;
    }

    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException();

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        throw new NotSupportedException();

    public override int GetMaxByteCount(int charCount) => charCount;
}

/// <summary>
/// Gives the bytes that are not valid UTF-8 the characters that they have in Windows-1252, and counts them.
/// </summary>
internal sealed class Windows1252Fallback(InvalidBytes invalid) : DecoderFallback
{
    public override int MaxCharCount => 4;

    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(invalid);

    private sealed class Buffer(InvalidBytes invalid) : DecoderFallbackBuffer
    {
        private byte[] _bytes = [];
        private int _next;

        public override int Remaining => _bytes.Length - _next;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            invalid.Count += bytesUnknown.Length;
            _bytes = bytesUnknown;
            _next = 0;
            return _bytes.Length > 0;
        }

        public override char GetNextChar() => _next < _bytes.Length ? Windows1252.Decode(_bytes[_next++]) : '\0';

        public override bool MovePrevious()
        {
            if (_next == 0)
                return false;
            _next--;
            return true;
        }

        public override void Reset()
        {
            _bytes = [];
            _next = 0;
        }
    }
}
