using System.Text.Json;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Model;

/// <summary>Models as lists of layers, against tools/golden/model_layers.py.</summary>
[Trait("Kernels", "all")]
public sealed class LayerGoldenTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, GoldenDraw.Cases("layers.json").Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_equal_PyTorch(int index)
    {
        JsonElement golden = GoldenDraw.Cases("layers.json")[index];
        GoldenClassifier c = Read(golden);
        float[] expected = ClassifierParityTests.CheckScores(golden, c),
            probabilities = new float[expected.Length];
        int k = c.Model.Options.OutputSize;
        var folded = new Scorer(c.Model);
        ScoringWorkspace work = folded.CreateWorkspace();
        for (int i = 0; i < c.Texts.Count; i++)
            folded.Score(c.Texts[i], work, probabilities.AsSpan(i * k, k));
        GoldenDraw.Near(expected, probabilities, "probabilities of single texts");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_every_gradient_and_ten_steps_of_Adam_equal_PyTorch(int index) => Trains(index, eachToken: false);

    [Theory]
    [MemberData(nameof(Cases))]
    public void So_they_do_when_each_token_is_projected_by_itself(int index) => Trains(index, eachToken: true);

    private static void Trains(int index, bool eachToken)
    {
        JsonElement golden = GoldenDraw.Cases("layers.json")[index];
        ClassifierParityTests.CheckTraining(golden, Read(golden), eachToken, 2e-6);
    }

    /// <summary>The model, its texts and labels as the script draws them.</summary>
    internal static GoldenClassifier Read(JsonElement golden)
    {
        int Number(string name) => golden.GetProperty(name).GetInt32();
        int e = Number("e"),
            rows = Number("rows"),
            n = Number("texts"),
            longest = Number("longest"),
            shortest = Number("shortest");
        PaddedInput? padding = null;
        if (golden.TryGetProperty("padding", out JsonElement p))
        {
            bool Is(string name, string value) =>
                p.TryGetProperty(name, out JsonElement given) && given.GetString() == value;
            padding = new PaddedInput
            {
                Length = p.GetProperty("length").GetInt32(),
                Side = Is("side", "post") ? PaddingSide.Post : PaddingSide.Pre,
                Truncating = Is("truncating", "head") ? Truncation.Head : Truncation.Tail,
                Masked = p.TryGetProperty("masked", out JsonElement masked) && masked.GetBoolean(),
            };
        }
        var options = new ClassifierOptions
        {
            Model = LayerList.FromJson(golden.GetProperty("layers").GetRawText()),
            Padding = padding,
            Classes = Number("classes"),
            EmbeddingDropout = 0,
        };
        var draw = new GoldenDraw(golden.GetProperty("seed").GetUInt32());
        float[] table = draw.Array((rows + 1) * e, 2);
        table.AsSpan(0, e).Clear();
        var model = new TextClassifier(options, new EmbeddingTable([.. Enumerable.Range(1, rows)], table, e), seed: 5);
        foreach (JsonElement weight in golden.GetProperty("weights").EnumerateArray())
        {
            string name = weight[0].GetString()!;
            Parameter parameter = model[name];
            Assert.Equal(weight[1].EnumerateArray().Select(x => x.GetInt32()), parameter.Shape);
            float[] values = draw.Array(parameter.Values.Length, name == "dense.kernel" ? 2 : 1);
            if (name.EndsWith("variance", StringComparison.Ordinal))
                values = [.. values.Select(v => Math.Abs(v) + 0.5f)];
            values.CopyTo(parameter.Values);
        }
        Assert.Equal(golden.GetProperty("weights").GetArrayLength() + 1, model.Parameters.Count);
        int[] lengths = [.. Enumerable.Range(0, n).Select(_ => draw.Integer() % longest)];
        (lengths[0], lengths[3]) = (longest - 1, shortest);
        int low = padding is { Masked: true } ? 1 : 0;
        int[][] texts =
        [
            .. lengths.Select(length =>
                Enumerable
                    .Range(0, Math.Max(length, shortest))
                    .Select(_ => low + draw.Integer() % (rows - low))
                    .ToArray()
            ),
        ];
        int[] labels = [.. Enumerable.Range(0, n).Select(_ => draw.Integer() % options.Classes)];
        float[] classWeights = [.. Enumerable.Range(0, options.Classes).Select(c => 1 + 0.5f * c)];
        return new GoldenClassifier(model, RaggedIds.From(texts), labels, classWeights);
    }
}
