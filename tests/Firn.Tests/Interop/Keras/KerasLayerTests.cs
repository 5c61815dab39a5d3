using System.Text.Json;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Preprocessing;

namespace Firn.Tests.Interop.Keras;

/// <summary>
/// Every layer and option that is taken, in small models whose answers NumPy and PyTorch gave
/// (tools/golden/import_keras.py).
/// </summary>
public sealed class KerasLayerTests : IDisposable
{
    private static readonly JsonElement _s_cases = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "import_keras.json")))
        .RootElement;

    /// <summary>The models, for tests that damage them.</summary>
    internal static JsonElement All => _s_cases;

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-layers-").FullName;

    public static TheoryData<string> Cases =>
        [
            .. _s_cases
                .EnumerateArray()
                .Where(c => c.GetProperty("refused").ValueKind == JsonValueKind.Null)
                .Select(c => c.GetProperty("name").GetString()!),
        ];

    public static TheoryData<string> RefusedCases =>
        [
            .. _s_cases
                .EnumerateArray()
                .Where(c => c.GetProperty("refused").ValueKind != JsonValueKind.Null)
                .Select(c => c.GetProperty("name").GetString()!),
        ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_layer_answers_as_keras_does(string name)
    {
        JsonElement golden = Case(name),
            ids = golden.GetProperty("ids"),
            outputs = golden.GetProperty("outputs");
        using Predictor predictor = Import(golden, KerasStep.Last);
        for (int row = 0; row < ids.GetArrayLength(); row++)
            AssertEqual(Numbers(outputs[row], last: true), predictor, ids[row], $"{name}, text {row}");
    }

    [Fact]
    public void The_first_step_is_that_of_keras()
    {
        JsonElement golden = Case("a step of each");
        using Predictor predictor = Import(golden, KerasStep.First);
        for (int row = 0; row < golden.GetProperty("ids").GetArrayLength(); row++)
            AssertEqual(
                Numbers(golden.GetProperty("outputs")[row], last: false),
                predictor,
                golden.GetProperty("ids")[row],
                $"text {row}"
            );
    }

    [Theory]
    [MemberData(nameof(RefusedCases))]
    public void What_has_no_list_of_layers_is_refused_by_name(string name)
    {
        JsonElement golden = Case(name);
        var error = Assert.Throws<KerasImportException>(() => Import(golden, KerasStep.Last));
        Assert.Contains(golden.GetProperty("refused").GetString()!, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_bundle_of_branches_scores_the_same_when_it_is_loaded()
    {
        JsonElement golden = Case("mean and maximum, and a short way");
        string bundle = Path.Combine(_folder, "bundle");
        using (Predictor predictor = Import(golden, null))
            predictor.Save(bundle);
        using var loaded = Predictor.Load(bundle);
        for (int row = 0; row < golden.GetProperty("ids").GetArrayLength(); row++)
            AssertEqual(
                Numbers(golden.GetProperty("outputs")[row], last: true),
                loaded,
                golden.GetProperty("ids")[row],
                $"text {row}"
            );
    }

    private static JsonElement Case(string name) =>
        _s_cases.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

    private Predictor Import(JsonElement golden, KerasStep? step)
    {
        string path = KerasGolden.Write(golden, _folder, "model.h5");
        bool post = golden.GetProperty("padding").GetString() == "post";
        int units =
            golden.GetProperty("outputs").GetArrayLength() == 0
                ? 1
                : Numbers(golden.GetProperty("outputs")[0], last: true).Length;
        return KerasModel.Import(
            path,
            new KerasImportOptions
            {
                Tokenizer = "",
                Labels = [.. Enumerable.Range(0, Math.Max(units, 2)).Select(i => $"c{i}")],
                Padding = post ? KerasSide.Post : KerasSide.Pre,
                Step = step,
            }
        );
    }

    private static void AssertEqual(double[] expected, Predictor predictor, JsonElement row, string what)
    {
        int[] ids = [.. row.EnumerateArray().Select(i => i.GetInt32())];
        float[] found = predictor.Probabilities(predictor.IdsOf([ids]));
        if (found.Length == 1 && expected.Length == 2)
            expected = [expected[1]]; // a softmax of two is kept as one sigmoid
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < found.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) < 2e-6, $"{what}: {found[i]} where {expected[i]} is expected");
    }

    private static double[] Numbers(JsonElement output, bool last)
    {
        if (output[0].ValueKind == JsonValueKind.Array)
            output = last ? output[output.GetArrayLength() - 1] : output[0];
        return [.. output.EnumerateArray().Select(v => v.GetDouble())];
    }
}
