using Firn.Vectors;

namespace Firn.Cli.Algebra;

/// <summary>
/// Several tables as one: meta-embeddings by the mean (Coates and Bollegala 2018) or by concatenation (Yin and Schütze
/// 2016) of vectors at length 1. Where dimensions differ the mean takes shorter vectors as padded with zeros.
/// </summary>
internal static class TableUnion
{
    /// <summary>Combines.</summary>
    /// <param name="tables">Two or more.</param>
    /// <param name="concatenate">
    /// Put vectors side by side, a missing one as zeros; or take the mean of those that there are.
    /// </param>
    /// <param name="common">
    /// Keep only words that all tables have; or all words of any, in the order of the tables.
    /// </param>
    public static WordVectors Of(IReadOnlyList<WordVectors> tables, bool concatenate, bool common)
    {
        string[] words =
        [
            .. tables
                .SelectMany(table => table.Words)
                .Distinct(StringComparer.Ordinal)
                .Where(word => !common || tables.All(table => table.TryGetRow(word, out _))),
        ];
        int dimension = concatenate ? tables.Sum(table => table.Dimension) : tables.Max(table => table.Dimension);
        var rows = new float[checked(words.Length * dimension)];
        for (int i = 0; i < words.Length; i++)
        {
            Span<float> to = rows.AsSpan(i * dimension, dimension);
            int at = 0,
                having = 0;
            foreach (WordVectors table in tables)
            {
                if (table.TryGetRow(words[i], out int row))
                {
                    AddUnit(table, row, to[at..]);
                    having++;
                }
                at += concatenate ? table.Dimension : 0;
            }
            for (int c = 0; c < dimension && !concatenate; c++)
                to[c] /= having;
        }
        return new WordVectors(words, rows, dimension);
    }

    private static void AddUnit(WordVectors table, int row, Span<float> to)
    {
        var vector = new float[table.Dimension];
        table.CopyTo(row, vector);
        double length = Math.Sqrt(vector.Sum(value => (double)value * value));
        for (int c = 0; c < vector.Length && length > 0; c++)
            to[c] += (float)(vector[c] / length);
    }
}
