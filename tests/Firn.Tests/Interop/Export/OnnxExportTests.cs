using Firn.Interop.Export;
using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Interop.Export;

/// <summary>Exported models answer in ONNX Runtime what they answer here.</summary>
public sealed class OnnxExportTests
{
    private const int Words = ExportModels.Words;

    public static TheoryData<EncoderKind, Pooling, bool, int, int> Encoders()
    {
        var data = new TheoryData<EncoderKind, Pooling, bool, int, int>();
        foreach (EncoderKind encoder in Enum.GetValues<EncoderKind>())
        {
            bool recurrent = encoder is EncoderKind.Lstm or EncoderKind.Gru;
            foreach (Pooling pooling in Enum.GetValues<Pooling>().Where(p => recurrent || p != Pooling.LastState))
            {
                data.Add(encoder, pooling, false, 1, 2);
                if (recurrent)
                {
                    data.Add(encoder, pooling, true, 1, 3);
                    data.Add(encoder, pooling, true, 3, 2);
                    data.Add(encoder, pooling, false, 2, 4);
                }
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Each_encoder_and_pooling_scores_as_here(
        EncoderKind encoder,
        Pooling pooling,
        bool both,
        int layers,
        int classes
    )
    {
        var options = new ClassifierOptions
        {
            Encoder = encoder,
            Pooling = pooling,
            Bidirectional = both,
            Layers = layers,
            HiddenSize = 7,
            Classes = classes,
            Widths = [1, 2, 5],
        };
        foreach (bool linear in (bool[])[false, true])
            AssertSame(Make(options, linear, prior: linear));
    }

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Elu)]
    [InlineData(Activation.Gelu)]
    public void Hidden_dense_layers_and_sigmoids_score_as_here(Activation activation) =>
        AssertSame(
            Make(
                new ClassifierOptions
                {
                    HiddenSize = 9,
                    Dense = [8, 6],
                    DenseActivation = activation,
                    Classes = 3,
                    MultiLabel = true,
                },
                linear: true,
                prior: true
            )
        );

    [Fact]
    public void A_model_of_padded_texts_starts_behind_its_pads()
    {
        TextClassifier model = Make(
            new ClassifierOptions { HiddenSize = 6, PaddedLength = 300 },
            linear: false,
            prior: false
        );
        AssertSame(model);
        using var session = new OnnxSession(model);
        RaggedIds few = RaggedIds.From([
            [],
            [3],
        ]);
        float[] padded = session.Score(few);
        TextClassifier unpadded = Make(new ClassifierOptions { HiddenSize = 6 }, linear: false, prior: false);
        using var other = new OnnxSession(unpadded);
        Assert.True(Math.Abs(padded[0] - other.Score(few)[0]) > 1e-3, "the pads change nothing");
    }

    [Fact]
    public void A_batch_of_empty_texts_gets_the_prior()
    {
        TextClassifier model = Make(new ClassifierOptions { HiddenSize = 4, Classes = 3 }, linear: true, prior: true);
        using var session = new OnnxSession(model);
        Assert.Equal(
            [.. model.Prior!, .. model.Prior!],
            session.Score(
                RaggedIds.From([
                    [],
                    [],
                ])
            )
        );
    }

    [Fact]
    public void What_stands_behind_a_text_does_not_count()
    {
        TextClassifier model = Make(
            new ClassifierOptions
            {
                Encoder = EncoderKind.Convolution,
                Pooling = Pooling.Mean,
                HiddenSize = 4,
            },
            linear: true,
            prior: true
        );
        using var session = new OnnxSession(model);
        Assert.Equal(session.Score(Texts(50)), session.Score(Texts(50), behind: 5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void N_grams_are_found_behind_their_hashes(int longest)
    {
        RaggedIds texts = Texts(200);
        (NgramVectorizer vectorizer, _) = NgramVectorizer.Fit(
            new IdSource(texts, new NgramOptions { Longest = longest, MinTexts = 2 }),
            new NgramOptions { Longest = longest, MinTexts = 2 },
            1
        );
        IReadOnlyList<NgramLevel> levels = NgramTable.Of(vectorizer, Words).Levels;
        Assert.Equal(longest, levels.Count);
        Assert.Equal(Enumerable.Range(0, vectorizer.ColumnCount), levels.SelectMany(l => l.Columns).Order());
        var options = new NgramOptions { Shortest = longest, Longest = longest };
        var keys = new List<ulong>();
        for (int i = 0; i < levels[^1].Columns.Length; i++)
        {
            var ids = new List<int>();
            for (int level = longest - 1, place = i; level >= 0; place = levels[level--].Prefixes[place] - 1)
                ids.Insert(0, levels[level].Lasts[place]);
            keys.Clear();
            NgramKeys.Extract([.. ids], options, keys);
            Assert.Equal(levels[^1].Columns[i], vectorizer.ColumnOf(keys[0]));
        }
    }

    [Fact]
    public void Keys_that_are_of_no_n_gram_are_refused()
    {
        var vectorizer = new NgramVectorizer(new NgramOptions(), [12345], [1]);
        var error = Assert.Throws<ExportException>(() => NgramTable.Of(vectorizer, Words));
        Assert.Contains("n-grams", error.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(TextClassifier model)
    {
        using var session = new OnnxSession(model);
        RaggedIds texts = Texts(120);
        var here = new float[texts.Count * model.Options.OutputSize];
        model.Predict(texts, here);
        float[] there = session.Score(texts);
        Assert.Equal(here.Length, there.Length);
        Assert.True(here.Max() - here.Min() > 0.01, "all texts score alike, so the test shows nothing");
        double most = here.Zip(there).Max(p => Math.Abs(p.First - p.Second));
        Assert.True(most < 1e-6, $"scores differ by {most:0.0e+0}");
    }

    private static RaggedIds Texts(int count) => ExportModels.Texts(count);

    private static TextClassifier Make(ClassifierOptions options, bool linear, bool prior) =>
        ExportModels.Make(options, linear, prior).Classifier;
}
