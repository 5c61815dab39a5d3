using System.Text.Json;
using Firn.Kernels;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Model;

[Trait("Kernels", "all")]
public sealed class ClassifierParityTests
{
    private static readonly HashSet<ParameterGroup> Everything =
    [
        ParameterGroup.Embedding,
        ParameterGroup.Encoder,
        ParameterGroup.Dense,
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, 18)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_loss_every_gradient_and_ten_steps_of_Adam_equal_PyTorch(int index) =>
        Check(index, eachToken: false);

    [Theory]
    [MemberData(nameof(Cases))]
    public void So_they_do_when_each_token_is_projected_by_itself(int index) => Check(index, eachToken: true);

    public static TheoryData<int> Encoders => [.. Enumerable.Range(0, 16)];

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Other_encoders_equal_PyTorch_too(int index) => Check(index, eachToken: false, "encoders.json");

    [Theory]
    [MemberData(nameof(Encoders))]
    public void And_when_each_token_is_projected_by_itself(int index) => Check(index, eachToken: true, "encoders.json");

    private static void Check(int index, bool eachToken, string file = "classifiers.json")
    {
        JsonElement golden = GoldenDraw.Cases(file)[index];
        GoldenClassifier c = GoldenClassifier.Read(golden);
        CheckScores(golden, c);
        CheckTraining(golden, c, eachToken, 1e-6);
    }

    /// <summary>The probabilities of the logits that the script gives.</summary>
    internal static float[] CheckScores(JsonElement golden, GoldenClassifier c)
    {
        float[] logits = GoldenDraw.Decode(golden.GetProperty("logits"));
        int k = c.Model.Options.OutputSize;
        var expected = new float[logits.Length];
        for (int i = 0; i < c.Texts.Count; i++)
            Losses.Probabilities(logits.AsSpan(i * k, k), expected.AsSpan(i * k, k));
        var probabilities = new float[logits.Length];
        c.Model.Predict(c.Texts, probabilities, threads: 2);
        GoldenDraw.Near(expected, probabilities, "probabilities");
        return expected;
    }

    /// <summary>Loss, every gradient, and all weights after ten steps of Adam.</summary>
    internal static void CheckTraining(JsonElement golden, GoldenClassifier c, bool eachToken, double tolerance)
    {
        var work = new TrainingWorkspace(c.Model, Everything, threads: 2, eachToken);
        int[] batch = [.. Enumerable.Range(0, c.Texts.Count)];
        BatchResult result = work.ForwardBackward(c.Texts, batch, c.Labels, c.Weights, seed: 1, step: 1);
        double loss = golden.GetProperty("loss").GetDouble();
        Assert.Equal(loss, result.LossSum / batch.Length, tolerance * loss + 1e-7);
        foreach (JsonProperty p in golden.GetProperty("gradients").EnumerateObject())
            GoldenDraw.Near(GoldenDraw.Decode(p.Value), Gradient(work, c.Model[p.Name]), "gradient of " + p.Name);
        var adam = new Adam(c.Model, Everything) { LearningRate = 0.01 };
        for (int step = 1; step <= 10; step++)
        {
            work.ForwardBackward(c.Texts, batch, c.Labels, c.Weights, seed: 1, step);
            adam.Step(work);
        }
        foreach (JsonProperty p in golden.GetProperty("after").EnumerateObject())
            GoldenDraw.Near(GoldenDraw.Decode(p.Value), c.Model[p.Name].Values.Span, p.Name + " after ten steps");
    }

    internal static float[] Gradient(TrainingWorkspace work, Parameter parameter)
    {
        if (parameter.Group != ParameterGroup.Embedding)
            return work.GradientOf(parameter).ToArray();
        var dense = new float[parameter.Values.Length];
        SparseRows rows = work.EmbeddingGradient!;
        for (int i = 0; i < rows.Count; i++)
            rows[i].CopyTo(dense.AsSpan(rows.Rows[i] * rows.Width));
        return dense;
    }
}

/// <summary>A classifier, its texts and labels as tools/golden/model_lstm.py draws them.</summary>
internal sealed record GoldenClassifier(TextClassifier Model, RaggedIds Texts, int[] Labels, float[] Weights)
{
    public static GoldenClassifier Read(JsonElement golden)
    {
        int e = golden.GetProperty("e").GetInt32(),
            h = golden.GetProperty("h").GetInt32(),
            rows = golden.GetProperty("rows").GetInt32();
        int n = golden.GetProperty("texts").GetInt32(),
            classes = golden.GetProperty("classes").GetInt32();
        Pooling pooling = golden.GetProperty("pooling").GetString() switch
        {
            "mean" => Pooling.Mean,
            "max" => Pooling.Max,
            "attention" => Pooling.Attention,
            _ => Pooling.LastState,
        };
        var options = new ClassifierOptions
        {
            HiddenSize = h,
            Classes = classes,
            Pooling = pooling,
            Bidirectional = golden.GetProperty("both").GetBoolean(),
            EmbeddingDropout = 0,
            InputDropout = 0,
            RecurrentDropout = 0,
        };
        if (golden.TryGetProperty("encoder", out JsonElement encoder))
        {
            options = options with
            {
                Encoder = Enum.Parse<EncoderKind>(encoder.GetString()!, ignoreCase: true),
                Layers = golden.GetProperty("layers").GetInt32(),
                Dense = [.. golden.GetProperty("dense").EnumerateArray().Select(u => u.GetInt32())],
                DenseActivation = Enum.Parse<Activation>(
                    golden.GetProperty("activation").GetString()!,
                    ignoreCase: true
                ),
                Widths = [.. golden.GetProperty("widths").EnumerateArray().Select(w => w.GetInt32())],
            };
        }
        var draw = new GoldenDraw(golden.GetProperty("seed").GetUInt32());
        float[] table = draw.Array(rows * e, 2);
        table.AsSpan(0, e).Clear();
        var model = new TextClassifier(options, new EmbeddingTable([.. Enumerable.Range(0, rows)], table, e), seed: 5);
        foreach (Parameter parameter in model.Parameters.Where(p => p.Group != ParameterGroup.Embedding))
        {
            float scale = parameter.Name is "attention.context" or "dense.kernel" ? 2 : 1;
            draw.Array(parameter.Values.Length, scale).CopyTo(parameter.Values);
        }
        int[] lengths = [.. Enumerable.Range(0, n).Select(_ => draw.Integer() % 7)];
        lengths[0] = 6;
        lengths[3] = 0;
        int[][] texts =
        [
            .. lengths.Select(length => Enumerable.Range(0, length).Select(_ => draw.Integer() % rows).ToArray()),
        ];
        int[] labels = [.. Enumerable.Range(0, n).Select(_ => draw.Integer() % classes)];
        float[] weights = [.. Enumerable.Range(0, classes).Select(k => 1 + 0.5f * k)];
        return new GoldenClassifier(model, RaggedIds.From(texts), labels, weights);
    }
}
