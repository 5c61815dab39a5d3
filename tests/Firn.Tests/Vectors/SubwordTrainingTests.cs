using Firn.Kernels;
using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Training;

namespace Firn.Tests.Vectors;

/// <summary>Words trained as sums of their n-grams, the model file, and words never seen.</summary>
public unsafe class SubwordTrainingTests
{
    private static readonly SubwordOptions Ngrams = new()
    {
        MinN = 2,
        MaxN = 4,
        Buckets = 3000,
    };

    [Theory]
    [InlineData(false, true, 5)]
    [InlineData(false, false, 5)]
    [InlineData(true, true, 5)]
    [InlineData(false, true, 33)]
    [InlineData(true, true, 33)]
    [Trait("Kernels", "all")]
    public void A_segment_is_fastTexts_gradient_step(bool skipGram, bool mean, int size)
    {
        var options = new Word2VecOptions
        {
            VectorSize = size,
            Window = 3,
            MinCount = 1,
            Sample = 0,
            SkipGram = skipGram,
            CbowMean = mean,
            Subwords = new SubwordOptions
            {
                MinN = 2,
                MaxN = 3,
                Buckets = 15,
            },
        };
        RaggedIds corpus = RaggedIds.From([
            [4, 2, 4, 9],
            [10, 4, 1],
        ]);
        TrainingWords words = TrainingWords.From(
            RaggedIds.From([corpus.Ids, [.. Enumerable.Range(1, 10)]]),
            11,
            options
        );
        using var parameters = new TrainingParameters(words, [.. words.Ids.Select(id => $"n{id}x")], options, null);
        var pick = new Random(7);
        foreach ((_, ParameterMatrix matrix) in parameters.Matrices)
        {
            for (int row = 0; row < matrix.Rows; row++)
            {
                for (int c = 0; c < size; c++)
                    matrix[row][c] = (float)((pick.NextDouble() - 0.5) * 4 / Math.Sqrt(size));
            }
        }
        var stream = new WindowStream(words, options.Window, shrink: true);
        stream.Fill(corpus, new CorpusBlock(0, 7, 0), new CounterRandom(8));
        var random = new CounterRandom(9);
        const float alpha = 2e-4f; // so small that what groups see of each other does not count
        (double[][] x, double[][] y) = (Rows(parameters.State.Inputs), Rows(parameters.State.Outputs!));
        (double[][] dx, double[][] dy) = Gradient(parameters.State, stream, random, x, y);

        new SubwordKernel(TrainingView.Of(parameters.State), 64).Train(stream, 0, stream.Count, alpha, random);

        Compare(Rows(parameters.State.Inputs), x, dx, alpha);
        Compare(Rows(parameters.State.Outputs!), y, dy, alpha);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_unseen_word_stands_beside_the_words_it_is_like(bool skipGram)
    {
        Word2VecModel model = Train(skipGram);
        // Never in the texts; their endings are.
        foreach (
            (string unseen, string like, string unlike) in new[]
            {
                ("zumoring", "ing", "ed"),
                ("vappelled", "ed", "ing"),
            }
        )
        {
            Assert.False(model.Subwords!.Contains(unseen));
            float[] vector = Look(model.Subwords, unseen);
            Assert.True(MeanCosine(model, vector, like) > MeanCosine(model, vector, unlike) + 0.1);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_model_file_reads_back_and_fastText_gives_its_vectors(bool skipGram)
    {
        Word2VecModel model = Train(skipGram);
        string path = Path.Combine(Directory.CreateTempSubdirectory("firn-test").FullName, "model.bin");
        try
        {
            model.SaveFastText(path);
            FastTextVectors read = FastTextVectors.Load(path);
            Assert.Equal(model.Vectors.Words, read.Words);
            Assert.Equal(model.Vectors.Table.ToArray(), read.ToWordVectors().Table.ToArray());
            string[] asked = [read.Words[0], read.Words[^1], "naïvening", "日本語", "x"];
            Assert.All(asked, word => Assert.Equal(Look(model.Subwords!, word), Look(read, word)));
            float[][] printed = FastTextProgram.Print(path, asked);
            for (int i = 0; i < asked.Length; i++)
            {
                float[] own = Look(read, asked[i]);
                Assert.Equal(own.Length, printed[i].Length);
                for (int c = 0; c < own.Length; c++)
                    Assert.True(
                        Math.Abs(own[c] - printed[i][c]) <= 6e-5 * Math.Max(Math.Abs(own[c]), 1e-3),
                        $"{asked[i]} {c}: {own[c]}, fastText {printed[i][c]}"
                    );
            }
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void A_model_without_subwords_is_no_fastText_model()
    {
        (RaggedIds corpus, Vocabulary words) = Texts();
        Word2VecModel model = new Word2VecTrainer(new Word2VecOptions { VectorSize = 4, Epochs = 1 }).Train(
            corpus,
            words,
            null,
            TestContext.Current.CancellationToken
        );
        Assert.Null(model.Subwords);
        Assert.Contains(
            "save its Vectors",
            Assert.Throws<InvalidOperationException>(() => model.SaveFastText("model.bin")).Message
        );
        Assert.Contains(
            "MaxN must lie between 4",
            Assert
                .ThrowsAny<ArgumentException>(() =>
                    new Word2VecTrainer(
                        new Word2VecOptions
                        {
                            Subwords = new SubwordOptions { MinN = 4, MaxN = 3 },
                        }
                    )
                )
                .Message
        );
    }

    /// <summary>
    /// Bojanowski et al. 2017 as fastText has it: the mean of all rows predicts, and each row takes the whole error.
    /// </summary>
    private static (double[][], double[][]) Gradient(
        TrainingState state,
        WindowStream stream,
        CounterRandom random,
        double[][] x,
        double[][] y
    )
    {
        double[][] dx = [.. x.Select(row => new double[row.Length])],
            dy = [.. y.Select(row => new double[row.Length])];
        for (int p = 0; p < stream.Count; p++)
        {
            SharedNegatives negatives = SharedNegatives.Of(p, state.Negatives!, state.Options, random);
            int[] context = [.. Enumerable.Range(stream.Low[p], stream.High[p] - stream.Low[p]).Where(j => j != p)];
            IEnumerable<int[]> inputs = state.Options.SkipGram
                ? context.Select(j => RowsOf(j))
                :
                [
                    [.. context.SelectMany(RowsOf)],
                ];
            foreach (int[] rows in inputs)
            {
                double scale = state.Options.SkipGram || state.Options.CbowMean ? 1.0 / rows.Length : 1;
                double[] hidden = [.. x[0].Select((_, c) => scale * rows.Sum(row => x[row][c]))];
                var error = new double[hidden.Length];
                for (int n = -1; n < negatives.Count; n++)
                {
                    int output = n < 0 ? stream.Rows[p] : negatives.Rows[n];
                    if (n >= 0 && output == stream.Rows[p])
                        continue;
                    double score = hidden.Zip(y[output], (a, b) => a * b).Sum();
                    double g = (n < 0 ? 1 : negatives.Weights[n]) * ((n < 0 ? 1 : 0) - 1 / (1 + Math.Exp(-score)));
                    for (int c = 0; c < hidden.Length; c++)
                        (error[c], dy[output][c]) = (error[c] + g * y[output][c], dy[output][c] + g * hidden[c]);
                }
                double share = state.Options.SkipGram || state.Options.CbowMean ? 1 : 1.0 / rows.Length;
                foreach (int row in rows)
                {
                    for (int c = 0; c < error.Length; c++)
                        dx[row][c] += share * error[c];
                }
            }
        }
        return (dx, dy);

        int[] RowsOf(int position) => state.Subwords!.Of(stream.Rows[position]).ToArray();
    }

    private static void Compare(double[][] after, double[][] before, double[][] gradient, double alpha)
    {
        for (int row = 0; row < after.Length; row++)
        {
            for (int c = 0; c < after[row].Length; c++)
            {
                double moved = (after[row][c] - before[row][c]) / alpha;
                // A row used twice sees its own first update, second order in alpha; and float32 has seven digits.
                Assert.True(
                    Math.Abs(moved - gradient[row][c]) < 0.02,
                    $"row {row}, column {c}: {moved}, expected {gradient[row][c]}"
                );
            }
        }
    }

    private static double[][] Rows(ParameterMatrix matrix) =>
        [
            .. Enumerable
                .Range(0, matrix.Rows)
                .Select(row => new Span<float>(matrix[row], matrix.Columns).ToArray().Select(v => (double)v).ToArray()),
        ];

    private static Word2VecModel Train(bool skipGram)
    {
        (RaggedIds corpus, Vocabulary words) = Texts();
        var options = new Word2VecOptions
        {
            VectorSize = 24,
            SkipGram = skipGram,
            Subwords = Ngrams,
            Sample = 0,
            Epochs = 5,
            Alpha = 0.05,
            Threads = 2,
        };
        return new Word2VecTrainer(options).Train(corpus, words, null, TestContext.Current.CancellationToken);
    }

    /// <summary>Texts of words in -ing, and texts of words in -ed.</summary>
    private static (RaggedIds, Vocabulary) Texts()
    {
        var random = new Random(2);
        string[] stems =
        [
            .. Enumerable
                .Range(0, 30)
                .Select(_ => string.Concat(Enumerable.Range(0, 4).Select(_ => (char)('a' + random.Next(20))))),
        ];
        string[][] lines =
        [
            .. Enumerable
                .Range(0, 3000)
                .Select(t =>
                    Enumerable
                        .Range(0, 8)
                        .Select(_ => stems[random.Next(stems.Length)] + (t % 2 == 0 ? "ing" : "ed"))
                        .ToArray()
                ),
        ];
        var builder = new VocabularyBuilder();
        foreach (string word in lines.SelectMany(line => line))
            builder.Add(word);
        Vocabulary vocabulary = builder.Build();
        return (
            RaggedIds.From([.. lines.Select(line => line.Select(word => vocabulary.IdOf(word)).ToArray())]),
            vocabulary
        );
    }

    private static double MeanCosine(Word2VecModel model, float[] vector, string ending) =>
        model
            .Vectors.Words.Where(word => word.EndsWith(ending, StringComparison.Ordinal))
            .Average(word =>
            {
                model.Vectors.TryGetVector(word, out ReadOnlySpan<float> other);
                double xy = 0,
                    xx = 0,
                    yy = 0;
                for (int c = 0; c < other.Length; c++)
                    (xy, xx, yy) = (xy + vector[c] * other[c], xx + vector[c] * vector[c], yy + other[c] * other[c]);
                return xy / Math.Sqrt(xx * yy);
            });

    private static float[] Look(FastTextVectors vectors, string word)
    {
        var vector = new float[vectors.Dimension];
        vectors.TryGetVector(word, vector);
        return vector;
    }
}
