using System.Runtime.InteropServices;
using Firn.Kernels;

namespace Firn.Linear;

/// <summary>
/// Texts to sparse rows of n-gram values: value = tf * idf, tf = count (or 1 + ln count), idf = ln((1 + N) / (1 + df))
/// + 1, then each row divided by its Euclidean norm (Salton, Buckley 1988; the smoothed form is scikit-learn's). An
/// n-gram that the training texts lack is left out.
/// </summary>
internal sealed class NgramVectorizer
{
    private readonly KeyTable _table;
    private readonly float[] _weights;

    /// <param name="options">The rules.</param>
    /// <param name="keys">[D] the features, in column order.</param>
    /// <param name="weights">[D] the idf of each; 1 where the options have none.</param>
    public NgramVectorizer(NgramOptions options, ulong[] keys, float[] weights)
    {
        Options = options;
        Keys = keys;
        _weights = weights;
        _table = new KeyTable(keys.Length);
        foreach (ulong key in keys)
            _table.FindOrAdd(key);
    }

    public NgramOptions Options { get; }

    /// <summary>[D] the features, in column order.</summary>
    public ulong[] Keys { get; }

    /// <summary>[D] inverse text frequencies.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>D.</summary>
    public int ColumnCount => Keys.Length;

    /// <summary>The column of an n-gram, or -1.</summary>
    public int ColumnOf(ulong key) => _table.Find(key);

    /// <summary>Learns the n-grams of the texts and their frequencies.</summary>
    /// <returns>The vectorizer, and the texts as rows.</returns>
    public static (NgramVectorizer Vectorizer, SparseMatrix Rows) Fit(
        INgramSource texts,
        NgramOptions options,
        int threads
    )
    {
        options.Validate();
        Heap.Compact(); // what came before
        (NgramVectorizer vectorizer, NgramCounts counts) = Count(texts, options, threads);
        Heap.Compact(); // the table of all n-grams
        return (vectorizer, vectorizer.Weigh(counts));
    }

    /// <summary>
    /// Counts, and keeps what is frequent enough; the table of all n-grams lives no longer than this.
    /// </summary>
    private static (NgramVectorizer Vectorizer, NgramCounts Counts) Count(
        INgramSource texts,
        NgramOptions options,
        int threads
    )
    {
        var table = new KeyTable(1 << 16);
        var frequencies = new List<int>();
        NgramCounts counts = NgramCounts.Of(
            texts,
            threads,
            key =>
            {
                int index = table.FindOrAdd(key);
                if (index == frequencies.Count)
                    frequencies.Add(0);
                frequencies[index]++;
                return index;
            }
        );

        var columnOf = new int[table.Count];
        int columns = 0;
        for (int i = 0; i < columnOf.Length; i++)
            columnOf[i] = frequencies[i] >= options.MinTexts ? columns++ : -1;
        ulong[] all = table.ToArray();
        var keys = new ulong[columns];
        var weights = new float[columns];
        for (int i = 0; i < columnOf.Length; i++)
        {
            if (columnOf[i] < 0)
                continue;
            keys[columnOf[i]] = all[i];
            weights[columnOf[i]] = options.InverseTextFrequency
                ? (float)(Math.Log((1.0 + texts.Count) / (1 + frequencies[i])) + 1)
                : 1;
        }
        foreach (ref int column in CollectionsMarshal.AsSpan(counts.Columns))
            column = columnOf[column];
        return (new NgramVectorizer(options, keys, weights), counts);
    }

    /// <summary>The texts as rows [N,D].</summary>
    public SparseMatrix Transform(INgramSource texts, int threads) =>
        Weigh(NgramCounts.Of(texts, threads, _table.Find));

    /// <summary>
    /// One text's features, for prediction: no matrix, and nothing allocated once the lists have grown.
    /// </summary>
    /// <param name="scratch">
    /// Holds the text's n-grams, one an occurrence; receives column and value of each that the model knows, by column.
    /// </param>
    /// <param name="weights">
    /// [D,K] what the values will be multiplied by: asked for meanwhile; empty for nothing.
    /// </param>
    public void Transform(NgramScratch scratch, ReadOnlySpan<float> weights = default)
    {
        Span<int> columns = scratch.ColumnsFor(scratch.Keys.Count);
        _table.Find(CollectionsMarshal.AsSpan(scratch.Keys), columns);
        int known = 0,
            outputs = weights.Length / Math.Max(1, ColumnCount);
        foreach (int column in columns)
        {
            if (column < 0)
                continue;
            columns[known++] = column;
            Prefetch.Line(in _weights[column]);
            if (outputs > 0)
                Prefetch.Line(in weights[column * outputs]);
        }
        columns = columns[..known];
        columns.Sort();
        List<(int Column, float Value)> found = scratch.Found;
        found.Clear();
        double squares = 0;
        for (int i = 0; i < columns.Length; )
        {
            int run = i,
                column = columns[i];
            while (i < columns.Length && columns[i] == column)
                i++;
            float value = ValueOf(column, i - run);
            squares += (double)value * value;
            found.Add((column, value));
        }
        if (!Options.Normalize || squares == 0)
            return;
        float scale = (float)(1 / Math.Sqrt(squares));
        foreach (ref (int Column, float Value) one in CollectionsMarshal.AsSpan(found))
            one.Value *= scale;
    }

    private float ValueOf(int column, int count) =>
        count == 1 ? _weights[column] : _weights[column] * (Options.SublinearCounts ? 1 + MathF.Log(count) : count);

    /// <summary>Values and norms; columns below 0 fall away.</summary>
    private SparseMatrix Weigh(NgramCounts counts)
    {
        var starts = new int[counts.RowStarts.Length];
        var columns = new int[counts.Columns.Count(c => c >= 0)];
        var values = new float[columns.Length];
        int at = 0;
        for (int row = 0; row < starts.Length - 1; row++)
        {
            double squares = 0;
            for (int i = counts.RowStarts[row]; i < counts.RowStarts[row + 1]; i++)
            {
                if (counts.Columns[i] < 0)
                    continue;
                columns[at] = counts.Columns[i];
                values[at] = ValueOf(columns[at], counts.Occurrences[i]);
                squares += (double)values[at] * values[at];
                at++;
            }
            starts[row + 1] = at;
            if (Options.Normalize && squares > 0)
                VectorMath.Scale((float)(1 / Math.Sqrt(squares)), values.AsSpan(starts[row]..at));
        }
        return new SparseMatrix(starts, columns, values, ColumnCount);
    }
}
