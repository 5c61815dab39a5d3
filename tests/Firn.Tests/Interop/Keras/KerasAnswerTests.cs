using System.Text.Json;
using Firn.Interop.Keras;

namespace Firn.Tests.Interop.Keras;

/// <summary>What was read of each public model is enough to answer as its reference does.</summary>
public class KerasAnswerTests
{
    public static TheoryData<string> Models =>
        [
            .. KerasGolden
                .Root.GetProperty("models")
                .EnumerateObject()
                .Select(m => m.Name)
                .Where(n => n.StartsWith("keras_zoo/", StringComparison.Ordinal)),
        ];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_public_model_answers_as_its_reference(string name)
    {
        string path = Data.Path(name);
        string reference = Path.Combine(Path.GetDirectoryName(path)!, "reference.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(reference));
        JsonElement root = document.RootElement,
            ids = root.GetProperty("ids"),
            outputs = root.GetProperty("outputs");
        KerasFile file = KerasFile.Load(path);
        for (int row = 0; row < ids.GetArrayLength(); row++)
            AssertEqual(outputs[row], KerasReference.Answer(file, Ids(ids[row])));
        if (!root.TryGetProperty("keras_outputs_from_author_notebook", out JsonElement printed))
            return;
        foreach (JsonElement shown in printed.EnumerateArray())
        {
            double[][] answer = KerasReference.Answer(file, Ids(shown.GetProperty("ids")));
            Assert.Equal(shown.GetProperty("keras_float32_printed_by_author").GetDouble(), answer[0][0], 1e-6);
        }
    }

    [Theory]
    [InlineData("lstm_imdb_keras2.15.h5", "lstm_imdb_reference.json")]
    [InlineData("lstm_reviews_id_keras3.14.h5", "lstm_reviews_id_reference.json")]
    public void An_lstm_answers_as_its_reference(string model, string reference)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Data.Path("keras/" + reference)));
        KerasFile file = KerasFile.Load(Data.Path("keras/" + model));
        JsonElement inputs = document.RootElement.GetProperty("inputs");
        JsonElement outputs = document.RootElement.GetProperty("outputs");
        for (int row = 0; row < inputs.GetArrayLength(); row++)
        {
            double[][] answer = KerasReference.Answer(file, Ids(inputs[row]));
            Assert.Equal(outputs[row][0].GetDouble(), answer[0][0], 1e-8);
        }
    }

    /// <summary>
    /// A row of numbers; or of an answer for each step the shape, the first and last ones and the mean.
    /// </summary>
    private static void AssertEqual(JsonElement expected, double[][] actual)
    {
        if (expected.ValueKind == JsonValueKind.Array)
        {
            AssertRow(expected, Assert.Single(actual));
            return;
        }
        Assert.Equal([actual.Length, actual[0].Length], Ids(expected.GetProperty("shape")));
        for (int i = 0; i < 3; i++)
        {
            AssertRow(expected.GetProperty("first")[i], actual[i]);
            AssertRow(expected.GetProperty("last")[i], actual[actual.Length - 3 + i]);
        }
        Assert.Equal(expected.GetProperty("mean").GetDouble(), actual.SelectMany(r => r).Average(), 1e-10);
    }

    private static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(i => i.GetInt32())];

    private static void AssertRow(JsonElement expected, double[] actual)
    {
        Assert.Equal(expected.GetArrayLength(), actual.Length);
        for (int i = 0; i < actual.Length; i++)
            Assert.Equal(expected[i].GetDouble(), actual[i], 1e-10);
    }
}
