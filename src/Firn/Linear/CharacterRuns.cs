using Firn.Kernels;
using Firn.Text;

namespace Firn.Linear;

/// <summary>
/// The runs of characters of the training texts as columns, until their weights are known and fold into
/// <see cref="CharacterScores"/>.
/// </summary>
internal sealed class CharacterRuns
{
    private const int Pieces = 64;
    private readonly CharacterSource _source;
    private readonly NgramVectorizer _columns;
    private readonly float[] _squares;
    private readonly double[] _unseen; // [N] squares of each text's words without an id; empty where there are none
    private readonly double _unit; // length of the median training text
    private readonly int _threads;
    private readonly int _longest;

    private CharacterRuns(
        CharacterSource source,
        NgramVectorizer columns,
        (RaggedIds Known, UnseenWords? Unseen) texts,
        int vocabularySize,
        (int Threads, int Longest) work
    )
    {
        (_source, _columns, _threads, _longest) = (source, columns, work.Threads, work.Longest);
        var squares = new double[vocabularySize];
        ForWords(
            vocabularySize,
            (id, found) =>
            {
                foreach ((_, float value) in found)
                    squares[id] += (double)value * value;
            }
        );
        _unseen = texts.Unseen is { } words ? SquaresOf(words) : [];
        double median = Median(texts.Known, squares, _unseen);
        _unit = Math.Sqrt(median);
        for (int text = 0; text < _unseen.Length; text++)
            _unseen[text] /= median;
        _squares = Array.ConvertAll(squares, square => (float)(square / median));
    }

    /// <summary>Learns the runs of the texts and how frequent they are.</summary>
    /// <returns>The runs, and the texts as rows of their values.</returns>
    public static (CharacterRuns Runs, SparseMatrix Rows) Fit(
        RaggedIds texts,
        Vocabulary vocabulary,
        LinearBranchOptions options,
        int threads,
        UnseenWords? unseen = null
    )
    {
        var source = new CharacterSource(texts, vocabulary, options.LongestCharacters, unseen);
        (NgramVectorizer columns, SparseMatrix rows) = NgramVectorizer.Fit(source, options.ToCharacterRuns(), threads);
        Heap.Compact(); // the counts
        var runs = new CharacterRuns(
            source,
            columns,
            (texts, unseen),
            vocabulary.Count,
            (threads, options.LongestCharacters)
        );
        for (int text = 0; text < texts.Count; text++)
        {
            float scale = (float)(
                CharacterScores.ScaleOf(texts[text], runs._squares, unseen is null ? 0 : runs._unseen[text])
                / runs._unit
            );
            VectorMath.Scale(scale, rows.Values.AsSpan(rows.RowStarts[text]..rows.RowStarts[text + 1]));
        }
        return (runs, rows);
    }

    /// <summary>A score for each word of the vocabulary, whether a text had it or not.</summary>
    /// <param name="weights">[D,K] weights of the columns.</param>
    /// <param name="outputs">K.</param>
    public CharacterScores Fold(ReadOnlyMemory<float> weights, int outputs)
    {
        var scores = new float[checked(_squares.Length * outputs)];
        ForWords(
            _squares.Length,
            (id, found) =>
            {
                ReadOnlySpan<float> all = weights.Span;
                for (int k = 0; k < outputs; k++)
                {
                    double sum = 0;
                    foreach ((int column, float value) in found)
                        sum += (double)value * all[column * outputs + k];
                    scores[id * outputs + k] = (float)(sum / _unit);
                }
            }
        );
        float[] values = [.. _columns.Weights];
        foreach (ref float value in values.AsSpan())
            value = (float)(value / _unit);
        return new CharacterScores(
            scores,
            _squares,
            new CharacterSpelling(_columns.Keys, values, weights.ToArray(), _longest)
        );
    }

    /// <summary>The median of the sums of squares of the texts that have any; 1 where none has.</summary>
    private static double Median(RaggedIds texts, double[] squares, double[] unseen)
    {
        var sums = new List<double>(texts.Count);
        for (int text = 0; text < texts.Count; text++)
        {
            double sum = unseen.Length == 0 ? 0 : unseen[text];
            foreach (int id in texts[text])
                sum += squares[id];
            if (sum > 0)
                sums.Add(sum);
        }
        sums.Sort();
        return sums.Count == 0 ? 1 : sums[sums.Count / 2];
    }

    /// <summary>[N] the sum of squares of each text's words.</summary>
    private double[] SquaresOf(UnseenWords words)
    {
        var squareOf = new Dictionary<int, double>();
        var sums = new double[words.Texts.Count];
        var scratch = new NgramScratch();
        for (int text = 0; text < sums.Length; text++)
        {
            foreach (int number in words.Texts[text])
            {
                if (!squareOf.TryGetValue(number, out double square))
                {
                    scratch.Keys.Clear();
                    CharacterSource.Extract(words[number], _longest, scratch.Keys);
                    _columns.Transform(scratch);
                    foreach ((_, float value) in scratch.Found)
                        square += (double)value * value;
                    squareOf.Add(number, square);
                }
                sums[text] += square;
            }
        }
        return sums;
    }

    /// <summary>Columns and values (count * idf) of every word.</summary>
    private void ForWords(int words, Action<int, List<(int Column, float Value)>> body)
    {
        var scratch = new NgramScratch[Math.Max(_threads, 1)];
        for (int i = 0; i < scratch.Length; i++)
            scratch[i] = new NgramScratch();
        Workers.Run(
            Pieces,
            _threads,
            (piece, worker) =>
            {
                NgramScratch own = scratch[worker];
                int end = (int)((long)words * (piece + 1) / Pieces);
                for (int id = (int)((long)words * piece / Pieces); id < end; id++)
                {
                    own.Keys.Clear();
                    _source.Extract(id, own.Keys);
                    _columns.Transform(own);
                    body(id, own.Found);
                }
            }
        );
    }
}
