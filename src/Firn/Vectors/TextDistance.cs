using Firn.Vectors.Search;

namespace Firn.Vectors;

/// <summary>
/// How alike two texts are by their words' vectors: the cosine of their means, and Word Mover's Distance (Kusner et al.
/// 2015, "From word embeddings to document distances"), the least that it costs to carry the words of one text to those
/// of the other, a word's way being the distance of the two unit vectors. Words without a vector are passed over.
/// Immutable.
/// </summary>
public sealed class TextDistance
{
    private readonly WordVectors _vectors;

    /// <summary>Distances by these vectors; nothing is prepared, so it costs nothing.</summary>
    public TextDistance(WordVectors vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        _vectors = vectors;
    }

    /// <summary>
    /// Cosine of the means of the texts' vectors, as they are and not at length 1: gensim's <c>n_similarity</c>.
    /// </summary>
    /// <returns>In [-1, 1]; 0 where a mean is zero.</returns>
    /// <exception cref="ArgumentException">No word of a text has a vector.</exception>
    public double Cosine(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        double[] x = Mean(a, nameof(a)),
            y = Mean(b, nameof(b));
        double product = Dot(x, y),
            length = Math.Sqrt(Dot(x, x) * Dot(y, y));
        return length > 0 ? Math.Clamp(product / length, -1, 1) : 0;
    }

    /// <summary>
    /// Word Mover's Distance, exact; gensim's <c>wmdistance</c>. Time grows with the cube of the number of distinct
    /// words: texts of a hundred take milliseconds, of a thousand seconds.
    /// </summary>
    /// <returns>From 0, for texts of the same words equally often, to 2.</returns>
    /// <exception cref="ArgumentException">No word of a text has a vector.</exception>
    public double WordMovers(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        (WordBag x, WordBag y) = (Bag(a, nameof(a)), Bag(b, nameof(b)));
        double[,] costs = Costs(x, y);
        // Whole numbers: each text's counts times the other's number of words.
        return Transport.Least(
                costs,
                [.. x.Counts.Select(count => count * y.Words)],
                [.. y.Counts.Select(count => count * x.Words)]
            ) / ((double)x.Words * y.Words);
    }

    /// <summary>
    /// A lower bound of <see cref="WordMovers"/>: each word goes to the nearest of the other text, and of both
    /// directions the dearer counts (Kusner et al. 2015, 4.2). Time grows with the square of the number of words.
    /// </summary>
    /// <exception cref="ArgumentException">No word of a text has a vector.</exception>
    public double RelaxedWordMovers(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        (WordBag x, WordBag y) = (Bag(a, nameof(a)), Bag(b, nameof(b)));
        double[,] costs = Costs(x, y);
        double there = 0,
            back = 0;
        for (int i = 0; i < x.Rows.Length; i++)
            there += x.Counts[i] / (double)x.Words * Enumerable.Range(0, y.Rows.Length).Min(j => costs[i, j]);
        for (int j = 0; j < y.Rows.Length; j++)
            back += y.Counts[j] / (double)y.Words * Enumerable.Range(0, x.Rows.Length).Min(i => costs[i, j]);
        return Math.Max(there, back);
    }

    private double[] Mean(IReadOnlyList<string> words, string name)
    {
        WordBag bag = Bag(words, name);
        var mean = new double[_vectors.Dimension];
        var row = new float[mean.Length];
        for (int i = 0; i < bag.Rows.Length; i++)
        {
            _vectors.CopyTo(bag.Rows[i], row);
            for (int c = 0; c < row.Length; c++)
                mean[c] += row[c] * (bag.Counts[i] / (double)bag.Words);
        }
        return mean;
    }

    private WordBag Bag(IReadOnlyList<string> words, string name)
    {
        ArgumentNullException.ThrowIfNull(words, name);
        var counts = new SortedDictionary<int, long>();
        foreach (string word in words)
        {
            if (_vectors.TryGetRow(word, out int row))
                counts[row] = counts.GetValueOrDefault(row) + 1;
        }
        if (counts.Count == 0)
            throw new ArgumentException($"None of the {words.Count} words of a text has a vector.", name);
        return new WordBag([.. counts.Keys], [.. counts.Values], counts.Values.Sum());
    }

    private double[,] Costs(WordBag a, WordBag b)
    {
        double[][] x = [.. a.Rows.Select(Unit)],
            y = [.. b.Rows.Select(Unit)];
        var costs = new double[x.Length, y.Length];
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < y.Length; j++)
            {
                double square = 0;
                for (int c = 0; c < x[i].Length; c++)
                    square += (x[i][c] - y[j][c]) * (x[i][c] - y[j][c]);
                costs[i, j] = a.Rows[i] == b.Rows[j] ? 0 : Math.Sqrt(square);
            }
        }
        return costs;
    }

    private double[] Unit(int row)
    {
        var values = new float[_vectors.Dimension];
        _vectors.CopyTo(row, values);
        double length = Math.Sqrt(values.Sum(value => (double)value * value));
        return [.. values.Select(value => length > 0 ? value / length : 0)];
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>A text's distinct words by row, how often each stands in it, and how many they are together.</summary>
    private sealed record WordBag(int[] Rows, long[] Counts, long Words);
}
