using System.Buffers;
using System.Text;
using Firn.Files;
using Firn.Kernels;

namespace Firn.Vectors.Subwords;

/// <summary>
/// Writes a fastText model smaller, as its <c>.ftz</c> (Joulin et al. 2016, "FastText.zip"): the input matrix as a byte
/// for each two columns and a byte for the length of a row; arguments, dictionary and output matrix stay as they are.
/// </summary>
internal static class FastTextQuantizer
{
    private const int PartWidth = 2;
    private const ulong Seed = 1234; // fastText's

    /// <summary>Quantizes <paramref name="source"/> into a stream.</summary>
    /// <exception cref="InvalidDataException">
    /// It is quantized already, is of the format without version, or has fewer than 256 rows.
    /// </exception>
    public static void Write(string source, Stream destination)
    {
        FastTextFile file = FastTextFile.Read(source);
        if (!file.HasVersion)
            throw new InvalidDataException(
                $"{source}: byte 0: a model of fastText before 0.1 has no place for a quantized matrix; write it "
                    + $"anew with fastText 0.9 first."
            );
        if (file.Matrix is QuantizedRows)
            throw new InvalidDataException(
                $"{source}: byte {file.InputStart}: the model is quantized already; copy it."
            );
        if (file.Matrix.Count < ProductQuantizer.Centroids)
            throw new InvalidDataException(
                $"{source}: byte {file.InputStart}: {file.Matrix.Count} rows are fewer than the 256 centroids that "
                    + $"would stand for them; keep the model as it is."
            );
        using Stream original = InputFile.Open(source); // unpacked, as the places are counted
        Copy(original, file.InputStart, destination, source);
        using (var writer = new BinaryWriter(destination, Encoding.UTF8, leaveOpen: true))
            WriteMatrix(writer, file.Matrix);
        Copy(original, file.InputEnd - file.InputStart, Stream.Null, source);
        original.CopyTo(destination);
    }

    private static void WriteMatrix(BinaryWriter writer, EmbeddingRows matrix)
    {
        int rows = (int)matrix.Count,
            columns = matrix.Columns;
        int parts = (columns + PartWidth - 1) / PartWidth,
            lastWidth = columns - (parts - 1) * PartWidth;
        float[] norms = Norms(matrix);
        var random = new CounterRandom(Seed);
        float[] centroids = new float[columns * ProductQuantizer.Centroids];
        Workers.Run(
            parts,
            Environment.ProcessorCount,
            (part, _) =>
            {
                int width = part == parts - 1 ? lastWidth : PartWidth;
                float[] row = new float[columns];
                CentroidTraining
                    .Fit(
                        rows,
                        (r, place) => Unit(matrix, r, norms, row).Slice(part * PartWidth, width).CopyTo(place.Span),
                        width,
                        random.Derive((ulong)part)
                    )
                    .CopyTo(centroids, part * ProductQuantizer.Centroids * PartWidth);
            }
        );
        float[] lengths = CentroidTraining.Fit(
            rows,
            (r, place) => place.Span[0] = norms[r],
            1,
            random.Derive(ulong.MaxValue)
        );
        byte[] codes = new byte[checked(rows * parts)],
            lengthCodes = new byte[rows];
        const int rowsAtOnce = 1024;
        Workers.Run(
            (rows + rowsAtOnce - 1) / rowsAtOnce,
            Environment.ProcessorCount,
            (block, _) =>
            {
                float[] row = new float[columns];
                for (int r = block * rowsAtOnce; r < Math.Min(rows, (block + 1) * rowsAtOnce); r++)
                {
                    Span<float> unit = Unit(matrix, r, norms, row);
                    for (int part = 0; part < parts; part++)
                    {
                        int width = part == parts - 1 ? lastWidth : PartWidth,
                            start = part * PartWidth;
                        codes[r * parts + part] = CentroidTraining.Nearest(
                            unit.Slice(start, width),
                            centroids.AsSpan(start * ProductQuantizer.Centroids, width * ProductQuantizer.Centroids)
                        );
                    }
                    lengthCodes[r] = CentroidTraining.Nearest(norms.AsSpan(r, 1), lengths);
                }
            }
        );
        writer.Write(true); // quantized
        writer.Write(true); // lengths apart
        writer.Write((long)rows);
        writer.Write((long)columns);
        writer.Write(codes.Length);
        writer.Write(codes);
        WriteQuantizer(writer, columns, parts, PartWidth, lastWidth, centroids);
        writer.Write(lengthCodes);
        WriteQuantizer(writer, 1, 1, 1, 1, lengths);
    }

    private static void WriteQuantizer(
        BinaryWriter writer,
        int columns,
        int parts,
        int width,
        int lastWidth,
        float[] centroids
    )
    {
        foreach (int value in (ReadOnlySpan<int>)[columns, parts, width, lastWidth])
            writer.Write(value);
        foreach (float value in centroids)
            writer.Write(value);
    }

    private static float[] Norms(EmbeddingRows matrix)
    {
        var norms = new float[matrix.Count];
        var row = new float[matrix.Columns];
        for (int r = 0; r < norms.Length; r++)
        {
            Array.Clear(row);
            matrix.AddRow(r, row);
            norms[r] = (float)Math.Sqrt(VectorMath.SumOfSquares(row));
        }
        return norms;
    }

    private static Span<float> Unit(EmbeddingRows matrix, int row, float[] norms, float[] place)
    {
        Array.Clear(place);
        matrix.AddRow(row, place);
        if (norms[row] > 0)
            VectorMath.Scale(1 / norms[row], place);
        return place;
    }

    private static void Copy(Stream source, long bytes, Stream destination, string path)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        for (long left = bytes; left > 0; )
        {
            int read = source.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0)
                throw new EndOfStreamException($"{path} became shorter while it was read.");
            destination.Write(buffer, 0, read);
            left -= read;
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
