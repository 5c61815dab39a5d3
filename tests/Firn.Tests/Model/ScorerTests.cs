using Firn.Kernels;
using Firn.Layers;
using Firn.Model;
using Firn.Tests.Kernels;
using Firn.Text;

namespace Firn.Tests.Model;

[Trait("Kernels", "all")]
public class ScorerTests
{
    public static TheoryData<Pooling, bool, int> Shapes
    {
        get
        {
            var data = new TheoryData<Pooling, bool, int>();
            foreach (Pooling pooling in Enum.GetValues<Pooling>())
            {
                data.Add(pooling, false, 2);
                data.Add(pooling, true, 3);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Folded_unfolded_single_and_trained_forward_give_the_same_scores(
        Pooling pooling,
        bool bidirectional,
        int classes
    )
    {
        (TextClassifier model, RaggedIds texts) = Build(pooling, bidirectional, classes, 150);
        int k = model.Options.OutputSize;
        float[] plain = new float[texts.Count * k],
            folded = new float[plain.Length],
            half = new float[plain.Length],
            brain = new float[plain.Length],
            one = new float[k];
        model.Predict(texts, plain, 2);
        var scorer = new Scorer(model);
        scorer.Score(texts, folded, 1);
        new Scorer(model, FoldPrecision.Float16).Score(texts, half, 3);
        new Scorer(model, FoldPrecision.BFloat16).Score(texts, brain, 3);
        GoldenDraw.Near(Forward(model, texts), plain, "the training forward pass", 2e-6);
        GoldenDraw.Near(plain, folded, "folded", 2e-6);
        GoldenDraw.Near(plain, half, "float16", 2e-3);
        GoldenDraw.Near(plain, brain, "bfloat16", 2e-2);
        Assert.NotEqual(plain, half);
        Assert.NotEqual(half, brain);
        ScoringWorkspace workspace = scorer.CreateWorkspace();
        for (int i = 0; i < texts.Count; i++)
        {
            scorer.Score(texts[i], workspace, one);
            GoldenDraw.Near(plain.AsSpan(i * k, k), one, $"text {i} alone", 5e-6);
        }
    }

    [Fact]
    public void A_single_text_allocates_nothing()
    {
        (TextClassifier model, RaggedIds texts) = Build(Pooling.Attention, true, 2, 40);
        var scorer = new Scorer(model);
        ScoringWorkspace workspace = scorer.CreateWorkspace();
        var score = new float[1];
        for (int round = 0; round < 39; round++)
            ScoreEach();
        Assert.Equal(0, Allocations.Of(ScoreEach));

        void ScoreEach()
        {
            for (int i = 0; i < texts.Count; i++)
                scorer.Score(texts[i], workspace, score);
        }
    }

    [Fact]
    public void Folded_memory_is_reported()
    {
        (TextClassifier model, _) = Build(Pooling.LastState, true, 2, 1);
        long values = model.Embedding.RowCount * 4L * model.Options.HiddenSize * 2;
        Assert.Equal(4 * values, new Scorer(model).FoldedBytes);
        Assert.Equal(2 * values, new Scorer(model, FoldPrecision.Float16).FoldedBytes);
        Assert.Equal(2 * values, new Scorer(model, FoldPrecision.BFloat16).FoldedBytes);
        Assert.Equal(0, new Scorer(model, FoldPrecision.None).FoldedBytes);
    }

    [Fact]
    public void A_scorer_keeps_the_recurrent_weights_it_was_made_with()
    {
        (TextClassifier model, RaggedIds texts) = Build(Pooling.LastState, false, 2, 10);
        float[] before = new float[10],
            after = new float[10],
            fresh = new float[10];
        var scorer = new Scorer(model);
        scorer.Score(texts, before);
        model["lstm.recurrent_kernel"].Values.Span.Fill(0.1f);
        scorer.Score(texts, after);
        new Scorer(model).Score(texts, fresh);
        Assert.Equal(before, after);
        Assert.NotEqual(before, fresh);
    }

    [Fact]
    public void An_id_outside_the_vocabulary_is_named()
    {
        (TextClassifier model, _) = Build(Pooling.LastState, false, 2, 1);
        var error = Assert.Throws<ArgumentException>(() =>
            model.Predict(
                RaggedIds.From([
                    [1, 77],
                ]),
                new float[1]
            )
        );
        Assert.Contains("77", error.Message);
    }

    [Fact]
    public void Leading_pads_cost_nothing_and_change_no_score()
    {
        (TextClassifier model, RaggedIds texts) = Build(Pooling.LastState, false, 3, 60);
        const int length = 300;
        GemmTests.Random(4 * 21, 3).CopyTo(model["lstm.bias"].Values); // with zero biases pads would change nothing
        var padded = new TextClassifier(model.Options with { PaddedLength = length }, model.Embedding, 2);
        model["lstm.bias"].Values.CopyTo(padded["lstm.bias"].Values);
        RaggedIds longhand = RaggedIds.From([
            .. Enumerable
                .Range(0, texts.Count)
                .Select(i => (int[])[.. new int[length - texts.LengthOf(i)], .. texts[i]]),
        ]);
        float[] expected = new float[texts.Count * 3],
            actual = new float[expected.Length],
            plain = new float[expected.Length],
            one = new float[3];
        model.Predict(longhand, expected);
        padded.Predict(texts, actual);
        model.Predict(texts, plain);
        Assert.Equal(expected, actual); // to the last bit
        Assert.Contains(expected.Zip(plain), p => Math.Abs(p.First - p.Second) > 1e-3);
        var scorer = new Scorer(padded);
        ScoringWorkspace workspace = scorer.CreateWorkspace();
        for (int i = 0; i < texts.Count; i++)
        {
            scorer.Score(texts[i], workspace, one);
            Assert.Equal(expected[(3 * i)..(3 * i + 3)], one);
        }
        Assert.Throws<ArgumentException>(() =>
            new TextClassifier(model.Options with { PaddedLength = 9, Bidirectional = true }, model.Embedding, 2)
        );
    }

    [Theory]
    [InlineData(FoldPrecision.Float32)]
    [InlineData(FoldPrecision.Float16)]
    [InlineData(FoldPrecision.BFloat16)]
    public void Rows_folded_at_first_use_have_the_bits_of_rows_folded_ahead_and_only_those_take_memory(
        FoldPrecision precision
    )
    {
        (TextClassifier model, RaggedIds texts) = Build(Pooling.Mean, true, 3, 80, words: 1000);
        var ahead = new Scorer(model, precision);
        var lazy = new Scorer(model, precision, time: FoldTime.AtFirstUse);
        Assert.Equal(0, lazy.FoldedBytes);
        float[] expected = new float[texts.Count * 3],
            actual = new float[expected.Length],
            one = new float[3];
        ahead.Score(texts, expected, 1);
        ScoringWorkspace workspace = lazy.CreateWorkspace();
        lazy.Score([3, 1], workspace, one);
        Assert.InRange(lazy.FoldedBytes, 1, ahead.FoldedBytes / 2);
        Parallel.For(
            0,
            8,
            _ =>
            {
                var scores = new float[expected.Length];
                lazy.Score(texts, scores, 2);
                Assert.Equal(expected, scores);
            }
        );
        for (int i = 0; i < texts.Count; i++)
        {
            lazy.Score(texts[i], workspace, one);
            Assert.Equal(expected[(3 * i)..(3 * i + 3)], one);
        }
        Assert.InRange(lazy.FoldedBytes, ahead.FoldedBytes / 2, ahead.FoldedBytes + 2 * model.Embedding.RowCount);
        lazy.Score(texts, actual);
        Assert.Equal(
            0,
            Allocations.Of(() =>
            {
                for (int i = 0; i < texts.Count; i++)
                    lazy.Score(texts[i], workspace, one);
            })
        );
    }

    [Fact]
    public void BFloat16_widens_exactly_and_narrows_to_the_nearest()
    {
        float[] values =
        [
            .. GemmTests.Random(5000, 7).Select((v, i) => v * MathF.Pow(2, i % 60 - 30)),
            0,
            -0f,
            1.00390625f,
            1.01171875f,
        ];
        var narrow = new ushort[values.Length];
        var wide = new float[values.Length];
        BFloats.Narrow(values, narrow);
        BFloats.Widen(narrow, wide);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(BitConverter.UInt32BitsToSingle((uint)narrow[i] << 16), wide[i]);
            double nearest = Math.Min(Distance(narrow[i] - 1), Math.Min(Distance(narrow[i]), Distance(narrow[i] + 1)));
            Assert.Equal(nearest, Math.Abs((double)wide[i] - values[i]));

            double Distance(int bits)
            {
                double distance = Math.Abs(
                    (double)BitConverter.UInt32BitsToSingle((uint)(ushort)bits << 16) - values[i]
                );
                return double.IsNaN(distance) ? double.MaxValue : distance; // the bits before zero's
            }
        }
        Assert.Equal([1f, 1.015625f], wide[^2..]); // halfway: to the even one
    }

    [Fact]
    public void Float16_widens_exactly_and_narrows_to_the_nearest()
    {
        var bits = new ushort[1 << 16];
        for (int i = 0; i < bits.Length; i++)
            bits[i] = (ushort)i;
        ushort[] finite = [.. bits.Where(b => Half.IsFinite(BitConverter.UInt16BitsToHalf(b)))];
        float[] wide = new float[finite.Length];
        HalfFloats.Widen(finite, wide);
        Assert.Equal(finite.Select(b => (float)BitConverter.UInt16BitsToHalf(b)), wide);
        var narrow = new ushort[finite.Length];
        HalfFloats.Narrow(wide, narrow);
        Assert.Equal(finite, narrow);
    }

    private static (TextClassifier, RaggedIds) Build(
        Pooling pooling,
        bool bidirectional,
        int classes,
        int n,
        int words = 60
    )
    {
        var random = new CounterRandom(4);
        ulong at = 0;
        int[][] texts =
        [
            .. Enumerable
                .Range(0, n)
                .Select(_ =>
                    Enumerable.Range(0, random.Below(at++, 14)).Select(_ => random.Below(at++, words)).ToArray()
                ),
        ];
        var options = new ClassifierOptions
        {
            HiddenSize = 21,
            Bidirectional = bidirectional,
            Pooling = pooling,
            Classes = classes,
        };
        var table = EmbeddingTable.Random(words, 33, 8);
        foreach (ref float v in table.Rows.Span)
            v *= 30;
        return (new TextClassifier(options, table, 2), RaggedIds.From(texts));
    }

    /// <summary>The path that training takes, without dropout.</summary>
    private static float[] Forward(TextClassifier model, RaggedIds texts)
    {
        int k = model.Options.OutputSize;
        var layers = new ModelLayers(model, trains: true);
        layers.PackForward();
        var plan = new BatchPlan(1, 1, 1);
        plan.Build(texts, [.. Enumerable.Range(0, texts.Count)]);
        ShardWorkspace work = layers.CreateWorkspace();
        InputProjection inputs = new TokenProjection(layers, new HashSet<ParameterGroup>(), 1);
        inputs.Begin(texts, plan, default);
        work.Layout.Build(plan.Length.AsSpan(0, texts.Count));
        layers.Forward(work, new LayerPass(default, default, inputs));
        var probabilities = new float[texts.Count * k];
        for (int i = 0; i < texts.Count; i++)
            Losses.Probabilities(work.LogitsOf(i), probabilities.AsSpan(plan.Text[i] * k, k));
        return probabilities;
    }
}
