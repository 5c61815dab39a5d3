using System.Net;
using Firn.Data;
using Firn.Linear;
using Firn.Model;
using Firn.Recipes;
using Firn.Vectors.Training;

namespace Firn.Server.Tests.Rest;

/// <summary>
/// Texts are scored with the spelling of words that have no id, as the library does; ids cannot tell them.
/// </summary>
public sealed class UnseenWordsTests : IAsyncLifetime
{
    private static readonly string[] Texts =
    [
        "we saw a dubilotosis",
        "we saw a",
        "bamukoation and kelutaosis",
        "",
        "we saw a tetosis near",
    ];

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

    [Fact]
    public async Task Texts_get_the_scores_of_the_library()
    {
        float[] offline = TestModels.Offline(_predictor, Texts);
        Assert.NotEqual(offline[0], offline[1]);
        Assert.Equal(
            offline,
            await ScoresAsync($"{{\"instances\": [{string.Join(", ", Texts.Select(t => $"\"{t}\""))}]}}")
        );
        // More than one pass, and many requests that share passes.
        string many =
            $"{{\"instances\": ["
            + $"{string.Join(", ", Enumerable.Range(0, 300).Select(i => $"\"{Texts[i % Texts.Length]}\""))}]}}";
        Assert.Equal(Enumerable.Range(0, 300).Select(i => offline[i % offline.Length]), await ScoresAsync(many));
        float[][] together = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i => ScoresAsync($"{{\"instances\": [\"{Texts[i % 5]}\", \"{Texts[(i + 1) % 5]}\"]}}"))
        );
        for (int i = 0; i < together.Length; i++)
            Assert.Equal([offline[i % 5], offline[(i + 1) % 5]], together[i]);
    }

    [Fact]
    public async Task Ids_score_as_a_text_without_them()
    {
        int[] ids = _predictor.Encode([Texts[0]])[0].ToArray();
        float[] scores = await ScoresAsync(
            $"{{\"signature_name\": \"ids\", \"instances\": [[{string.Join(", ", ids)}]]}}"
        );
        Assert.Equal(TestModels.Offline(_predictor, "we saw a"), scores);
    }

    private async Task<float[]> ScoresAsync(string body)
    {
        (HttpStatusCode status, string json, _) = await _server.PostAsync("/v1/models/tweets:predict", body);
        Assert.True(status == HttpStatusCode.OK, json);
        return [.. RunningServer.Scores(json)];
    }

    private static Predictor Make()
    {
        var random = new Random(1);
        LabeledText[] rows =
        [
            .. Enumerable
                .Range(0, 200)
                .Select(i => new LabeledText(
                    $"we saw a "
                        + $"{string.Concat(Enumerable.Range(0, 3).Select(_ => $"{"bdfgklmnpt"[random.Next(10)]}{"aeiou"[random.Next(5)]}"))}"
                        + $"{(i % 2 == 0 ? "osis" : "ation")}",
                    $"{i % 2}"
                )),
        ];
        return new Recipe(
            RecipeOptions.Tweets with
            {
                TestShare = 0,
                LinearBranch = new LinearBranchOptions { LongestCharacters = 5 },
                Word2Vec = new Word2VecOptions
                {
                    VectorSize = 8,
                    MinCount = 2,
                    Epochs = 1,
                    Threads = 1,
                },
                Classifier = new ClassifierOptions { HiddenSize = 4 },
                Training = RecipeOptions.Tweets.Training with { BatchSize = 16, Epochs = 1, Threads = 1 },
            }
        ).Train(rows).Predictor;
    }
}
