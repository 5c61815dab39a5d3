using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Firn.Client;

namespace Firn.Server.Tests.Rest;

public sealed class PredictTests : IAsyncLifetime
{
    private readonly TestModels _models = new();
    private readonly Predictor _predictor = TestModels.Make(1);
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _models.Add(_predictor, 7);
        _models.Add(TestModels.Make(2, labels: ["bad", "so-so", "good"]), 1, "three");
        _server = await RunningServer.StartAsync(_models.Root);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Theory]
    [InlineData("{\"instances\": [\"good day\", \"bad rain\", \"\"]}")]
    [InlineData("{\"instances\": [{\"text\": \"good day\"}, {\"text\": \"bad rain\"}, {\"text\": \"\"}]}")]
    [InlineData("{\"instances\": [[\"good day\"], [\"bad rain\"], [\"\"]]}")]
    [InlineData("{\"instances\": [{\"b64\": \"Z29vZCBkYXk=\"}, {\"text\": {\"b64\": \"YmFkIHJhaW4=\"}}, \"\"]}")]
    [InlineData(
        "{\"signature_name\": \"serving_default\", \"instances\": [\"good day\", \"bad rain\", \"\"], \"other\": [1, "
            + "{\"a\": null}]}"
    )]
    [InlineData("{\"instances\": [\"good day\", \"bad rain\", \"\"], \"signature_name\": \"\"}")]
    public async Task RowForms(string body)
    {
        (HttpStatusCode status, string json, HttpResponseMessage answer) = await _server.PostAsync(
            "/v1/models/tweets:predict",
            body
        );
        Assert.True(status == HttpStatusCode.OK, json);
        Assert.StartsWith("{\"predictions\":", json, StringComparison.Ordinal);
        Assert.Equal(Offline("good day", "bad rain", ""), RunningServer.Scores(json));
        Assert.Equal("7", answer.Headers.GetValues(VocabularyIdentity.VersionHeader).Single());
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData("{\"inputs\": [\"good day\", \"bad rain\"]}")]
    [InlineData("{\"inputs\": {\"text\": [\"good day\", \"bad rain\"]}}")]
    [InlineData("{\"inputs\": {\"text\": [{\"b64\": \"Z29vZCBkYXk=\"}, [\"bad rain\"]]}}")]
    public async Task ColumnForms(string body)
    {
        (HttpStatusCode status, string json, _) = await _server.PostAsync("/v1/models/tweets/versions/7:predict", body);
        Assert.True(status == HttpStatusCode.OK, json);
        Assert.StartsWith("{\"outputs\":", json, StringComparison.Ordinal);
        Assert.Equal(Offline("good day", "bad rain"), RunningServer.Scores(json));
    }

    [Theory]
    [InlineData("{\"inputs\": \"good day\"}")]
    [InlineData("{\"inputs\": {\"b64\": \"Z29vZCBkYXk=\"}}")]
    [InlineData("{\"inputs\": {\"text\": \"good day\"}}")]
    public async Task OneTextInColumnForm(string body)
    {
        (HttpStatusCode status, string json, _) = await _server.PostAsync("/v1/models/tweets:predict", body);
        Assert.True(status == HttpStatusCode.OK, json);
        Assert.Equal(Offline("good day"), RunningServer.Scores(json));
    }

    [Theory]
    [InlineData("{\"signature_name\":\"ids\",\"instances\":[[1,5],[2,6],[]]}")]
    [InlineData("{\"signature_name\":\"ids\",\"instances\":[[1,5,0,0],[2,6,0,0],[0,0,0,0]]}")]
    [InlineData("{\"signature_name\":\"ids\",\"instances\":[{\"ids\":[0,0,1,5]},{\"ids\":[2,6]},{\"ids\":[]}]}")]
    [InlineData("{\"signature_name\":\"ids\",\"inputs\":[[1,5],[2,6],[]]}")]
    [InlineData("{\"signature_name\":\"ids\",\"inputs\":{\"ids\":[[0,1,5],[0,2,6],[0,0,0]]}}")]
    [InlineData("{\"signature_name\":\"ids\",\"inputs\":{\"ids\":[1,5,2,6],\"row_splits\":[0,2,4,4]}}")]
    [InlineData("{\"signature_name\":\"ids\",\"inputs\":{\"row_splits\":[0,2,4,4],\"ids\":[1,5,2,6]}}")]
    public async Task IdsAsRaggedPaddedAndSplitLists(string body)
    {
        (HttpStatusCode status, string json, _) = await _server.PostAsync("/v1/models/tweets:predict", body);
        Assert.True(status == HttpStatusCode.OK, json);
        Assert.Equal(Offline("good day", "bad rain", ""), RunningServer.Scores(json));
    }

    [Fact]
    public async Task VectorsGiveTheScoreOfTheirWords()
    {
        int[] ids = [1, 5];
        var table = _predictor.Classifier.Embedding;
        string vectors = string.Join(",", ids.Select(id => "[" + string.Join(",", Row(id)) + "]"));
        (HttpStatusCode status, string json, _) = await _server.PostAsync(
            "/v1/models/tweets:predict",
            $"{{\"signature_name\":\"vectors\",\"instances\":[[{vectors}],[],{{\"vectors\":[{vectors}]}}]}}"
        );
        Assert.True(status == HttpStatusCode.OK, json);
        float[] scores = RunningServer.Scores(json);
        Assert.Equal(Offline("good day")[0], scores[0], 1e-6f);
        Assert.Equal(Offline("")[0], scores[1], 1e-6f);
        Assert.Equal(scores[0], scores[2]);

        string[] Row(int id) =>
            [
                .. table
                    .Rows.Span.Slice(table.RowOf[id] * table.Dimension, table.Dimension)
                    .ToArray()
                    .Select(v => v.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ];
    }

    [Fact]
    public async Task PackedIdsGiveFloatBytesOrJson()
    {
        var body = new List<byte>();
        PackedIds.Append([1, 5], body);
        PackedIds.Append([], body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/models/tweets:predict")
        {
            Content = new ByteArrayContent([.. body]),
        };
        request.Content.Headers.ContentType = new(PackedIds.ContentType);
        request.Headers.Add(VocabularyIdentity.Header, await HashAsync());
        using HttpResponseMessage answer = await _server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(PackedIds.ScoresType, answer.Content.Headers.ContentType!.ToString());
        float[] scores = [BitConverter.ToSingle(bytes, 0), BitConverter.ToSingle(bytes, 4)];
        Assert.Equal(Offline("good day", ""), scores);
        Assert.Equal(8, bytes.Length);
    }

    [Fact]
    public async Task ClassifyAndRegressAnswerInServingsForms()
    {
        (_, string classes, _) = await _server.PostAsync(
            "/v1/models/tweets:classify",
            "{\"signature_name\":\"classify\",\"examples\":[{\"text\":\"good "
                + "day\"},{\"text\":{\"b64\":\"YmFkIHJhaW4=\"}},{\"text\":[\"good day\"]}]}"
        );
        float[] offline = Offline("good day", "bad rain");
        using JsonDocument json = JsonDocument.Parse(classes);
        JsonElement first = json.RootElement.GetProperty("results")[0];
        Assert.Equal("negative", first[0][0].GetString());
        Assert.Equal(1 - offline[0], first[0][1].GetSingle());
        Assert.Equal("positive", first[1][0].GetString());
        Assert.Equal(offline[0], first[1][1].GetSingle());
        Assert.Equal(3, json.RootElement.GetProperty("results").GetArrayLength());

        (_, string values, _) = await _server.PostAsync(
            "/v1/models/tweets:regress",
            "{\"context\":{\"text\":\"good day\"},\"examples\":[{},{}]}"
        );
        Assert.Equal($"{{\"results\":[{Shortest(offline[0])},{Shortest(offline[0])}]}}", values);
        (_, string ids, _) = await _server.PostAsync(
            "/v1/models/tweets:regress",
            "{\"examples\":[{\"ids\":[1,5]},{\"ids\":2}]}"
        );
        Assert.StartsWith($"{{\"results\":[{Shortest(offline[0])},", ids, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoreThanTwoClasses()
    {
        (_, string json, _) = await _server.PostAsync("/v1/models/three:predict", "{\"instances\": [\"good day\"]}");
        float[] scores = RunningServer.Scores(json);
        Assert.Equal(3, scores.Length);
        Assert.Equal(1, scores.Sum(), 1e-5f);
        (_, string classes, _) = await _server.PostAsync(
            "/v1/models/three:classify",
            "{\"examples\": [{\"text\":\"good day\"}]}"
        );
        Assert.Contains("[\"so-so\",", classes, StringComparison.Ordinal);
        (HttpStatusCode status, string error, _) = await _server.PostAsync(
            "/v1/models/three:regress",
            "{\"examples\": [{\"text\":\"good day\"}]}"
        );
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("classify", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusAndMetadataHaveServingsForm()
    {
        using JsonDocument status = JsonDocument.Parse(await _server.GetAsync("/v1/models/tweets"));
        JsonElement version = status.RootElement.GetProperty("model_version_status")[0];
        Assert.Equal("7", version.GetProperty("version").GetString());
        Assert.Equal("AVAILABLE", version.GetProperty("state").GetString());
        Assert.Equal("OK", version.GetProperty("status").GetProperty("error_code").GetString());
        Assert.Equal("", version.GetProperty("status").GetProperty("error_message").GetString());

        using JsonDocument metadata = JsonDocument.Parse(
            await _server.GetAsync("/v1/models/tweets/versions/7/metadata")
        );
        Assert.Equal("7", metadata.RootElement.GetProperty("model_spec").GetProperty("version").GetString());
        JsonElement signatures = metadata
            .RootElement.GetProperty("metadata")
            .GetProperty("signature_def")
            .GetProperty("signature_def");
        Assert.Equal(
            "DT_STRING",
            signatures
                .GetProperty("serving_default")
                .GetProperty("inputs")
                .GetProperty("text")
                .GetProperty("dtype")
                .GetString()
        );
        Assert.Equal(
            "8",
            signatures
                .GetProperty("vectors")
                .GetProperty("inputs")
                .GetProperty("vectors")
                .GetProperty("tensor_shape")
                .GetProperty("dim")[2]
                .GetProperty("size")
                .GetString()
        );
        Assert.Equal(
            "tensorflow/serving/classify",
            signatures.GetProperty("classify").GetProperty("method_name").GetString()
        );
    }

    [Fact]
    public async Task GzipBothWays()
    {
        string body = "{\"instances\":[" + string.Join(",", Enumerable.Repeat("\"good day\"", 100)) + "]}";
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(body));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/models/tweets:predict")
        {
            Content = new ByteArrayContent(packed.ToArray()),
        };
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using HttpResponseMessage answer = await _server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("gzip", answer.Content.Headers.ContentEncoding.Single());
        await using var unzip = new GZipStream(
            await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken),
            CompressionMode.Decompress
        );
        string json = await new StreamReader(unzip).ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Repeat(Offline("good day")[0], 100), RunningServer.Scores(json));
    }

    [Fact]
    public async Task ScoresDoNotDependOnTheRequestsOtherTexts()
    {
        string[] texts =
        [
            .. Enumerable
                .Range(0, 50)
                .Select(i =>
                    string.Join(' ', Enumerable.Range(0, i % 13).Select(k => $"word{10 + (i * 7 + k * 3) % 30}"))
                ),
        ];
        (_, string together, _) = await _server.PostAsync(
            "/v1/models/tweets:predict",
            JsonSerializer.Serialize(new { instances = texts })
        );
        float[] all = RunningServer.Scores(together);
        for (int i = 0; i < texts.Length; i++)
        {
            (_, string alone, _) = await _server.PostAsync(
                "/v1/models/tweets:predict",
                JsonSerializer.Serialize(new { instances = new[] { texts[i] } })
            );
            Assert.Equal(
                BitConverter.SingleToUInt32Bits(all[i]),
                BitConverter.SingleToUInt32Bits(RunningServer.Scores(alone)[0])
            );
        }
    }

    private async Task<string> HashAsync()
    {
        using HttpResponseMessage answer = await _server.Http.GetAsync(
            new Uri("/v1/models/tweets/vocabulary", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        return answer.Headers.GetValues(VocabularyIdentity.Header).Single();
    }

    private float[] Offline(params string[] texts) => TestModels.Offline(_predictor, texts);

    private static string Shortest(float value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
