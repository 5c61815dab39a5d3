using System.Text.Json;
using Firn.Layers;
using Firn.Model;
using Firn.Tests.Model;
using Firn.Text;
using Firn.Training;

namespace Firn.Tests.Training;

/// <summary>A thawed table against PyTorch: tools/golden/thaw_rows.py, case by case.</summary>
public class ThawGoldenTests
{
    private const int E = 7,
        H = 5,
        Rows = 12,
        Texts = 24,
        Batch = 6,
        Steps = 10;
    private const double Rate = 0.02;
    private static readonly int[] RowOf = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 3, 3, 7, 0];
    private static readonly HashSet<ParameterGroup> Body = [ParameterGroup.Encoder, ParameterGroup.Dense];
    private static readonly HashSet<ParameterGroup> Everything = [ParameterGroup.Embedding, .. Body];

    [Theory]
    [InlineData("lazy")]
    [InlineData("dense")]
    [InlineData("lazy, every row in every batch")]
    public void The_gradient_of_the_table_equals_the_sparse_and_the_dense_one(string name)
    {
        JsonElement golden = Case(name);
        (TextClassifier model, RaggedIds texts, int[] labels) = Draw(golden);
        foreach (bool eachToken in (bool[])[false, true])
        {
            var work = new TrainingWorkspace(model, Everything, 2, eachToken);
            work.ForwardBackward(texts, BatchOf(0), labels, [], seed: 1, step: 1);
            var dense = new float[Rows * E];
            SparseRows rows = work.EmbeddingGradient!;
            Assert.Equal(rows.Count, rows.Rows.Take(rows.Count).Distinct().Count()); // tied words are summed
            for (int i = 0; i < rows.Count; i++)
                rows[i].CopyTo(dense.AsSpan(rows.Rows[i] * E));
            GoldenDraw.Near(GoldenDraw.Decode(golden.GetProperty("gradient_sparse")), dense, "sparse gradient");
            GoldenDraw.Near(GoldenDraw.Decode(golden.GetProperty("gradient_dense")), dense, "dense gradient");
        }
    }

    [Theory]
    [InlineData("lazy")]
    [InlineData("rule")]
    [InlineData("pull")]
    [InlineData("thaw")]
    [InlineData("rates")]
    [InlineData("everything")]
    [InlineData("lazy, every row in every batch")]
    public void Ten_steps_equal_SparseAdam_beside_Adam(string name)
    {
        JsonElement golden = Case(name);
        Check(golden, Train(golden));
    }

    [Fact]
    public void Where_every_row_is_in_every_batch_lazy_rows_equal_dense_Adam() =>
        Check(Case("dense, every row in every batch"), Train(Case("lazy, every row in every batch")));

    [Fact]
    public void Elsewhere_dense_Adam_goes_on_moving_rows_that_a_batch_lacks()
    {
        float[] dense = GoldenDraw.Decode(Case("dense").GetProperty("after").GetProperty("embedding.rows"));
        ReadOnlySpan<float> lazy = Train(Case("lazy")).Embedding.Rows.Span;
        double largest = 0;
        for (int i = 0; i < dense.Length; i++)
            largest = Math.Max(largest, Math.Abs(dense[i] - lazy[i]));
        Assert.InRange(largest, Rate / 2, Steps * Rate);
    }

    private static void Check(JsonElement golden, TextClassifier model)
    {
        foreach (JsonProperty p in golden.GetProperty("after").EnumerateObject())
        {
            // A lone bias may end near zero: then the way it went, not where it stands, is the measure of its rounding.
            float[] expected = GoldenDraw.Decode(p.Value);
            double tolerance = 1e-5 * Math.Max(1, Steps * Rate / expected.Max(Math.Abs));
            GoldenDraw.Near(expected, model[p.Name].Values.Span, p.Name + " after ten steps", tolerance);
        }
    }

    private static TextClassifier Train(JsonElement golden)
    {
        (TextClassifier model, RaggedIds texts, int[] labels) = Draw(golden);
        int thawAfter = golden.GetProperty("thaw_after").GetInt32();
        MovableRows? movable = golden.GetProperty("rows") is { ValueKind: JsonValueKind.Array } rows
            ? new MovableRows(Rows, rows.EnumerateArray().Select(r => r.GetInt32()))
            : null;
        float pull = (float)golden.GetProperty("pull").GetDouble();
        var phase = new ThawPhase
        {
            Trainable = Everything,
            EmbeddingRate = golden.GetProperty("embedding_rate").GetDouble(),
            EncoderRate = golden.GetProperty("lstm_rate").GetDouble(),
        };
        float[] start = model.Embedding.Rows.ToArray();
        var work = new TrainingWorkspace(model, Body, 2);
        var adam = new Adam(model, Body) { LearningRate = Rate, RateOf = phase.RateOf };
        for (int step = 0; step < Steps; step++)
        {
            if (step == thawAfter)
            {
                work = new TrainingWorkspace(model, Everything, 2, movable: movable);
                adam = new Adam(model, Everything, adam, movable)
                {
                    LearningRate = Rate,
                    RateOf = phase.RateOf,
                    Pull = pull > 0 ? new RowAnchor(pull, start) : null,
                };
            }
            work.ForwardBackward(texts, BatchOf(step), labels, [], seed: 1, step);
            adam.Step(work);
        }
        return model;
    }

    private static int[] BatchOf(int step) => [.. Enumerable.Range(step * Batch % Texts, Batch)];

    private static JsonElement Case(string name) =>
        GoldenDraw.Cases("thaw_rows.json").Single(c => c.GetProperty("name").GetString() == name);

    private static (TextClassifier Model, RaggedIds Texts, int[] Labels) Draw(JsonElement golden)
    {
        var draw = new GoldenDraw(golden.GetProperty("seed").GetUInt32());
        float[] table = draw.Array(Rows * E, 2);
        table.AsSpan(0, E).Clear();
        var options = new ClassifierOptions
        {
            HiddenSize = H,
            EmbeddingDropout = 0,
            InputDropout = 0,
            RecurrentDropout = 0,
        };
        var model = new TextClassifier(options, new EmbeddingTable(RowOf, table, E), seed: 5);
        foreach (Parameter parameter in model.Parameters.Where(p => p.Group != ParameterGroup.Embedding))
            draw.Array(parameter.Values.Length, parameter.Name == "dense.kernel" ? 2 : 1).CopyTo(parameter.Values);
        int[] lengths = [.. Enumerable.Range(0, Texts).Select(_ => 1 + draw.Integer() % 5)];
        int[][] texts =
        [
            .. lengths.Select(length =>
                Enumerable.Range(0, length).Select(_ => draw.Integer() % RowOf.Length).ToArray()
            ),
        ];
        if (golden.GetProperty("cover").GetBoolean())
        {
            for (int b = 0; b < Texts; b += Batch)
                texts[b] = [.. Enumerable.Range(0, RowOf.Length)];
        }
        int[] labels = [.. Enumerable.Range(0, Texts).Select(_ => draw.Integer() % 2)];
        return (model, RaggedIds.From(texts), labels);
    }
}
