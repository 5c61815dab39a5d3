using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Firn.Server.Http;

/// <summary>An answer's bytes, in rented memory; returned when disposed of.</summary>
internal sealed class AnswerBuffer : IDisposable
{
    private const int LongestNumber = 32;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(512);
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Raw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _length += text.Length;
    }

    /// <summary>A float32 in the shortest decimal form that reads back to the same bits.</summary>
    public void Number(float value)
    {
        value.TryFormat(Room(LongestNumber), out int written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Room(LongestNumber), out int written);
        _length += written;
    }

    /// <summary>A JSON string with its quotes.</summary>
    public void String(string text)
    {
        Raw("\""u8);
        ReadOnlySpan<char> rest = text;
        Span<char> escaped = stackalloc char[256];
        while (rest.Length > 0)
        {
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(rest, escaped, out int read, out int made);
            _length += Encoding.UTF8.GetBytes(escaped[..made], Room(made * 3));
            rest = rest[read..];
        }
        Raw("\""u8);
    }

    /// <summary>One row of scores as a JSON list.</summary>
    public void Row(ReadOnlySpan<float> row)
    {
        Raw("["u8);
        for (int i = 0; i < row.Length; i++)
        {
            if (i > 0)
                Raw(","u8);
            Number(row[i]);
        }
        Raw("]"u8);
    }

    /// <summary>Float32 values as little-endian bytes.</summary>
    public void LittleEndian(ReadOnlySpan<float> values)
    {
        Span<byte> room = Room(values.Length * sizeof(float));
        for (int i = 0; i < values.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(room[(i * sizeof(float))..], values[i]);
        _length += values.Length * sizeof(float);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - _length < count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + count));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        return _bytes.AsSpan(_length);
    }
}
