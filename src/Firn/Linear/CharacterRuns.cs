using Firn.Kernels;
using Firn.Text;

namespace Firn.Linear;

/// <summary>The runs of characters of the training texts as columns, until their weights are known and fold into <see cref="CharacterScores"/>.</summary>
internal sealed class CharacterRuns
{
    private const int Pieces = 64;
    private readonly CharacterSource _source;
    private readonly NgramVectorizer _columns;
    private readonly float[] _squares;
    private readonly double _unit; // length of the median training text
    private readonly int _threads;

    private CharacterRuns(CharacterSource source, NgramVectorizer columns, RaggedIds texts, int vocabularySize, int threads)
    {
        (_source, _columns, _threads) = (source, columns, threads);
        var squares = new double[vocabularySize];
        ForWords(vocabularySize, (id, found) =>
        {
            foreach ((_, float value) in found)
                squares[id] += (double)value * value;
        });
        double median = Median(texts, squares);
        _unit = Math.Sqrt(median);
        _squares = Array.ConvertAll(squares, square => (float)(square / median));
    }

    /// <summary>Learns the runs of the texts and how frequent they are.</summary>
    /// <returns>The runs, and the texts as rows of their values.</returns>
    public static (CharacterRuns Runs, SparseMatrix Rows) Fit(RaggedIds texts, Vocabulary vocabulary, WideOptions options, int threads)
    {
        var source = new CharacterSource(texts, vocabulary, options.LongestCharacters);
        (NgramVectorizer columns, SparseMatrix rows) = NgramVectorizer.Fit(source, options.ToCharacterRuns(), threads);
        Heap.Settle(); // the counts
        var runs = new CharacterRuns(source, columns, texts, vocabulary.Count, threads);
        for (int text = 0; text < texts.Count; text++)
        {
            float scale = (float)(CharacterScores.ScaleOf(texts[text], runs._squares) / runs._unit);
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
        ForWords(_squares.Length, (id, found) =>
        {
            ReadOnlySpan<float> all = weights.Span;
            for (int k = 0; k < outputs; k++)
            {
                double sum = 0;
                foreach ((int column, float value) in found)
                    sum += (double)value * all[column * outputs + k];
                scores[id * outputs + k] = (float)(sum / _unit);
            }
        });
        return new CharacterScores(scores, _squares);
    }

    /// <summary>The median of the sums of squares of the texts that have any; 1 where none has.</summary>
    private static double Median(RaggedIds texts, double[] squares)
    {
        var sums = new List<double>(texts.Count);
        for (int text = 0; text < texts.Count; text++)
        {
            double sum = 0;
            foreach (int id in texts[text])
                sum += squares[id];
            if (sum > 0)
                sums.Add(sum);
        }
        sums.Sort();
        return sums.Count == 0 ? 1 : sums[sums.Count / 2];
    }

    /// <summary>Columns and values (count * idf) of every word.</summary>
    private void ForWords(int words, Action<int, List<(int Column, float Value)>> body)
    {
        var scratch = new NgramScratch[Math.Max(_threads, 1)];
        for (int i = 0; i < scratch.Length; i++)
            scratch[i] = new NgramScratch();
        Workers.Run(Pieces, _threads, (piece, worker) =>
        {
            NgramScratch own = scratch[worker];
            int end = (int)((long)words * (piece + 1) / Pieces);
            for (int id = (int)((long)words * piece / Pieces); id < end; id++)
            {
                own.Keys.Clear();
                _source.Extract(id, own.Keys);
                _columns.Transform(own.Keys, own.Found);
                body(id, own.Found);
            }
        });
    }
}
