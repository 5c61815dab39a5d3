using Firn.Kernels;
using Firn.Layers;
using Firn.Model;
using Firn.Tests.Kernels;
using Firn.Text;

namespace Firn.Tests.Model;

[Trait("Kernels", "all")]
public class TrainingWorkspaceTests
{
    private static readonly HashSet<ParameterGroup> All =
    [
        ParameterGroup.Embedding,
        ParameterGroup.Encoder,
        ParameterGroup.Dense,
    ];

    [Theory]
    [InlineData(19, 0.4)]
    [InlineData(28, 0.5)] // few enough values left, and columns that fit, for the products that skip zeros
    public void Gradients_with_every_dropout_equal_the_reference_under_the_same_masks(int h, double rate)
    {
        const int e = 37,
            n = 20;
        var options = new ClassifierOptions
        {
            HiddenSize = h,
            EmbeddingDropout = rate,
            InputDropout = 0.3,
            RecurrentDropout = 0.25,
        };
        var model = new TextClassifier(options, EmbeddingTable.Random(30, e, 2), 3);
        (RaggedIds texts, int[] labels) = Corpus(n, 9, 30);
        var work = new TrainingWorkspace(model, All, 1);
        int[] batch = [.. Enumerable.Range(0, n).Reverse()];
        work.ForwardBackward(texts, batch, labels, [], seed: 8, step: 21);

        var dropout = new StepDropout(rate, tied: false, new CounterRandom(8).Derive(21));
        var lstm = new ReferenceLstm<double>(D("lstm.kernel"), D("lstm.recurrent_kernel"), D("lstm.bias"), e, h);
        var dTable = new double[30 * e];
        for (int place = 0; place < n; place++)
        {
            int[] ids = texts[batch[place]].ToArray();
            var mask = new float[ids.Length * e];
            var inputMask = new float[e];
            var recurrentMask = new float[h];
            DropoutMask.Fill(dropout.Input(default, place), 0, 0.3, inputMask);
            DropoutMask.Fill(dropout.Recurrent(default, place), 0, 0.25, recurrentMask);
            for (int p = 0; p < ids.Length; p++)
                DropoutMask.Fill(
                    dropout.Embedding(place),
                    (ulong)p * DropoutMask.Counters(e),
                    rate,
                    mask.AsSpan(p * e, e)
                );
            double[] x =
            [
                .. Enumerable
                    .Range(0, ids.Length * e)
                    .Select(i => (double)model.Embedding.VectorOf(ids[i / e])[i % e] * mask[i] * inputMask[i % e]),
            ];
            double[] y = lstm.Forward(x, new double[h], new double[h], GemmTests.Doubles(recurrentMask));
            double z = model["dense.bias"].Values.Span[0];
            for (int j = 0; j < h && ids.Length > 0; j++)
                z += y[^(h - j)] * model["dense.kernel"].Values.Span[j];
            double dz = (Reference.Sigmoid(z) - labels[batch[place]]) / n;
            var dy = new double[y.Length];
            for (int j = 0; j < h && ids.Length > 0; j++)
                dy[^(h - j)] = dz * model["dense.kernel"].Values.Span[j];
            lstm.Backward(dy);
            for (int i = 0; i < ids.Length * e; i++)
                dTable[ids[i / e] * e + i % e] += ids[i / e] == 0 ? 0 : lstm.DInput[i] * mask[i] * inputMask[i % e];
        }
        Near(lstm.DKernel, work.GradientOf(model["lstm.kernel"]));
        Near(lstm.DRecurrent, work.GradientOf(model["lstm.recurrent_kernel"]));
        Near(lstm.DBias, work.GradientOf(model["lstm.bias"]));
        var table = new float[dTable.Length];
        for (int i = 0; i < work.EmbeddingGradient!.Count; i++)
            work.EmbeddingGradient[i].CopyTo(table.AsSpan(work.EmbeddingGradient.Rows[i] * e));
        Near(dTable, table);

        double[] D(string name) => GemmTests.Doubles(model[name].Values.Span);
    }

    [Theory]
    [InlineData(false, 0.4)]
    [InlineData(true, 0.4)]
    [InlineData(true, 0)]
    public void Projecting_each_distinct_word_once_equals_projecting_each_token(bool bidirectional, double rate)
    {
        var options = new ClassifierOptions
        {
            HiddenSize = 18,
            Bidirectional = bidirectional,
            EmbeddingDropout = rate,
            TiedEmbeddingDropout = true,
            InputDropout = 0,
        };
        var model = new TextClassifier(options, EmbeddingTable.Random(50, 21, 5), 6);
        (RaggedIds texts, int[] labels) = Corpus(200, 12, 50);
        int[] batch = [.. Enumerable.Range(0, texts.Count)];
        var words = new TrainingWorkspace(model, All, 2);
        var tokens = new TrainingWorkspace(model, All, 2, projectEachToken: true);
        for (int step = 0; step < 2; step++)
        {
            double loss = words.ForwardBackward(texts, batch.AsSpan(step), labels, [], 4, step).LossSum;
            Assert.Equal(tokens.ForwardBackward(texts, batch.AsSpan(step), labels, [], 4, step).LossSum, loss, 1e-4);
        }
        foreach (Parameter p in model.Parameters.Where(p => p.Group != ParameterGroup.Embedding))
            GoldenDraw.Near(tokens.GradientOf(p), words.GradientOf(p), p.Name, 3e-6);
        SparseRows a = tokens.EmbeddingGradient!,
            b = words.EmbeddingGradient!;
        Assert.Equal(a.Rows[..a.Count], b.Rows[..b.Count]);
        GoldenDraw.Near(a.Values.AsSpan(0, a.Count * a.Width), b.Values.AsSpan(0, b.Count * b.Width), "rows", 3e-6);
    }

    [Theory]
    [InlineData(Pooling.LastState, false, 0.2)]
    [InlineData(Pooling.Attention, true, 0.2)]
    [InlineData(Pooling.LastState, true, 0)]
    public void Training_is_bit_identical_on_any_number_of_threads(
        Pooling pooling,
        bool bidirectional,
        double inputDropout
    )
    {
        float[]? first = null;
        foreach (int threads in new[] { 1, 2, 3, 8 })
        {
            (TextClassifier model, RaggedIds texts, int[] labels) = Small(pooling, bidirectional, inputDropout);
            var work = new TrainingWorkspace(model, All, threads);
            var adam = new Adam(model, All);
            int[] batch = [.. Enumerable.Range(0, texts.Count)];
            for (int step = 0; step < 3; step++)
            {
                work.ForwardBackward(texts, batch, labels, [], 4, step);
                work.ClipByGlobalNorm(0.05);
                adam.Step(work);
            }
            float[] weights = [.. model.Parameters.SelectMany(p => p.Values.ToArray())];
            first ??= weights;
            Assert.True(weights.AsSpan().SequenceEqual(first), $"{threads} threads");
            Assert.DoesNotContain(weights, w => !float.IsFinite(w));
        }
    }

    [Theory]
    [InlineData(ParameterGroup.Embedding)]
    [InlineData(ParameterGroup.Encoder)]
    [InlineData(ParameterGroup.Dense)]
    [InlineData(ParameterGroup.Embedding, ParameterGroup.Dense)]
    [InlineData(ParameterGroup.Encoder, ParameterGroup.Dense)]
    public void A_group_that_trains_alone_gets_the_gradient_it_gets_with_all_and_the_others_stay(
        params ParameterGroup[] groups
    )
    {
        (TextClassifier model, RaggedIds texts, int[] labels) = Small(Pooling.Attention, true);
        int[] batch = [.. Enumerable.Range(0, texts.Count)];
        HashSet<ParameterGroup> some = [.. groups];
        var all = new TrainingWorkspace(model, All, 1);
        var work = new TrainingWorkspace(model, some, 2);
        all.ForwardBackward(texts, batch, labels, [], 4, 1);
        work.ForwardBackward(texts, batch, labels, [], 4, 1);
        foreach (Parameter p in model.Parameters.Where(p => p.Group != ParameterGroup.Embedding))
        {
            Assert.Equal(some.Contains(p.Group), !work.GradientOf(p).IsEmpty);
            if (some.Contains(p.Group))
                Assert.True(work.GradientOf(p).SequenceEqual(all.GradientOf(p)), p.Name);
        }
        Assert.Equal(some.Contains(ParameterGroup.Embedding), work.EmbeddingGradient is not null);
        if (work.EmbeddingGradient is { } rows)
            Assert.True(
                rows.Values.AsSpan(0, rows.Count * rows.Width)
                    .SequenceEqual(all.EmbeddingGradient!.Values.AsSpan(0, rows.Count * rows.Width))
            );

        Dictionary<string, float[]> before = model.Parameters.ToDictionary(p => p.Name, p => p.Values.ToArray());
        new Adam(model, some).Step(work);
        foreach (Parameter p in model.Parameters)
            Assert.Equal(!some.Contains(p.Group), p.Values.Span.SequenceEqual(before[p.Name]));
    }

    [Fact]
    public void The_zero_row_gets_no_gradient_and_stays_zero()
    {
        (TextClassifier model, RaggedIds texts, int[] labels) = Small(Pooling.Mean, false);
        Assert.Contains(0, texts.Ids);
        var work = new TrainingWorkspace(model, All, 2);
        work.ForwardBackward(texts, [.. Enumerable.Range(0, texts.Count)], labels, [], 4, 1);
        Assert.DoesNotContain(0, work.EmbeddingGradient!.Rows[..work.EmbeddingGradient.Count]);
        new Adam(model, All).Step(work);
        Assert.Equal(-1, model.Embedding.VectorOf(0).IndexOfAnyExcept(0f));
    }

    [Fact]
    public void Clipping_leaves_the_direction_and_sets_the_norm()
    {
        (TextClassifier model, RaggedIds texts, int[] labels) = Small(Pooling.LastState, false);
        var work = new TrainingWorkspace(model, All, 2);
        work.ForwardBackward(texts, [.. Enumerable.Range(0, texts.Count)], labels, [], 4, 1);
        float[] before = work.Gradients.All.ToArray();
        double norm = work.ClipByGlobalNorm(1e9);
        Assert.True(before.AsSpan().SequenceEqual(work.Gradients.All));
        Assert.Equal(norm, work.ClipByGlobalNorm(norm / 3), 1e-6 * norm);
        Assert.Equal(norm / 3, work.ClipByGlobalNorm(1e9), 1e-6 * norm);
        for (int i = 0; i < before.Length; i++)
            Assert.Equal(before[i] / 3, work.Gradients.All[i], 1e-6f);
    }

    [Fact]
    public void A_batch_of_empty_texts_alone_works()
    {
        (TextClassifier model, _, _) = Small(Pooling.Max, true);
        RaggedIds texts = RaggedIds.From([
            [],
            [],
        ]);
        BatchResult result = new TrainingWorkspace(model, All, 2).ForwardBackward(texts, [0, 1], [0, 1], [], 1, 1);
        Assert.Equal(2 * Math.Log(2), result.LossSum, 1e-6); // zero features: logit 0
        Assert.Equal((1, 0L), (result.Correct, result.Tokens));
        var probabilities = new float[2];
        model.Predict(texts, probabilities);
        Assert.All(probabilities, p => Assert.Equal(0.5f, p, 1e-6f));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_of_padded_texts_trains_and_scores_as_on_pads_written_out(bool thawed)
    {
        const int length = 24;
        HashSet<ParameterGroup> groups = thawed ? All : [ParameterGroup.Encoder, ParameterGroup.Dense];
        var options = new ClassifierOptions { HiddenSize = 20 };
        (RaggedIds texts, int[] labels) = Corpus(90, 30, 50); // some longer than the padded length
        RaggedIds longhand = RaggedIds.From([
            .. Enumerable
                .Range(0, texts.Count)
                .Select(i =>
                    (int[])
                        [
                            .. new int[Math.Max(0, length - texts.LengthOf(i))],
                            .. texts[i][^Math.Min(length, texts.LengthOf(i))..],
                        ]
                ),
        ]);
        var plain = new TextClassifier(options, EmbeddingTable.Random(50, 21, 5), 6);
        var padded = new TextClassifier(options with { PaddedLength = length }, EmbeddingTable.Random(50, 21, 5), 6);
        TrainingWorkspace a = new(plain, groups, 2),
            b = new(padded, groups, 2);
        Adam first = new(plain, groups),
            second = new(padded, groups);
        int[] batch = [.. Enumerable.Range(0, texts.Count).Reverse()];
        for (int step = 0; step < 3; step++)
        {
            BatchResult expected = a.ForwardBackward(longhand, batch.AsSpan(step), labels, [], 4, step),
                result = b.ForwardBackward(texts, batch.AsSpan(step), labels, [], 4, step);
            Assert.Equal(expected.LossSum, result.LossSum);
            Assert.Equal(batch[step..].Sum(i => (long)Math.Min(length, texts.LengthOf(i))), result.Tokens);
            first.Step(a);
            second.Step(b);
        }
        for (int i = 0; i < plain.Parameters.Count; i++)
            Assert.True(
                plain.Parameters[i].Values.Span.SequenceEqual(padded.Parameters[i].Values.Span),
                plain.Parameters[i].Name
            );
        RaggedIds cut = RaggedIds.From([
            .. Enumerable.Range(0, texts.Count).Select(i => texts[i][^Math.Min(length, texts.LengthOf(i))..].ToArray()),
        ]);
        float[] written = new float[texts.Count],
            skipped = new float[texts.Count];
        plain.Predict(longhand, written);
        padded.Predict(cut, skipped);
        Assert.Equal(written, skipped);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Nothing_is_allocated_once_warm(int threads)
    {
        (TextClassifier model, RaggedIds texts, int[] labels) = Small(Pooling.LastState, false);
        var work = new TrainingWorkspace(model, All, threads);
        var adam = new Adam(model, All);
        int[] batch = [.. Enumerable.Range(0, texts.Count)];
        int step = 0;
        for (; step < 30; step++)
            Step(step);
        Assert.Equal(
            0,
            Allocations.Of(() =>
            {
                for (int end = step + 10; step < end; step++)
                    Step(step);
            })
        );

        void Step(int step)
        {
            work.ForwardBackward(texts, batch, labels, [], 1, step);
            adam.Step(work);
        }
    }

    [Fact]
    public void Adam_carries_the_moments_of_weights_that_trained_before()
    {
        (TextClassifier a, RaggedIds texts, int[] labels) = Small(Pooling.LastState, false);
        (TextClassifier b, _, _) = Small(Pooling.LastState, false);
        HashSet<ParameterGroup> frozen = [ParameterGroup.Encoder, ParameterGroup.Dense];
        int[] batch = [.. Enumerable.Range(0, texts.Count)];
        var whole = new Adam(a, frozen);
        Adam handed = new(b, frozen);
        for (int step = 0; step < 4; step++)
        {
            Step(a, whole, step);
            if (step == 2)
                handed = new Adam(b, frozen, handed);
            Step(b, handed, step);
        }
        Assert.True(a["lstm.kernel"].Values.Span.SequenceEqual(b["lstm.kernel"].Values.Span));

        void Step(TextClassifier model, Adam adam, int step)
        {
            var work = new TrainingWorkspace(model, frozen, 1);
            work.ForwardBackward(texts, batch, labels, [], 1, step);
            adam.Step(work);
        }
    }

    private static (TextClassifier, RaggedIds, int[]) Small(
        Pooling pooling,
        bool bidirectional,
        double inputDropout = 0.2
    )
    {
        var options = new ClassifierOptions
        {
            HiddenSize = 18,
            Bidirectional = bidirectional,
            Pooling = pooling,
            InputDropout = inputDropout,
            TiedEmbeddingDropout = inputDropout == 0,
        };
        (RaggedIds texts, int[] labels) = Corpus(200, 12, 50);
        return (new TextClassifier(options, EmbeddingTable.Random(50, 21, 5), 6), texts, labels);
    }

    private static (RaggedIds, int[]) Corpus(int n, int longest, int vocabulary)
    {
        var random = new CounterRandom(40);
        ulong at = 0;
        int[][] texts =
        [
            .. Enumerable
                .Range(0, n)
                .Select(_ =>
                    Enumerable
                        .Range(0, random.Below(at++, longest + 1))
                        .Select(_ => random.Below(at++, vocabulary))
                        .ToArray()
                ),
        ];
        return (RaggedIds.From(texts), [.. Enumerable.Range(0, n).Select(_ => random.Below(at++, 2))]);
    }

    private static void Near(double[] expected, ReadOnlySpan<float> actual) =>
        GoldenDraw.Near([.. expected.Select(v => (float)v)], actual, "gradient");
}
