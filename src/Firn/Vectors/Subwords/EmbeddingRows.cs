namespace Firn.Vectors.Subwords;

/// <summary>The input matrix of a fastText model.</summary>
internal abstract class EmbeddingRows
{
    public abstract int Columns { get; }

    public abstract long Count { get; }

    /// <summary>destination += row.</summary>
    public abstract void AddRow(int row, Span<float> destination);
}

/// <summary>Float32 rows, in one piece a row block so that two billion numbers are no limit.</summary>
internal sealed class DenseRows(long count, int columns, float[][] blocks, int rowsPerBlock) : EmbeddingRows
{
    public override int Columns => columns;

    public override long Count => count;

    public override void AddRow(int row, Span<float> destination)
    {
        ReadOnlySpan<float> values = blocks[row / rowsPerBlock].AsSpan(row % rowsPerBlock * columns, columns);
        for (int i = 0; i < destination.Length; i++)
            destination[i] += values[i];
    }
}

/// <summary>
/// Product-quantized rows (Jégou et al. 2011; Joulin et al. 2016, "FastText.zip"): a byte names the centroid of each
/// stretch of columns, and another the row's length where that was split off.
/// </summary>
internal sealed class QuantizedRows(
    long count,
    int columns,
    byte[] codes,
    ProductQuantizer quantizer,
    byte[]? normCodes,
    ProductQuantizer? norms
) : EmbeddingRows
{
    public override int Columns => columns;

    public override long Count => count;

    public override void AddRow(int row, Span<float> destination)
    {
        float norm = norms is null ? 1 : norms.Centroid(0, normCodes![row])[0];
        ReadOnlySpan<byte> code = codes.AsSpan(row * quantizer.Parts, quantizer.Parts);
        for (int part = 0; part < code.Length; part++)
        {
            ReadOnlySpan<float> centroid = quantizer.Centroid(part, code[part]);
            Span<float> to = destination[(part * quantizer.PartWidth)..];
            for (int i = 0; i < centroid.Length; i++)
                to[i] += norm * centroid[i];
        }
    }
}

/// <summary>256 centroids for each stretch of columns; the last stretch may be narrower.</summary>
internal sealed class ProductQuantizer(int parts, int partWidth, int lastWidth, float[] centroids)
{
    public const int Centroids = 256;

    public int Parts => parts;

    public int PartWidth => partWidth;

    public ReadOnlySpan<float> Centroid(int part, byte code) =>
        part == parts - 1
            ? centroids.AsSpan(part * Centroids * partWidth + code * lastWidth, lastWidth)
            : centroids.AsSpan((part * Centroids + code) * partWidth, partWidth);
}
