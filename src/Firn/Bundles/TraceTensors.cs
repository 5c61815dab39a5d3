using Firn.Files;
using Firn.Model;
using Firn.Safetensors;

namespace Firn.Bundles;

/// <summary>
/// What training saw and moved, as tensors: <c>training.counts</c> [V] beside the table; in a file of its own
/// <c>pretrained.row</c> [M], the numbers of the rows that training moved, and <c>pretrained.rows</c> [M,E], what stood
/// in them before.
/// </summary>
internal static class TraceTensors
{
    private const string Counts = "training.counts",
        Row = "pretrained.row",
        Rows = "pretrained.rows";

    public static Tensor CountsOf(TrainingTrace trace) => Tensor.Of(Counts, trace.CountsMemory, trace.Counts.Length);

    public static Tensor[] Of(PretrainedRows rows) =>
        [Tensor.Of(Row, rows.Rows.ToArray(), rows.Count), Tensor.Of(Rows, rows.InPlace, rows.Count, rows.Dimension)];

    /// <summary>The counts; null in a bundle that an earlier Firn saved.</summary>
    /// <exception cref="InvalidDataException">They are not one number a word, or one is negative.</exception>
    public static int[]? ReadCounts(SafetensorsFile file, int vocabularySize)
    {
        if (!file.TryGet(Counts, out _))
            return null;
        int[] counts = file.ReadArray<int>(file.Require(Counts, TensorType.Int32, vocabularySize));
        int negative = Array.FindIndex(counts, count => count < 0);
        if (negative >= 0)
            Throw.BadFile(
                file.Path,
                Counts,
                $"word {negative} was seen {counts[negative]} times",
                "Copy the bundle again from where it was made, or train again."
            );
        return counts;
    }

    /// <summary>Maps the rows from before training.</summary>
    /// <exception cref="InvalidDataException">
    /// A tensor is absent or of another shape, or the rows are not the table's.
    /// </exception>
    public static PretrainedRows Map(string path, EmbeddingShape shape, MappedParts parts)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            int[] row = file.ReadArray<int>(file.Require(Row, TensorType.Int32, -1));
            MappedValues<float> values = file.MapFloats(
                file.Require(Rows, TensorType.Float32, row.Length, shape.Dimension)
            );
            if (row.Length > 0 && row[^1] >= shape.Rows)
                throw new ArgumentException($"Row {row[^1]} is none of the table's {shape.Rows}.");
            var rows = PretrainedRows.Mapped(row, values, shape.Dimension);
            parts.Add(file.Region);
            return rows;
        }
        catch (ArgumentException e)
        {
            file.Dispose();
            Throw.BadFile(
                path,
                Row,
                e.Message.TrimEnd('.'),
                "Copy the bundle again from where it was made, or train again."
            );
            throw;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
