using System.Globalization;
using System.Net;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Server.Tests.Rest;

/// <summary>
/// Ids of a model that was made with pads and no mask: the pads are words, as the program that it comes from has it.
/// </summary>
public sealed class PaddedIdsTests : IDisposable
{
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("[5, 6, 7, 0, 0, 0]", new[] { 5, 6, 7, 0, 0, 0 })]
    [InlineData("[5, 0, 7, 0, 0, 8]", new[] { 5, 0, 7, 0, 0, 8 })]
    [InlineData("[0, 0, 0, 5, 6, 7]", new[] { 5, 6, 7 })] // where this model puts its own
    [InlineData("[5, 6, 7, 0]", new[] { 5, 6, 7 })] // shorter than the input: zeros that make rows equally long
    public async Task RowsAsLongAsTheInputAreTakenAsTheyStand(string row, int[] same)
    {
        Predictor predictor = Padded();
        _models.Add(predictor, 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        (HttpStatusCode status, string body, _) = await server.PostAsync(
            "/v1/models/tweets:predict",
            $"{{\"signature_name\": \"ids\", \"instances\": [{row}]}}"
        );
        Assert.True(status == HttpStatusCode.OK, body);
        float expected = predictor.Probabilities(predictor.IdsOf([same]))[0];
        Assert.Equal(
            expected.ToString(CultureInfo.InvariantCulture),
            RunningServer.Scores(body)[0].ToString(CultureInfo.InvariantCulture)
        );
    }

    private static Predictor Padded()
    {
        Predictor plain = TestModels.Make(3);
        var options = new ClassifierOptions
        {
            HiddenSize = 6,
            Model = [new Gru(6), new LastState()],
            Padding = new PaddedInput { Length = 6, Truncating = Truncation.Tail },
        };
        return new Predictor(
            plain.Tokenizer,
            plain.Vocabulary,
            new TextClassifier(options, plain.Classifier.Embedding, 3),
            plain.Labels
        )
        {
            MaxTokens = 6,
            Truncation = Truncation.Tail,
        };
    }
}
