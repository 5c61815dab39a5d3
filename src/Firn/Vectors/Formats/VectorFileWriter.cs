using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Firn.Files;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Formats;

/// <summary>Writes the formats that <see cref="VectorFileReader"/> reads; a file appears whole or not at all.</summary>
internal static class VectorFileWriter
{
    public static void Write(IWordTable vectors, string path, VectorFormat format)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (format == VectorFormat.Auto)
            throw new ArgumentException("Auto is for reading; name the format to write.", nameof(format));
        bool compressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        if (format == VectorFormat.Safetensors && compressed)
            throw new ArgumentException(
                $"'{path}' would be compressed, and a compressed safetensors file cannot be mapped; leave .gz out of "
                    + $"its name.",
                nameof(path)
            );
        if (format != VectorFormat.Safetensors)
            RefuseUnreadableWords(vectors, format);
        OutputFile.Write(path, file => WriteContent(vectors, file, format, compressed));
    }

    private static void WriteContent(IWordTable vectors, Stream file, VectorFormat format, bool compressed)
    {
        using MappedHold hold = vectors.Hold();
        if (compressed)
        {
            using var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            using var buffered = new BufferedStream(gzip, 1 << 16);
            WriteRows(vectors, buffered, format);
            return;
        }
        if (format == VectorFormat.Safetensors)
            MappedVectorFile.Write(vectors, file);
        else
            WriteRows(vectors, file, format);
    }

    private static void WriteRows(IWordTable vectors, Stream stream, VectorFormat format)
    {
        if (format != VectorFormat.GloVe)
            stream.Write(Encoding.ASCII.GetBytes($"{vectors.Count} {vectors.Dimension}\n"));
        var row = new ArrayBufferWriter<byte>(1 << 12);
        var values = new float[vectors.Dimension];
        for (int i = 0; i < vectors.Count; i++)
        {
            row.ResetWrittenCount();
            Encoding.UTF8.GetBytes(vectors.Words[i], row);
            vectors.CopyTo(i, values);
            if (format == VectorFormat.Word2VecBinary)
                WriteBinary(values, row);
            else
                WriteText(values, row);
            row.Write("\n"u8);
            stream.Write(row.WrittenSpan);
        }
    }

    private static void WriteBinary(ReadOnlySpan<float> values, ArrayBufferWriter<byte> row)
    {
        row.Write(" "u8);
        if (BitConverter.IsLittleEndian)
        {
            row.Write(MemoryMarshal.AsBytes(values));
            return;
        }
        Span<byte> bytes = row.GetSpan(4 * values.Length);
        for (int i = 0; i < values.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes[(4 * i)..], values[i]);
        row.Advance(4 * values.Length);
    }

    private static void WriteText(ReadOnlySpan<float> values, ArrayBufferWriter<byte> row)
    {
        foreach (float value in values)
        {
            Span<byte> place = row.GetSpan(32);
            place[0] = (byte)' ';
            value.TryFormat(place[1..], out int written, default, CultureInfo.InvariantCulture);
            row.Advance(written + 1);
        }
    }

    private static void RefuseUnreadableWords(IWordTable vectors, VectorFormat format)
    {
        SearchValues<char> separators = SearchValues.Create(
            format switch
            {
                VectorFormat.Word2VecBinary => " \n",
                VectorFormat.GloVe => "\t\r\n",
                _ => " \t\r\n",
            }
        );
        foreach (string word in vectors.Words)
        {
            bool outerSpace = word.StartsWith(' ') || word.EndsWith(' ');
            if (word.Length == 0 || outerSpace || word.AsSpan().ContainsAny(separators))
            {
                throw new ArgumentException(
                    $"The word '{word}' is empty or holds a separator of {format}, so it could not be read back; "
                        + $"rename it, for example with '_'.",
                    nameof(vectors)
                );
            }
        }
    }
}
