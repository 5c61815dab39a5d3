using Firn.Kernels;
using Firn.Text;
using Firn.Vectors.Training;

namespace Firn.Tests.Vectors;

/// <summary>
/// One chunk of training moves the parameters by the learning rate times the gradient of the loss that docs/vectors.md
/// states, computed here in double by the plain formula.
/// </summary>
[Trait("Kernels", "all")]
public unsafe class WindowKernelTests
{
    private const int Words = 12;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 16)]
    [InlineData(false, 50)]
    [InlineData(true, 1)]
    [InlineData(true, 33)]
    [InlineData(true, 300)]
    public void A_chunk_is_a_gradient_step(bool skipGram, int size)
    {
        var options = new Word2VecOptions
        {
            VectorSize = size,
            Window = 3,
            MinCount = 1,
            Sample = 0,
            SkipGram = skipGram,
            Negative = 5,
        };
        using var inputs = Fill(size, 1);
        using var outputs = Fill(size, 2);
        var table = new AliasTable([.. Enumerable.Range(1, Words).Select(i => (double)i)]);
        var state = new TrainingState(options, inputs, outputs, null, table, null);
        // Seven positions of two texts: one chunk, and with CBOW two groups that share samples. Word 4 stands three
        // times in it.
        RaggedIds corpus = RaggedIds.From([
            [4, 2, 4, 9],
            [12, 4, 1],
        ]);
        TrainingWords words = TrainingWords.From(
            RaggedIds.From([corpus.Ids, [.. Enumerable.Range(1, Words)]]),
            Words + 1,
            options
        );
        var stream = new WindowStream(words, options.Window, shrink: true);
        stream.Fill(corpus, new CorpusBlock(0, 7, 0), new CounterRandom(8));
        var random = new CounterRandom(9);
        const float alpha = 1e-3f;
        (double[][] x, double[][] y) = (Rows(inputs), Rows(outputs));
        SharedNegatives[] negatives =
        [
            .. Enumerable.Range(0, stream.Count).Select(p => SharedNegatives.Of(p, table, options, random)),
        ];
        (double[][] dx, double[][] dy) = skipGram
            ? SkipGramGradient(stream, negatives, x, y)
            : CbowGradient(stream, negatives, x, y);

        WindowKernel.Create(TrainingView.Of(state)).Train(stream, 0, stream.Count, alpha, random);

        Compare(Rows(inputs), x, dx, alpha);
        Compare(Rows(outputs), y, dy, alpha);
    }

    /// <summary>
    /// CBOW: the whole error of the hidden mean goes to each word of the window, as in gensim and word2vec.c.
    /// </summary>
    private static (double[][], double[][]) CbowGradient(
        WindowStream stream,
        SharedNegatives[] negatives,
        double[][] x,
        double[][] y
    )
    {
        (double[][] dx, double[][] dy) = (Zeros(x), Zeros(y));
        for (int p = 0; p < stream.Count; p++)
        {
            int[] context =
            [
                .. Enumerable
                    .Range(stream.Low[p], stream.High[p] - stream.Low[p])
                    .Where(j => j != p)
                    .Select(j => stream.Rows[j]),
            ];
            double[] hidden = [.. x[0].Select((_, c) => context.Sum(row => x[row][c]) / context.Length)];
            var error = new double[hidden.Length];
            foreach ((int row, double label, double weight) in Targets(stream.Rows[p], negatives[p]))
                Accumulate(hidden, y[row], label, weight, error, dy[row]);
            foreach (int row in context)
                Add(dx[row], error);
        }
        return (dx, dy);
    }

    private static (double[][], double[][]) SkipGramGradient(
        WindowStream stream,
        SharedNegatives[] negatives,
        double[][] x,
        double[][] y
    )
    {
        (double[][] dx, double[][] dy) = (Zeros(x), Zeros(y));
        for (int p = 0; p < stream.Count; p++)
        {
            for (int j = stream.Low[p]; j < stream.High[p]; j++)
            {
                if (j == p)
                    continue;
                foreach ((int row, double label, double weight) in Targets(stream.Rows[p], negatives[p]))
                    Accumulate(x[stream.Rows[j]], y[row], label, weight, dx[stream.Rows[j]], dy[row]);
            }
        }
        return (dx, dy);
    }

    private static IEnumerable<(int Row, double Label, double Weight)> Targets(int word, SharedNegatives negatives)
    {
        yield return (word, 1, 1);
        for (int n = 0; n < negatives.Count; n++)
        {
            if (negatives.Rows[n] != word)
                yield return (negatives.Rows[n], 0, negatives.Weights[n]);
        }
    }

    private static void Accumulate(
        double[] input,
        double[] output,
        double label,
        double weight,
        double[] dInput,
        double[] dOutput
    )
    {
        double score = input.Zip(output, (a, b) => a * b).Sum();
        double g = weight * (label - 1 / (1 + Math.Exp(-score)));
        for (int c = 0; c < input.Length; c++)
            (dInput[c], dOutput[c]) = (dInput[c] + g * output[c], dOutput[c] + g * input[c]);
    }

    private static void Compare(double[][] after, double[][] before, double[][] gradient, double alpha)
    {
        for (int row = 0; row < Words; row++)
        {
            for (int c = 0; c < after[row].Length; c++)
            {
                double moved = (after[row][c] - before[row][c]) / alpha;
                // A row used twice in a chunk sees its own first update: second order in alpha.
                Assert.True(
                    Math.Abs(moved - gradient[row][c]) < 0.02,
                    $"row {row}, column {c}: {moved}, expected {gradient[row][c]}"
                );
            }
        }
    }

    private static ParameterMatrix Fill(int size, int seed)
    {
        var matrix = new ParameterMatrix(Words, size);
        var random = new Random(seed);
        for (int row = 0; row < Words; row++)
        {
            for (int c = 0; c < size; c++)
                matrix[row][c] = (float)((random.NextDouble() - 0.5) * 4 / Math.Sqrt(size));
        }
        return matrix;
    }

    private static double[][] Rows(ParameterMatrix matrix) =>
        [
            .. Enumerable
                .Range(0, matrix.Rows)
                .Select(row => new Span<float>(matrix[row], matrix.Columns).ToArray().Select(v => (double)v).ToArray()),
        ];

    private static double[][] Zeros(double[][] like) => [.. like.Select(row => new double[row.Length])];

    private static void Add(double[] to, double[] what)
    {
        for (int c = 0; c < to.Length; c++)
            to[c] += what[c];
    }
}
