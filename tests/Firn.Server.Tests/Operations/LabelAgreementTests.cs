using System.Globalization;
using System.Text.Json;
using Firn.Client;
using Firn.Data;
using Firn.Evaluation;
using Firn.Server.Wire.Serving;

namespace Firn.Server.Tests.Operations;

/// <summary>Predict, evaluate, server and client give every text the same label.</summary>
public sealed class LabelAgreementTests : IDisposable
{
    private static readonly string[] Words =
    [
        "good",
        "bad",
        "love",
        "song",
        "day",
        "rain",
        "happy",
        "sad",
        "very",
        "school",
        "unheard",
    ];
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    private static string[] Texts()
    {
        var random = new Random(11);
        return
        [
            .. Enumerable
                .Range(0, 1000)
                .Select(_ =>
                    string.Join(' ', Enumerable.Range(0, random.Next(7)).Select(_ => Words[random.Next(Words.Length)]))
                ),
        ];
    }

    public static TheoryData<string> Rules() =>
        new("plain", "unsure", "neutral", "threshold", "both", "three classes, unsure");

    private static Predictor Model(string rule)
    {
        Predictor plain = TestModels.Make(
            5,
            labels: rule.StartsWith("three", StringComparison.Ordinal) ? ["anger", "joy", "sadness"] : null
        );
        string[] texts = Texts();
        // Thresholds among the scores, so that every rule has something to decide.
        float[] scores = [.. plain.Predict(texts).Select(p => p.Score).Order()];
        double middle = scores[scores.Length / 3];
        var band = new NeutralBand
        {
            Low = 0.45,
            High = 0.55,
            Label = "neutral",
        };
        return rule switch
        {
            "unsure" => plain.WithAbstainBelow(middle),
            "neutral" => plain.WithNeutral(band),
            "threshold" => plain.WithThreshold(0.6f),
            "both" => plain.WithNeutral(band).WithAbstainBelow(0.52),
            "plain" => plain,
            _ => plain.WithAbstainBelow(middle),
        };
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task EveryWayGivesTheSameLabel(string rule)
    {
        Predictor predictor = Model(rule);
        _models.Add(predictor, 1);
        string[] texts = Texts(),
            expected = [.. predictor.Predict(texts).Select(p => p.Label)];
        Assert.True(
            rule is "plain" or "threshold" || expected.Except(predictor.Labels).Any(),
            "the rule never abstains here"
        );

        LabelCounts counts = CorpusEvaluation
            .Run(predictor, texts.Select(t => new LabeledText(t, predictor.Labels[0])))
            .Answers;
        Assert.Equal(
            expected
                .GroupBy(l => l)
                .ToDictionary(g => g.Key, g => (long)g.Count())
                .OrderBy(p => p.Key, StringComparer.Ordinal),
            counts.Labels
        );

        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        string path = $"v1/models/{TestModels.Name}";
        Assert.Equal(
            expected,
            Labels(
                (
                    await server.PostAsync(
                        $"{path}:predict?labels",
                        JsonSerializer.Serialize(new { instances = texts })
                    )
                ).Body
            )
        );
        Assert.Equal(
            expected,
            Labels(
                (
                    await server.PostAsync(
                        $"{path}:classify?labels",
                        JsonSerializer.Serialize(new { examples = texts.Select(text => new { text }) })
                    )
                ).Body
            )
        );

        using var client = new FirnClient(new FirnClientOptions { Server = server.Rest, Model = TestModels.Name });
        IReadOnlyList<TextScores> scored = await client.PredictAsync(texts, TestContext.Current.CancellationToken);
        Assert.Equal(expected, scored.Select(s => s.Label));
        Assert.Equal(predictor.Predict(texts).Select(p => p.Abstained), scored.Select(s => s.Abstained));

        var grpc = new PredictionService.PredictionServiceClient(server.Channel);
        PredictRequest request = Rpc.PredictionTests.TextRequest(texts);
        request.OutputFilter.Add("labels");
        Assert.Equal(expected, grpc.Predict(request).Outputs["labels"].StringVal.Select(s => s.ToStringUtf8()));
    }

    [Fact]
    public async Task ClassifyOverGrpcNamesWhatTheModelAbstainsOn()
    {
        Predictor predictor = Model("unsure");
        _models.Add(predictor, 1);
        string[] texts = [.. Texts().Take(200)];
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        var grpc = new PredictionService.PredictionServiceClient(server.Channel);
        ClassificationResponse answer = grpc.Classify(
            new ClassificationRequest
            {
                ModelSpec = new ModelSpec { Name = TestModels.Name },
                Input = Rpc.PredictionTests.Examples(texts),
            }
        );
        Assert.Equal(
            predictor.Predict(texts).Select(p => p.Label),
            answer.Result.Classifications.Select(c => c.Classes.MaxBy(k => k.Score)!.Label)
        );
    }

    [Fact]
    public async Task APlainAnswerIsTensorFlowServingsAndNoMore()
    {
        _models.Add(TestModels.Make(5), 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        string path = $"v1/models/{TestModels.Name}";
        Assert.DoesNotContain(
            "labels",
            (await server.PostAsync($"{path}:predict", "{\"instances\":[\"good day\"]}")).Body
        );
        Assert.DoesNotContain(
            "labels",
            (await server.PostAsync($"{path}:classify", "{\"examples\":[{\"text\":\"good day\"}]}")).Body
        );
        // A text that says nothing is marked unasked.
        using JsonDocument marked = JsonDocument.Parse(
            (await server.PostAsync($"{path}:predict", "{\"instances\":[\"good day\",\"zzz\"]}")).Body
        );
        Assert.Equal([2, 0], marked.RootElement.GetProperty("known_tokens").EnumerateArray().Select(v => v.GetInt32()));
        Assert.Equal(2, marked.RootElement.GetProperty("labels").GetArrayLength());
    }

    [Fact]
    public async Task TheClientFollowsAThresholdThatIsStoredLater()
    {
        Predictor predictor = TestModels.Make(5);
        string folder = _models.Add(predictor, 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        using var client = new FirnClient(new FirnClientOptions { Server = server.Rest, Model = TestModels.Name });
        Assert.Equal(
            predictor.Predict("good day").Label,
            (await client.PredictAsync("good day", TestContext.Current.CancellationToken)).Label
        );
        predictor.WithAbstainBelow(1).Save(folder);
        string label = "";
        for (int i = 0; i < 400 && label != LabelRule.UnsureLabel; i++)
        {
            await Task.Delay(25, TestContext.Current.CancellationToken);
            label = (await client.PredictAsync("good day", TestContext.Current.CancellationToken)).Label;
        }
        Assert.Equal(LabelRule.UnsureLabel, label);
        string rule = await server.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"v1/models/{TestModels.Name}/versions/1/rule")
        );
        Assert.Equal(1, JsonDocument.Parse(rule).RootElement.GetProperty("unsure_below").GetDouble());
    }

    private static string[] Labels(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return [.. document.RootElement.GetProperty("labels").EnumerateArray().Select(v => v.GetString()!)];
    }
}
