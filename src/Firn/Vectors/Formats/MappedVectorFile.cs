using System.Numerics;
using Firn.Files;
using Firn.Safetensors;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Formats;

/// <summary>
/// Firn's own file of vectors: safetensors with the words, a hash table to find them by, and the rows. Opening maps it
/// and checks names, types and shapes; words and rows are read when they are asked for. Layout: docs/vectors.md.
/// </summary>
internal static class MappedVectorFile
{
    private const string Rows = "vectors.rows",
        Scales = "vectors.scales",
        RowOf = "vectors.row_of";
    private const string Counts = "words.counts"; // optional
    private const string Bytes = "words.bytes",
        Ends = "words.ends",
        Slots = "words.slots";
    private const string FormatKey = "format",
        FormatName = "firn-vectors-1";
    private const string Remedy =
        "The file is damaged or holds no word vectors of Firn; make it again with 'firn vectors convert'";

    /// <summary>
    /// Whether these bytes begin as safetensors do: a header of at most 100 MB, whose JSON follows its length.
    /// </summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 10
        && bytes[4..8].IndexOfAnyExcept((byte)0) < 0
        && bytes[8] == '{'
        && bytes[9] is (byte)'"' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'}';

    /// <summary>Whether the file begins as safetensors do.</summary>
    public static bool Begins(string path)
    {
        if (!File.Exists(path) || InputFile.IsPipe(path)) // a pipe cannot be mapped
            return false;
        using var handle = File.OpenHandle(path);
        Span<byte> bytes = stackalloc byte[16];
        return Begins(bytes[..RandomAccess.Read(handle, bytes, 0)]);
    }

    public static VectorFileContent Open(string path, VectorLoadOptions options)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            VectorFileContent content = Open(file, options);
            if (options.Only is not null && !options.Only.Any(word => content.Index.TryGetRow(word, out _)))
                Throw.BadFile(
                    path,
                    "words",
                    "none of the words asked for has a vector",
                    "Check the limit and the words asked for"
                );
            return content;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static VectorFileContent Open(SafetensorsFile file, VectorLoadOptions options)
    {
        if (file.Metadata.TryGetValue(FormatKey, out string? format) && format != FormatName)
            Throw.BadFile(
                file.Path,
                "header",
                $"the format is '{format}' where '{FormatName}' is known",
                "Another version of Firn wrote it; read it with that one"
            );
        TensorEntry ends = file.Require(Ends, TensorType.Int32, -1);
        int words = ends.Shape[0];
        TensorEntry slots = file.Require(Slots, TensorType.Int32, -1);
        if (words < 1 || !BitOperations.IsPow2(slots.Shape[0]) || slots.Shape[0] <= words)
            Throw.BadFile(
                file.Path,
                $"tensor '{Slots}'",
                $"{slots.Shape[0]} slots for {words} words; a power of two above them is expected",
                Remedy
            );
        TensorEntry bytes = file.Require(Bytes, TensorType.UInt8, -1);
        int count = Math.Min(words, options.Limit ?? words);
        var index = new MappedWords(
            file.Region,
            file.Map<byte>(bytes, 0, bytes.Shape[0]).Memory,
            file.Map<int>(ends, 0, words).Memory,
            file.Map<int>(slots, 0, slots.Shape[0]).Memory,
            count
        );
        VectorRows rows = MapRows(file, words, count);
        MappedValues<long>? counts = file.TryGet(Counts, out _)
            ? file.Map<long>(file.Require(Counts, TensorType.Int64, words), 0, count)
            : null;
        return new VectorFileContent(
            index,
            rows,
            new VectorLoadReport { Format = VectorFormat.Safetensors, Rows = count }
        )
        {
            Region = file.Region,
            Counts = counts?.Lasting ?? default,
            CountsInPlace = counts?.Memory ?? default,
        };
    }

    private static VectorRows MapRows(SafetensorsFile file, int words, int count)
    {
        if (!file.TryGet(Rows, out TensorEntry entry))
            file.Require(Rows, TensorType.Float32, -1, -1);
        file.Require(Rows, entry.Type, -1, -1);
        int stored = entry.Shape[0],
            columns = entry.Shape[1];
        bool aliased = file.TryGet(RowOf, out TensorEntry rowOf);
        if (stored < 1 || columns is < 1 or > VectorFileHeader.MaxDimension || (!aliased && stored != words))
            Throw.BadFile(file.Path, $"tensor '{Rows}'", $"it is [{stored}, {columns}] for {words} words", Remedy);
        // Without aliases row and word are one, and the limit cuts both.
        int used = aliased ? stored : count;
        VectorRows rows = entry.Type switch
        {
            TensorType.Float32 => new SingleRows(Map<float>(file, entry, used)),
            TensorType.Float16 => new HalfRows(Map<ushort>(file, entry, used)),
            TensorType.Int8 => new ByteRows(
                Map<sbyte>(file, entry, used),
                file.Map<float>(file.Require(Scales, TensorType.Float32, stored), 0, used).Memory
            ),
            _ => throw new InvalidDataException(
                $"{file.Path}: tensor '{Rows}': its type is {entry.Type} where Float32, Float16 or Int8 is expected. "
                    + $"{Remedy}"
            ),
        };
        return aliased
            ? new AliasedRows(
                rows,
                file.Map<int>(file.Require(RowOf, TensorType.Int32, words), 0, count).Memory,
                file.Path
            )
            : rows;
    }

    private static RowBlocks<T> Map<T>(SafetensorsFile file, TensorEntry entry, int rows)
        where T : unmanaged
    {
        int columns = entry.Shape[1],
            rowsPerBlock = (long)rows * columns <= int.MaxValue ? rows : RowBuilder<T>.RowsPerBlock(columns);
        var blocks = new ReadOnlyMemory<T>[(rows + rowsPerBlock - 1) / rowsPerBlock];
        for (int block = 0; block < blocks.Length; block++)
        {
            int first = block * rowsPerBlock;
            blocks[block] = file.Map<T>(
                entry,
                (long)first * columns,
                Math.Min(rowsPerBlock, rows - first) * columns
            ).Memory;
        }
        return new RowBlocks<T>(blocks, rowsPerBlock, rows, columns);
    }

    /// <summary>Writes the vectors, equal rows once. The same vectors give the same bytes.</summary>
    /// <exception cref="ArgumentException">A word has no bytes in UTF-8.</exception>
    public static void Write(IWordTable vectors, Stream stream)
    {
        using MappedHold hold = vectors.Hold();
        (IReadOnlyList<string> words, VectorRows rows) = (vectors.Words, vectors.Rows);
        (byte[] bytes, int[] ends, int[] slots) = WordSlots.Of(words);
        (int[] stored, int[]? rowOf) = RowAliases.Find(rows);
        // Tensors of eight and four bytes a value first: behind rows of bytes they would lie at odd places.
        List<Tensor> tensors = vectors.Counts.IsEmpty
            ? []
            : [Tensor.Of(Counts, TensorType.Int64, vectors.Counts, vectors.Count)];
        tensors.AddRange([Tensor.Of(Slots, slots, slots.Length), Tensor.Of(Ends, ends, ends.Length)]);
        if (rowOf is not null)
            tensors.Add(Tensor.Of(RowOf, rowOf, rowOf.Length));
        if (rows.Precision == VectorPrecision.Int8)
            tensors.Add(Tensor.Of(Scales, stored.Select(rows.ScaleOf).ToArray(), stored.Length));
        TensorType type = rows.Precision switch
        {
            VectorPrecision.Float16 => TensorType.Float16,
            VectorPrecision.Int8 => TensorType.Int8,
            _ => TensorType.Float32,
        };
        tensors.Add(
            new Tensor(
                Rows,
                type,
                [stored.Length, rows.Columns],
                destination =>
                {
                    foreach (int row in stored)
                        destination.Write(rows.Raw(row));
                }
            )
        );
        tensors.Add(Tensor.Of<byte>(Bytes, TensorType.UInt8, bytes, bytes.Length));
        SafetensorsWriter.Write(stream, tensors, new Dictionary<string, string> { [FormatKey] = FormatName });
    }
}
