using System.Text.Json;
using Firn.Interop.Keras;

namespace Firn.Tests.Interop.Keras;

/// <summary>Public models, imported as a user imports them, answer what their references and authors say.</summary>
public sealed class KerasModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-import-").FullName;

    public static TheoryData<string> Models => [.. KerasZoo.Names];

    public static TheoryData<string> ModelsWithTexts =>
        [.. KerasZoo.Names.Except(["emotions-simplernn-k38", "spam-gru-mask-k313"])];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Models))]
    public void A_public_model_scores_ids_as_its_reference(string name)
    {
        JsonElement reference = KerasZoo.Reference(name),
            ids = reference.GetProperty("ids"),
            outputs = reference.GetProperty("outputs");
        string bundle = Path.Combine(_folder, "bundle");
        using (Predictor imported = KerasModel.Import(KerasZoo.ModelOf(name), KerasZoo.Options(name)))
            imported.Save(bundle);
        using var predictor = Predictor.Load(bundle);
        double most = 0;
        for (int row = 0; row < ids.GetArrayLength(); row++)
            most = Math.Max(most, Difference(Expected(outputs[row]), Score(predictor, ids[row])));
        Assert.InRange(most, 0, name == "farm-tweets-lstm-k28" ? 2e-5 : 1e-5);
        if (!reference.TryGetProperty("keras_outputs_from_author_notebook", out JsonElement printed))
            return;
        foreach (JsonElement shown in printed.EnumerateArray())
            Assert.Equal(
                shown.GetProperty("keras_float32_printed_by_author").GetDouble(),
                Score(predictor, shown.GetProperty("ids"))[0],
                2e-6
            );
    }

    [Theory]
    [MemberData(nameof(ModelsWithTexts))]
    public void A_public_model_scores_texts_as_its_author(string name)
    {
        JsonElement reference = KerasZoo.Reference(name),
            texts = reference.GetProperty("texts");
        using Predictor predictor = KerasModel.Import(KerasZoo.ModelOf(name), KerasZoo.Options(name));
        for (int row = 0; row < texts.GetArrayLength(); row++)
        {
            if (texts[row].GetString() is { } text)
                Assert.InRange(
                    Difference(Expected(reference.GetProperty("outputs")[row]), predictor.Predict(text).Probabilities),
                    0,
                    2e-5
                );
        }
    }

    private static float[] Score(Predictor predictor, JsonElement row)
    {
        int[] ids = [.. row.EnumerateArray().Select(i => i.GetInt32())];
        return predictor.Probabilities(predictor.IdsOf([ids]));
    }

    /// <summary>A row of numbers; of an answer for each step, the first.</summary>
    private static double[] Expected(JsonElement output)
    {
        JsonElement row = output.ValueKind == JsonValueKind.Object ? output.GetProperty("first")[0] : output;
        return [.. row.EnumerateArray().Select(v => v.GetDouble())];
    }

    private static double Difference(double[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        return expected.Zip(found, (e, f) => Math.Abs(e - f)).Max();
    }
}
