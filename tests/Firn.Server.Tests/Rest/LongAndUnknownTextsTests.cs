using System.Net;
using Firn.Text;

namespace Firn.Server.Tests.Rest;

/// <summary>
/// What a bundle says about long texts and about texts without a known word holds for every signature.
/// </summary>
public sealed class LongAndUnknownTextsTests : IAsyncLifetime
{
    private readonly TestModels _models = new();
    private readonly Predictor _predictor = Make();
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _models.Add(_predictor, 1);
        _server = await RunningServer.StartAsync(_models.Root);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Theory]
    [InlineData("{\"instances\": [\"zzz qqq\", \"\", \"good\"]}")]
    [InlineData("{\"signature_name\": \"ids\", \"instances\": [[], [0, 0], [1]]}")]
    [InlineData("{\"signature_name\": \"vectors\", \"instances\": [[], []]}")]
    public async Task Without_a_known_word_the_classes_have_their_shares(string body)
    {
        float[] scores = await ScoresAsync(body);
        Assert.Equal([0.8125f, 0.8125f], scores[..2]);
        if (scores.Length > 2)
            Assert.Equal(TestModels.Offline(_predictor, "good"), scores[2..]);
    }

    [Theory]
    [InlineData("{\"instances\": [\"good bad love song day\"]}")]
    [InlineData("{\"signature_name\": \"ids\", \"instances\": [[1, 2, 3, 4, 5]]}")]
    public async Task Of_a_long_text_stays_what_the_bundle_says(string body) =>
        Assert.Equal(TestModels.Offline(_predictor, "good bad day"), await ScoresAsync(body));

    private async Task<float[]> ScoresAsync(string body)
    {
        (HttpStatusCode status, string json, _) = await _server.PostAsync("/v1/models/tweets:predict", body);
        Assert.True(status == HttpStatusCode.OK, json);
        return [.. RunningServer.Scores(json)];
    }

    private static Predictor Make()
    {
        Predictor plain = TestModels.Make(1);
        plain.Classifier.Prior = [0.8125f];
        return new Predictor(plain.Tokenizer, plain.Vocabulary, plain.Classifier, plain.Labels)
        {
            MaxTokens = 3,
            Truncation = Truncation.Ends,
        };
    }
}
