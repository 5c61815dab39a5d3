using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Subwords;
using Firn.Vectors.Training;

namespace Firn.Tests.Vectors;

/// <summary>Training a fastText model further, Firn's own or fastText's.</summary>
public sealed class SubwordStartTests : IDisposable
{
    private static readonly Word2VecOptions Small = new()
    {
        VectorSize = 10,
        MinCount = 2,
        Sample = 0,
        Epochs = 2,
        Threads = 2,
        Alpha = 0.05,
        Subwords = new SubwordOptions
        {
            MinN = 2,
            MaxN = 4,
            Buckets = 700,
        },
    };

    private readonly VectorFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void At_a_rate_of_zero_nothing_changes_but_the_counts(bool skipGram)
    {
        Word2VecOptions options = Small with { SkipGram = skipGram };
        string old = Trained(options, ["red", "blue"]);
        FastTextFile before = FastTextFile.Read(old);
        Word2VecModel grown = Further(old, options with { Alpha = 0, MinAlpha = 0, Seed = 9 }, ["blue", "green"]);
        string path = Saved(grown);
        FastTextFile after = FastTextFile.Read(path);

        Assert.Equal(before.Words, after.Words.Take(before.Words.Count)); // the order of the old ids
        Assert.Equal(
            10,
            after.Words.Skip(before.Words.Count).Count(word => word.StartsWith("green", StringComparison.Ordinal))
        );
        Assert.Equal(before.Words.Count + 10, after.Words.Count);
        Assert.Equal((before.MinN, before.MaxN, before.Buckets), (after.MinN, after.MaxN, after.Buckets));
        Assert.Equal(after.Words.Count + before.Buckets, after.Matrix.Count);
        for (int row = 0; row < before.Words.Count; row++)
        {
            Assert.Equal(Row(before, row), Row(after, row));
            bool again = before.Words[row].StartsWith("blue", StringComparison.Ordinal);
            Assert.Equal(again, after.Counts.Span[row] > before.Counts.Span[row]);
        }
        for (int bucket = 0; bucket < before.Buckets; bucket++)
            Assert.Equal(Row(before, before.Words.Count + bucket), Row(after, after.Words.Count + bucket));
        Assert.Equal(Outputs(before, old), Outputs(after, path).Take(before.Words.Count));
        FastTextVectors was = FastTextVectors.Load(old),
            now = FastTextVectors.Load(path);
        foreach (string word in new[] { "red1", "blue2", "unseen", "größe" })
            Assert.Equal(Vector(was, word), Vector(now, word));
        Assert.Equal(after.Counts.ToArray(), grown.Vectors.Counts.ToArray());
    }

    [Fact]
    public void Words_that_the_texts_lack_keep_their_own_rows()
    {
        string old = Trained(Small, ["red", "blue"]);
        FastTextFile before = FastTextFile.Read(old);
        Word2VecModel grown = Further(old, Small with { Seed = 2 }, ["blue", "green"]);
        string path = Saved(grown);
        FastTextFile after = FastTextFile.Read(path);
        float[][] outputsBefore = Outputs(before, old),
            outputsAfter = Outputs(after, path);
        for (int row = 0; row < before.Words.Count; row++)
        {
            bool absent = before.Words[row].StartsWith("red", StringComparison.Ordinal);
            Assert.Equal(absent, Row(before, row).SequenceEqual(Row(after, row)));
            Assert.Equal(absent, outputsBefore[row].SequenceEqual(outputsAfter[row]));
        }
        Assert.True(grown.Outputs!.TryGetRow("red1", out int red));
        Assert.Equal(outputsBefore[before.Words.ToList().IndexOf("red1")], grown.Outputs[red].ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Words_that_stand_in_the_same_places_of_the_new_texts_come_closer(bool skipGram)
    {
        Word2VecOptions options = Small with { SkipGram = skipGram, MinCount = 1 };
        string old = Trained(options, ["red", "blue"]);
        double before = Cosine(FastTextVectors.Load(old), "red1", "blue1");
        string[][] lines =
        [
            .. Enumerable
                .Range(0, 4000)
                .Select(i => new[] { $"left{i / 2 % 20}", i % 2 == 0 ? "red1" : "blue1", $"right{i / 2 % 20}" }),
        ];
        (RaggedIds corpus, Vocabulary words) = Ids(lines);
        Word2VecModel further = new Word2VecTrainer(options) { SubwordStart = FastTextStart.Open(old) }.Train(
            corpus,
            words,
            null,
            TestContext.Current.CancellationToken
        );
        double after = Cosine(further.Subwords!, "red1", "blue1");
        Assert.True(after > before + 0.1, $"{before} before, {after} after");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Deterministic_runs_have_the_same_bits_on_any_number_of_threads(bool skipGram)
    {
        Word2VecOptions options = Small with { SkipGram = skipGram, Deterministic = true };
        string old = Trained(options, ["red", "blue"]);
        byte[][] files =
        [
            .. new[] { 1, 2, 3 }.Select(threads =>
                File.ReadAllBytes(Saved(Further(old, options with { Threads = threads }, ["blue", "green"])))
            ),
        ];
        Assert.Equal(files[0], files[1]);
        Assert.Equal(files[0], files[2]);
        Assert.NotEqual(files[0], File.ReadAllBytes(Saved(Further(old, options with { Seed = 5 }, ["blue", "green"]))));
    }

    [Theory]
    [InlineData("cbow")]
    [InlineData("skipgram")]
    public void A_model_of_fastText_goes_on_and_fastText_and_gensim_read_it(string command)
    {
        string texts = _files.Text(
            "texts.txt",
            string.Concat(Lines(1, "red", "blue").Select(line => string.Join(' ', line) + "\n"))
        );
        string trained = Path.Combine(_files.Folder, command);
        FastTextProgram.Train(
            command,
            texts,
            trained,
            "-dim",
            "10",
            "-minCount",
            "1",
            "-minn",
            "2",
            "-maxn",
            "4",
            "-bucket",
            "700",
            "-epoch",
            "1",
            "-thread",
            "1"
        );
        FastTextStart start = FastTextStart.Open(trained + ".bin");
        Assert.Equal(command == "skipgram", start.SkipGram);
        Assert.Contains("</s>", start.Words); // fastText's mark of a line's end, which the new texts lack
        Word2VecModel further = Further(trained + ".bin", Small with { SkipGram = start.SkipGram }, ["blue", "green"]);
        string path = Saved(further);
        string[] asked = [.. further.Vectors.Words, "unseen", "bluegreen", "naïve"];
        float[][] printed = FastTextProgram.Print(path, asked),
            gensims = FastTextProgram.AskGensim(path, asked);
        for (int i = 0; i < asked.Length; i++)
        {
            float[] own = Vector(further.Subwords!, asked[i]);
            for (int c = 0; c < own.Length; c++)
            {
                Assert.True(
                    Math.Abs(own[c] - printed[i][c]) <= 6e-5 * Math.Max(Math.Abs(own[c]), 1e-3),
                    $"{asked[i]} {c}: {own[c]}, fastText {printed[i][c]}"
                );
                // gensim gives </s> n-grams, which fastText does not.
                Assert.True(
                    asked[i] == "</s>" || Math.Abs(own[c] - gensims[i][c]) <= 1e-6,
                    $"{asked[i]} {c}: {own[c]}, gensim {gensims[i][c]}"
                );
            }
        }
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on_from_its_checkpoint_and_from_no_other_models()
    {
        Word2VecOptions options = Small with { Deterministic = true };
        string one = Trained(options, ["red", "blue"]),
            other = Trained(options with { Seed = 8 }, ["red", "blue"]),
            kept = Path.Combine(_files.Folder, "checkpoint");
        (RaggedIds corpus, Vocabulary words) = Ids(Lines(2, "blue", "green"));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => Train(one, stop.Token));
        Assert.Contains(
            "other texts, start or options",
            Assert.Throws<InvalidDataException>(() => Train(other, TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(
            Further(one, options, ["blue", "green"]).Vectors.Table.ToArray(),
            Train(one, TestContext.Current.CancellationToken).Vectors.Table.ToArray()
        );

        Word2VecModel Train(string start, CancellationToken cancellation) =>
            new Word2VecTrainer(options) { SubwordStart = FastTextStart.Open(start), CheckpointPath = kept }.Train(
                corpus,
                words,
                null,
                cancellation
            );
    }

    [Fact]
    public void What_cannot_go_on_is_refused_with_the_remedy()
    {
        string old = Trained(Small, ["red", "blue"]);
        Fits(Small with { VectorSize = 12 }, "10 values a word and VectorSize is 12");
        Fits(Small with { Subwords = Small.Subwords! with { Buckets = 701 } }, "2 to 4 characters in 700 buckets");
        Fits(Small with { Subwords = null }, "Subwords must be its own");
        Fits(Small with { SkipGram = true }, "with CBOW; SkipGram must be false");
        Fits(Small with { HierarchicalSoftmax = true }, "negative sampling alone");
        Opens(
            Trained(Small with { HierarchicalSoftmax = true, Negative = 0 }, ["red", "blue"]),
            "not trained with negative sampling"
        );
        string quantized = Path.Combine(_files.Folder, "model.ftz"),
            table = Path.Combine(_files.Folder, "table.bin");
        FastTextVectors.Quantize(old, quantized);
        Opens(quantized, "Give the .bin file that it was made of");
        FastTextVectors.FromTable(VectorFiles.Sample(5, 4)).Save(table);
        Opens(table, "no n-grams of characters");
        byte[] supervised = File.ReadAllBytes(old);
        supervised[36] = 3; // the kind of model
        Opens(_files.Bytes("supervised.bin", supervised), "predicts labels, not words");
        byte[] whole = File.ReadAllBytes(old);
        string cut = _files.Bytes("cut.bin", whole[..^100]);
        Assert.Contains(
            "do not fit into what is left",
            Assert.Throws<InvalidDataException>(() => Further(cut, Small, ["blue"])).Message,
            StringComparison.Ordinal
        );
        byte[] vast = File.ReadAllBytes(old);
        BitConverter.GetBytes(1 << 29).CopyTo(vast, 40); // buckets
        Opens(_files.Bytes("vast.bin", vast), "do not fit into what is left");
        vast = File.ReadAllBytes(old);
        BitConverter.GetBytes(9).CopyTo(vast, 44); // the shortest n-gram
        Opens(_files.Bytes("none.bin", vast), "no n-grams of characters");
        (RaggedIds corpus, Vocabulary words) = Ids(Lines(1, "blue"));
        Assert.Contains(
            "one table or model",
            Assert
                .Throws<ArgumentException>(() =>
                    new Word2VecTrainer(Small)
                    {
                        SubwordStart = FastTextStart.Open(old),
                        Start = new Word2VecStart { Vectors = VectorFiles.Sample(5, 10) },
                    }.Train(corpus, words, null, TestContext.Current.CancellationToken)
                )
                .Message,
            StringComparison.Ordinal
        );

        void Fits(Word2VecOptions options, string says) =>
            Assert.Contains(
                says,
                Assert.Throws<ArgumentException>(() => Further(old, options, ["blue"])).Message,
                StringComparison.Ordinal
            );

        static void Opens(string path, string says) =>
            Assert.Contains(
                says,
                Assert.Throws<InvalidDataException>(() => FastTextStart.Open(path)).Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void Words_are_not_added_where_that_is_not_wanted()
    {
        string old = Trained(Small, ["red", "blue"]);
        (RaggedIds corpus, Vocabulary words) = Ids(Lines(2, "blue", "green"));
        var trainer = new Word2VecTrainer(Small) { SubwordStart = FastTextStart.Open(old) with { AddWords = false } };
        Assert.Equal(
            FastTextFile.Read(old).Words,
            trainer.Train(corpus, words, null, TestContext.Current.CancellationToken).Vectors.Words
        );
    }

    private static Word2VecModel Further(string start, Word2VecOptions options, string[] topics)
    {
        (RaggedIds corpus, Vocabulary words) = Ids(Lines(2, topics));
        return new Word2VecTrainer(options) { SubwordStart = FastTextStart.Open(start) }.Train(
            corpus,
            words,
            null,
            TestContext.Current.CancellationToken
        );
    }

    private static Word2VecModel Model(Word2VecOptions options, string[] topics)
    {
        (RaggedIds corpus, Vocabulary words) = Ids(Lines(1, topics));
        return new Word2VecTrainer(options).Train(corpus, words, null, TestContext.Current.CancellationToken);
    }

    private string Trained(Word2VecOptions options, string[] topics) => Saved(Model(options, topics));

    private string Saved(Word2VecModel model)
    {
        string path = Path.Combine(_files.Folder, $"{Guid.NewGuid():N}.bin");
        model.SaveFastText(path);
        return path;
    }

    private static string[][] Lines(int seed, params string[] topics)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, 2000)
                .Select(t =>
                    Enumerable
                        .Range(0, random.Next(4, 12))
                        .Select(_ => $"{topics[t % topics.Length]}{random.Next(10)}")
                        .ToArray()
                ),
        ];
    }

    private static (RaggedIds, Vocabulary) Ids(string[][] lines)
    {
        var builder = new VocabularyBuilder();
        foreach (string word in lines.SelectMany(line => line))
            builder.Add(word);
        Vocabulary vocabulary = builder.Build();
        return (
            RaggedIds.From([.. lines.Select(line => line.Select(word => vocabulary.IdOf(word)).ToArray())]),
            vocabulary
        );
    }

    private static float[] Row(FastTextFile file, int row)
    {
        var values = new float[file.Dimension];
        file.Matrix.AddRow(row, values);
        return values;
    }

    private static float[][] Outputs(FastTextFile file, string path)
    {
        var rows = new List<float[]>();
        file.ReadRows(path, (_, _) => { }, (_, values) => rows.Add(values.ToArray()));
        return [.. rows];
    }

    private static float[] Vector(FastTextVectors model, string word)
    {
        var vector = new float[model.Dimension];
        Assert.True(model.TryGetVector(word, vector));
        return vector;
    }

    private static double Cosine(FastTextVectors model, string a, string b)
    {
        float[] x = Vector(model, a),
            y = Vector(model, b);
        return x.Zip(y, (p, q) => (double)p * q).Sum()
            / Math.Sqrt(x.Sum(p => (double)p * p) * y.Sum(q => (double)q * q));
    }
}
