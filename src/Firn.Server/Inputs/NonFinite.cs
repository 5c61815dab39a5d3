namespace Firn.Server.Inputs;

/// <summary>
/// The tokens <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c> (and <c>Inf</c>, <c>-Inf</c>), which are no JSON and which
/// TensorFlow Serving takes and gives. A body that is no JSON otherwise is read once more with each of them replaced by
/// a number that nobody writes, so that they count as numbers everywhere and as values only where a vector may hold
/// them.
/// </summary>
internal static class NonFinite
{
    private static readonly byte[] Nan = "-0e-99991"u8.ToArray();
    private static readonly byte[] Positive = "-0e-99992"u8.ToArray();
    private static readonly byte[] Negative = "-0e-99993"u8.ToArray();

    /// <summary>The body with its tokens replaced; null when it has none.</summary>
    public static byte[]? Replace(ReadOnlySpan<byte> body)
    {
        var replaced = new MemoryStream(body.Length + 64);
        bool found = false,
            text = false;
        for (int i = 0; i < body.Length; i++)
        {
            byte now = body[i];
            if (text && now == '\\' && i + 1 < body.Length)
                replaced.WriteByte(body[i++]);
            else if (now == '"')
                text = !text;
            ReadOnlySpan<byte> rest = body[i..];
            (int length, ReadOnlyMemory<byte> number) = text ? default : Match(rest);
            if (length == 0)
            {
                replaced.WriteByte(body[i]);
                continue;
            }
            found = true;
            replaced.Write(number.Span);
            i += length - 1;
        }
        return found ? replaced.ToArray() : null;
    }

    /// <summary>The value of a number as it is written.</summary>
    /// <returns>False when it is no float32.</returns>
    public static bool TryRead(ReadOnlySpan<byte> written, out float value)
    {
        if (written.SequenceEqual(Nan))
        {
            value = float.NaN;
            return true;
        }
        if (written.SequenceEqual(Positive) || written.SequenceEqual(Negative))
        {
            value = written[^1] == Positive[^1] ? float.PositiveInfinity : float.NegativeInfinity;
            return true;
        }
        return System.Buffers.Text.Utf8Parser.TryParse(written, out value, out int used)
            && used == written.Length
            && float.IsFinite(value);
    }

    private static (int Length, ReadOnlyMemory<byte> Number) Match(ReadOnlySpan<byte> at)
    {
        if (at[0] is not ((byte)'N' or (byte)'I' or (byte)'-'))
            return default;
        bool minus = at[0] == '-';
        ReadOnlySpan<byte> word = minus ? at[1..] : at;
        int length =
            word.StartsWith("NaN"u8) && !minus ? 3
            : word.StartsWith("Infinity"u8) ? 8
            : word.StartsWith("Inf"u8) ? 3
            : 0;
        if (length == 0)
            return default;
        return (
            length + (minus ? 1 : 0),
            minus ? Negative
            : word[0] == 'N' ? Nan
            : Positive
        );
    }
}
