using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Training;

namespace Firn.Tests.Vectors;

/// <summary>Training further, with new words and fixed ones, and from a checkpoint.</summary>
public class Word2VecTrainerTests
{
    private static readonly Word2VecOptions Small = new()
    {
        VectorSize = 12,
        MinCount = 1,
        Sample = 0,
        Epochs = 2,
        Threads = 2,
    };

    [Fact]
    public void Old_words_keep_their_rows_unseen_ones_their_vectors_and_new_ones_are_added()
    {
        (RaggedIds first, Vocabulary words) = Texts(1, "red", "blue");
        Word2VecModel old = Train(Small, first, words);
        (RaggedIds second, Vocabulary more) = Texts(2, "blue", "green");
        Word2VecModel grown = Train(
            Small,
            second,
            more,
            new Word2VecStart { Vectors = old.Vectors, Outputs = old.Outputs }
        );

        Assert.Equal(old.Vectors.Words, grown.Vectors.Words.Take(old.Vectors.Count));
        Assert.Equal(10, grown.Vectors.Words.Count(word => word.StartsWith("green", StringComparison.Ordinal)));
        foreach (string word in grown.Vectors.Words)
        {
            float[] now = Vector(grown.Vectors, word);
            if (word.StartsWith("red", StringComparison.Ordinal))
            {
                Assert.Equal(Vector(old.Vectors, word), now);
                Assert.Equal(Vector(old.Outputs!, word), Vector(grown.Outputs!, word));
            }
            else if (word.StartsWith("blue", StringComparison.Ordinal))
                Assert.NotEqual(Vector(old.Vectors, word), now);
            else
                Assert.Contains(now, value => value != 0);
        }
    }

    [Fact]
    public void Without_adding_words_the_table_keeps_its_words()
    {
        (RaggedIds first, Vocabulary words) = Texts(1, "red", "blue");
        Word2VecModel old = Train(Small, first, words);
        (RaggedIds second, Vocabulary more) = Texts(2, "blue", "green");
        Assert.Equal(
            old.Vectors.Words,
            Train(Small, second, more, new Word2VecStart { Vectors = old.Vectors, AddWords = false }).Vectors.Words
        );
        (RaggedIds third, Vocabulary others) = Texts(3, "green");
        Assert.Contains(
            "none of the table's words",
            Assert
                .Throws<ArgumentException>(() =>
                    Train(Small, third, others, new Word2VecStart { Vectors = old.Vectors, AddWords = false })
                )
                .Message
        );
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [Trait("Kernels", "all")]
    public void Fixed_words_do_not_move_and_others_do(bool skipGram, bool deterministic)
    {
        (RaggedIds corpus, Vocabulary words) = Texts(1, "red", "blue");
        Word2VecOptions options = Small with { SkipGram = skipGram, Deterministic = deterministic };
        Word2VecModel old = Train(options, corpus, words);
        string[] kept = [.. old.Vectors.Words.Where(word => word.StartsWith("red", StringComparison.Ordinal))];
        Word2VecModel next = Train(
            options,
            corpus,
            words,
            new Word2VecStart
            {
                Vectors = old.Vectors,
                Outputs = old.Outputs,
                Fixed = kept,
            }
        );
        foreach (string word in old.Vectors.Words)
        {
            Assert.Equal(kept.Contains(word), Vector(old.Vectors, word).SequenceEqual(Vector(next.Vectors, word)));
            Assert.NotEqual(Vector(old.Outputs!, word), Vector(next.Outputs!, word));
        }
    }

    [Fact]
    public void Going_on_with_output_vectors_is_one_long_training()
    {
        // Two epochs, and then one at the rate where the third begins, are three: the second run's draws are other
        // ones.
        (RaggedIds corpus, Vocabulary words) = Texts(1, "red", "blue");
        var steady = Small with { Epochs = 2, Alpha = 0.02, MinAlpha = 0.02, Threads = 1 };
        Word2VecModel two = Train(steady, corpus, words);
        Word2VecModel with = Train(
            steady with
            {
                Epochs = 1,
                Seed = 3,
            },
            corpus,
            words,
            new Word2VecStart { Vectors = two.Vectors, Outputs = two.Outputs }
        );
        Word2VecModel without = Train(
            steady with
            {
                Epochs = 1,
                Seed = 3,
            },
            corpus,
            words,
            new Word2VecStart { Vectors = two.Vectors }
        );
        Word2VecModel three = Train(steady with { Epochs = 3 }, corpus, words);
        Assert.True(Distance(with.Outputs!, three.Outputs!) < 0.5 * Distance(without.Outputs!, three.Outputs!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(30)]
    public void A_run_that_is_stopped_twice_equals_an_unbroken_one(int blocks)
    {
        (RaggedIds corpus, Vocabulary words) = Texts(6, "red", "blue");
        Word2VecOptions options = Small with { Epochs = 3, Deterministic = true };
        Word2VecModel unbroken = Train(options, corpus, words);
        string path = Path.Combine(Directory.CreateTempSubdirectory("firn-test").FullName, "checkpoint");
        try
        {
            Assert.Throws<OperationCanceledException>(() => Part(blocks, threads: 1));
            double before = 0;
            Assert.Throws<OperationCanceledException>(() =>
                Part(5, threads: 3, p => before = before == 0 ? p.Fraction : before)
            );
            Assert.True(before > 0.02 * blocks, $"began anew, at {before}");
            Assert.Equal(unbroken.Vectors.Table.ToArray(), Part(int.MaxValue, threads: 2).Vectors.Table.ToArray());
            Assert.False(File.Exists(path));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }

        // Stops after some blocks, at the next place where it can.
        Word2VecModel Part(int most, int threads, Action<Word2VecProgress>? heard = null)
        {
            using var stop = new CancellationTokenSource();
            int done = 0;
            var listener = new Listener(p =>
            {
                heard?.Invoke(p);
                if (++done == most)
                    stop.Cancel();
            });
            return new Word2VecTrainer(options with { Threads = threads })
            {
                CheckpointPath = path,
                ReportInterval = TimeSpan.Zero,
            }.Train(corpus, words, listener, stop.Token);
        }
    }

    [Fact]
    public void A_checkpoint_of_another_run_or_of_none_is_refused()
    {
        (RaggedIds corpus, Vocabulary words) = Texts(1, "red", "blue");
        string path = Path.Combine(Directory.CreateTempSubdirectory("firn-test").FullName, "checkpoint");
        try
        {
            using var stop = new CancellationTokenSource();
            stop.Cancel();
            Assert.Throws<OperationCanceledException>(() =>
                new Word2VecTrainer(Small) { CheckpointPath = path }.Train(corpus, words, null, stop.Token)
            );
            (RaggedIds others, Vocabulary otherWords) = Texts(2, "red", "blue");
            Refused(Small with { Seed = 2 }, corpus, words, "other texts, start or options");
            Refused(Small with { Deterministic = true }, corpus, words, "other texts, start or options");
            Refused(Small, others, otherWords, "other texts, start or options");
            byte[] whole = File.ReadAllBytes(path);
            File.WriteAllBytes(path, whole[..(whole.Length - 100)]);
            Refused(Small, corpus, words, path);
            File.WriteAllText(path, "something else");
            Refused(Small, corpus, words, path);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }

        void Refused(Word2VecOptions options, RaggedIds texts, Vocabulary vocabulary, string expected) =>
            Assert.Contains(
                expected,
                Assert
                    .Throws<InvalidDataException>(() =>
                        new Word2VecTrainer(options) { CheckpointPath = path }.Train(texts, vocabulary)
                    )
                    .Message
            );
    }

    [Fact]
    public void A_start_that_does_not_fit_is_refused_with_the_remedy()
    {
        (RaggedIds corpus, Vocabulary words) = Texts(1, "red", "blue");
        Word2VecModel old = Train(Small, corpus, words);
        Refused(
            Small with
            {
                VectorSize = 8,
            },
            new Word2VecStart { Vectors = old.Vectors },
            "12 values a word and VectorSize is 8"
        );
        Refused(
            Small with
            {
                Subwords = new SubwordOptions(),
            },
            new Word2VecStart { Vectors = old.Vectors },
            "Train without subwords"
        );
        Refused(
            Small with
            {
                Negative = 0,
                HierarchicalSoftmax = true,
            },
            new Word2VecStart { Vectors = old.Vectors, Outputs = old.Outputs },
            "leave them out"
        );
        Refused(Small, new Word2VecStart { Vectors = old.Vectors, Fixed = ["mauve"] }, "'mauve' is to be kept fixed");

        void Refused(Word2VecOptions options, Word2VecStart start, string expected) =>
            Assert.Contains(
                expected,
                Assert.Throws<ArgumentException>(() => Train(options, corpus, words, start)).Message
            );
    }

    private static Word2VecModel Train(
        Word2VecOptions options,
        RaggedIds corpus,
        Vocabulary words,
        Word2VecStart? start = null
    ) =>
        new Word2VecTrainer(options) { Start = start }.Train(
            corpus,
            words,
            null,
            TestContext.Current.CancellationToken
        );

    /// <summary>Texts of topics of ten words each, some sixty thousand words: several blocks.</summary>
    private static (RaggedIds, Vocabulary) Texts(int seed, params string[] topics)
    {
        var random = new Random(seed);
        string[][] lines =
        [
            .. Enumerable
                .Range(0, seed == 6 ? 20_000 : 2000)
                .Select(t =>
                    Enumerable
                        .Range(0, random.Next(4, 12))
                        .Select(_ => $"{topics[t % topics.Length]}{random.Next(10)}")
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

    private static float[] Vector(WordVectors vectors, string word) =>
        vectors.TryGetVector(word, out ReadOnlySpan<float> vector)
            ? vector.ToArray()
            : throw new InvalidOperationException(word);

    private static double Distance(WordVectors a, WordVectors b) =>
        a.Words.Sum(word => Vector(a, word).Zip(Vector(b, word), (x, y) => (double)(x - y) * (x - y)).Sum());

    private sealed class Listener(Action<Word2VecProgress> heard) : IProgress<Word2VecProgress>
    {
        public void Report(Word2VecProgress value) => heard(value);
    }
}
