using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Firn.Files;
using Firn.Layers;

namespace Firn.Interop.Export;

/// <summary>
/// An array of float32 to be written in little-endian order: memory, or the rows of a table by the words' ids, which
/// are gathered while they are written, so that a table that shares rows is never held in full.
/// </summary>
internal sealed class ExportTensor
{
    private readonly ReadOnlyMemory<float> _values;
    private readonly EmbeddingTable? _table;
    private readonly bool _gathers;

    /// <summary>Values in memory.</summary>
    /// <param name="values">Row-major.</param>
    /// <param name="shape">Their product is the number of values.</param>
    public ExportTensor(ReadOnlyMemory<float> values, params int[] shape)
    {
        (_values, Shape) = (values, shape);
        if (shape.Aggregate(1L, (product, d) => product * d) != values.Length)
            throw new ArgumentException(
                $"{values.Length} values do not fill [{string.Join(", ", shape)}].",
                nameof(values)
            );
    }

    private ExportTensor(EmbeddingTable table, bool gathers)
    {
        (_table, _gathers, Shape) = (
            table,
            gathers,
            [gathers ? table.VocabularySize : table.RowCount, table.Dimension]
        );
    }

    /// <summary>The rows of a table as they lie, [R,E].</summary>
    public static ExportTensor Of(EmbeddingTable table) => new(table, gathers: false);

    /// <summary>A row for each id, [V,E]: Keras' table, in which no two words share a row.</summary>
    public static ExportTensor RowOfEachId(EmbeddingTable table) => new(table, gathers: true);

    /// <summary>Its dimensions.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The values, where they are in memory; none for those of a table.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>Bytes that <see cref="Write(Stream)"/> writes.</summary>
    public long Bytes => sizeof(float) * Shape.Aggregate(1L, (product, d) => product * d);

    /// <summary>Writes the values.</summary>
    public void Write(Stream stream)
    {
        if (_table is null)
        {
            Write(stream, _values.Span);
            return;
        }
        using MappedHold hold = _table.Hold();
        if (!_gathers)
            Write(stream, _table.InPlace.Span);
        for (int id = 0; _gathers && id < _table.VocabularySize; id++)
            Write(stream, _table.VectorInPlace(id));
    }

    private static void Write(Stream stream, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            const int Most = 1 << 28; // of values at a time: the bytes of more cannot be counted in 32 bits
            for (; values.Length > Most; values = values[Most..])
                stream.Write(MemoryMarshal.AsBytes(values[..Most]));
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }
}
