using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Training;

namespace Firn.Tests.Vectors;

public class Word2VecTests
{
    /// <summary>Two topics of ten words that never meet, and a word of every text.</summary>
    private static (RaggedIds Corpus, Vocabulary Vocabulary) TwoTopics(int texts)
    {
        var builder = new VocabularyBuilder();
        var random = new Random(5);
        var lines = new List<string[]>();
        for (int t = 0; t < texts; t++)
            lines.Add([
                .. Enumerable
                    .Range(0, random.Next(4, 12))
                    .Select(i => i == 2 ? "all" : $"{(t % 2 == 0 ? "red" : "blue")}{random.Next(10)}"),
            ]);
        foreach (string[] line in lines)
        {
            foreach (string word in line)
                builder.Add(word);
        }
        builder.Add("rare");
        Vocabulary vocabulary = builder.Build();
        return (
            RaggedIds.From([
                .. lines.Select(line => line.Select(w => vocabulary.IdOf(w)).ToArray()),
                [vocabulary.IdOf("rare")],
            ]),
            vocabulary
        );
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [Trait("Kernels", "all")]
    public void Words_of_one_topic_come_close(bool skipGram, bool hierarchical)
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(1500);
        foreach (int threads in new[] { 1, 2 })
        {
            WordVectors vectors = Train(
                corpus,
                vocabulary,
                new Word2VecOptions
                {
                    VectorSize = 21,
                    SkipGram = skipGram,
                    HierarchicalSoftmax = hierarchical,
                    Negative = hierarchical ? 0 : 5,
                    Sample = 0,
                    Epochs = 10,
                    Threads = threads,
                }
            );
            Assert.Equal(21, vectors.Count);
            Assert.Equal("all", vectors.Words[0]);
            Assert.False(vectors.TryGetRow("rare", out _));
            Assert.Equal(20, WordsBesideTheirTopic(vectors));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_seed_on_one_thread_gives_the_same_bits_and_another_seed_others(bool skipGram)
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(400);
        var options = new Word2VecOptions
        {
            VectorSize = 30,
            SkipGram = skipGram,
            Threads = 1,
            Epochs = 2,
        };
        float[] first = Train(corpus, vocabulary, options).Table.ToArray();
        Assert.Equal(first, Train(corpus, vocabulary, options).Table.ToArray());
        Assert.NotEqual(first, Train(corpus, vocabulary, options with { Seed = 2 }).Table.ToArray());
        Assert.All(first, value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    [Trait("Kernels", "all")]
    public void Deterministic_training_gives_the_same_bits_on_any_number_of_threads(
        bool skipGram,
        bool hierarchical,
        bool subwords
    )
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(2500);
        var options = new Word2VecOptions
        {
            VectorSize = 20,
            SkipGram = skipGram,
            HierarchicalSoftmax = hierarchical,
            Deterministic = true,
            Subwords = subwords ? new SubwordOptions { Buckets = 50 } : null,
            Sample = 0,
            Epochs = 4,
        };
        float[] first = Train(corpus, vocabulary, options with { Threads = 1 }).Table.ToArray();
        foreach (int threads in new[] { 2, 3, 8 })
            Assert.Equal(first, Train(corpus, vocabulary, options with { Threads = threads }).Table.ToArray());
        Assert.NotEqual(first, Train(corpus, vocabulary, options with { Seed = 2 }).Table.ToArray());
        if (!subwords)
            Assert.Equal(20, WordsBesideTheirTopic(Train(corpus, vocabulary, options)));
    }

    /// <summary>
    /// Twenty words: nearly all positions of a chunk change the same rows, the worst case of steps that add up.
    /// </summary>
    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    public void Large_learning_rates_do_not_run_away(bool skipGram, bool hierarchical, bool subwords)
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(2500);
        foreach (bool deterministic in new[] { false, true })
        {
            float[] table = Train(
                corpus,
                vocabulary,
                new Word2VecOptions
                {
                    VectorSize = 20,
                    SkipGram = skipGram,
                    HierarchicalSoftmax = hierarchical,
                    Negative = hierarchical ? 0 : 5,
                    Deterministic = deterministic,
                    Subwords = subwords ? new SubwordOptions { Buckets = 50 } : null,
                    Sample = 0,
                    Alpha = 0.5,
                    Threads = 2,
                }
            )
                .Table.ToArray();
            DoesNotRunAway(table, deterministic, 200);
        }
    }

    [Fact]
    public void Many_samples_and_wide_windows_do_not_run_away()
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(2500);
        foreach ((int window, int negative) in new[] { (5, 100), (50, 5), (15, 15) })
        {
            foreach (bool deterministic in new[] { false, true })
            {
                float[] table = Train(
                    corpus,
                    vocabulary,
                    new Word2VecOptions
                    {
                        VectorSize = 20,
                        SkipGram = true,
                        Window = window,
                        Negative = negative,
                        Deterministic = deterministic,
                        Sample = 0,
                        Alpha = 0.05,
                        Threads = 2,
                    }
                )
                    .Table.ToArray();
                DoesNotRunAway(table, deterministic, 20);
            }
        }
    }

    /// <summary>
    /// In order, no row is longer than asked. Threads without order add up some of their steps by chance, the more the
    /// busier the machine, and may pass that a hundredfold; a run that diverges ends beyond a million.
    /// </summary>
    private static void DoesNotRunAway(float[] table, bool inOrder, double longest) =>
        Assert.All(
            table.Chunk(20),
            row =>
                Assert.InRange(Math.Sqrt(row.Sum(value => (double)value * value)), 0, inOrder ? longest : 100 * longest)
        );

    [Fact]
    public void Training_that_diverges_says_so()
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(2500);
        var error = Assert.Throws<NotFiniteNumberException>(() =>
            Train(
                corpus,
                vocabulary,
                new Word2VecOptions
                {
                    VectorSize = 20,
                    Sample = 0,
                    Alpha = 100,
                }
            )
        );
        Assert.Matches(
            "^Word vectors diverged in epoch 1 of 5: .* The learning rate 100 is too large .*; try 0.05$",
            error.Message
        );
    }

    [Fact]
    public void A_table_that_no_array_can_hold_is_refused_before_training()
    {
        const int words = 40_000;
        var texts = new Firn.Text.RaggedIds([.. Enumerable.Range(1, words)], [0, words]);
        var error = Assert.Throws<ArgumentException>(() =>
            Word2Vec.Train(
                texts,
                words + 1,
                id => $"w{id}",
                new Word2VecOptions { VectorSize = 1 << 16, MinCount = 1 },
                cancellation: TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("40000 words with 65536 dimensions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_most_frequent_words_are_kept()
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(400);
        WordVectors all = Train(corpus, vocabulary, new Word2VecOptions { VectorSize = 4, Epochs = 1 });
        WordVectors few = Train(
            corpus,
            vocabulary,
            new Word2VecOptions
            {
                VectorSize = 4,
                Epochs = 1,
                MaxWords = 7,
            }
        );
        Assert.Equal(all.Words.Take(7), few.Words);
    }

    [Fact]
    public void The_loss_that_is_reported_falls()
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(30_000);
        foreach (bool skipGram in new[] { false, true })
        {
            var losses = new List<double>();
            var options = new Word2VecOptions
            {
                VectorSize = 20,
                SkipGram = skipGram,
                Sample = 0,
                Epochs = 4,
                Threads = 1,
            };
            for (int epochs = 1; epochs <= 4; epochs += 3)
                Word2Vec.Train(
                    corpus,
                    vocabulary,
                    options with
                    {
                        Epochs = epochs,
                        MinAlpha = 0.025,
                    },
                    new Listener(p => losses.Add(p.Loss)),
                    TestContext.Current.CancellationToken
                );
            double[] measured = [.. losses.Where(double.IsFinite)];
            // Of nothing known, a word and five samples cost 6 log 2.
            Assert.All(measured, loss => Assert.InRange(loss, 0.5, 6 * Math.Log(2) + 0.1));
            Assert.True(measured[^1] < 3.6, $"{measured[^1]}");
        }
    }

    [Fact]
    public void Sum_of_context_and_both_losses_at_once_train_too()
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(2000);
        WordVectors vectors = Train(
            corpus,
            vocabulary,
            new Word2VecOptions
            {
                VectorSize = 16,
                CbowMean = false,
                HierarchicalSoftmax = true,
                Negative = 12,
                Sample = 0,
                Threads = 2,
                ShrinkWindows = false,
            }
        );
        Assert.Equal(20, WordsBesideTheirTopic(vectors));
    }

    [Fact]
    public void Progress_ends_at_one_and_the_least_rate()
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(200);
        Word2VecProgress last = default;
        Word2Vec.Train(
            corpus,
            vocabulary,
            new Word2VecOptions { VectorSize = 8, Epochs = 3 },
            new Listener(p => last = p),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(3, last.Epoch);
        Assert.Equal(1, last.Fraction, 9);
        Assert.Equal(0.0001, last.Alpha, 9);
    }

    [Fact]
    public void Cancelling_stops_and_returns_nothing()
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(200);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            Word2Vec.Train(corpus, vocabulary, new Word2VecOptions(), null, source.Token)
        );
    }

    [Fact]
    public void What_cannot_be_trained_is_refused_with_the_remedy()
    {
        (RaggedIds corpus, Vocabulary vocabulary) = TwoTopics(20);
        Refused(corpus, new Word2VecOptions { MinCount = 1000 }, "lower MinCount");
        Refused(corpus, new Word2VecOptions { Negative = 0 }, "set Negative above 0");
        Refused(corpus, new Word2VecOptions { VectorSize = 0 }, "VectorSize must lie between 1");
        Refused(corpus, new Word2VecOptions { MinAlpha = 1 }, "MinAlpha must lie between 0");
        Refused(corpus, new Word2VecOptions { Alpha = double.NaN }, "Alpha must lie between");
        Refused(
            RaggedIds.From([
                [1, 99],
            ]),
            new Word2VecOptions { MinCount = 1 },
            "The texts hold id 99"
        );

        void Refused(RaggedIds texts, Word2VecOptions options, string expected) =>
            Assert.Contains(
                expected,
                Assert.ThrowsAny<ArgumentException>(() => Train(texts, vocabulary, options)).Message
            );
    }

    private static WordVectors Train(RaggedIds corpus, Vocabulary vocabulary, Word2VecOptions options) =>
        Word2Vec.Train(corpus, vocabulary, options, null, TestContext.Current.CancellationToken);

    /// <summary>How many words have a word of their own topic as the nearest by cosine.</summary>
    private static int WordsBesideTheirTopic(WordVectors vectors)
    {
        int good = 0;
        for (int i = 1; i < vectors.Count; i++)
        {
            int nearest = Enumerable
                .Range(1, vectors.Count - 1)
                .Where(j => j != i)
                .MaxBy(j => Cosine(vectors[i], vectors[j]));
            good += vectors.Words[i][0] == vectors.Words[nearest][0] ? 1 : 0;
        }
        return good;
    }

    private static double Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double xy = 0,
            xx = 0,
            yy = 0;
        for (int c = 0; c < x.Length; c++)
            (xy, xx, yy) = (xy + x[c] * y[c], xx + x[c] * x[c], yy + y[c] * y[c]);
        return xy / Math.Sqrt(xx * yy);
    }

    private sealed class Listener(Action<Word2VecProgress> heard) : IProgress<Word2VecProgress>
    {
        public void Report(Word2VecProgress value) => heard(value);
    }
}
