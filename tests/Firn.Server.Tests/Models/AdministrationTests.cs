using System.Net;
using Firn.Server.Models;
using Firn.Server.Settings;
using Firn.Server.Wire.OpenInference;
using Firn.Server.Wire.Serving;
using Grpc.Core;
using ModelConfig = Firn.Server.Wire.Serving.ModelConfig;

namespace Firn.Server.Tests.Models;

public sealed class AdministrationTests : IDisposable
{
    private const string Body = "{\"instances\":[\"good day\"]}";
    private readonly TestModels _models = new();
    private readonly string _file;

    public AdministrationTests()
    {
        _models.Add(TestModels.Make(1), 1);
        _models.Add(TestModels.Make(2), 2);
        _models.Add(TestModels.Make(3), 1, "reviews");
        _file = _models.Root + ".config";
    }

    public void Dispose()
    {
        _models.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [InlineData("label", StatusCode.FailedPrecondition, "Request to assign label to version 99 of model tweets")]
    [InlineData("version", StatusCode.NotFound, "version 42 is not in")]
    [InlineData(
        "broken",
        StatusCode.Unknown,
        "1 servable(s) did not become available: {{name: broken version: 1} due to error:"
    )]
    [InlineData("empty", StatusCode.NotFound, "No versions of servable empty found")]
    [InlineData("absent", StatusCode.NotFound, "does not exist")]
    [InlineData("outside", StatusCode.PermissionDenied, "below the server's own models folder")]
    [InlineData("bucket", StatusCode.InvalidArgument, "no folder of this machine")]
    public async Task AReloadThatCannotBeHadSaysSoAndChangesNothing(string what, StatusCode code, string part)
    {
        string broken = Path.Combine(_models.Root, "broken", "1");
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        Directory.CreateDirectory(broken);
        await File.WriteAllTextAsync(Path.Combine(broken, "model.json"), "{}", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(_models.Root, "empty"));
        var config = new ModelConfig { Name = "tweets" };
        switch (what)
        {
            case "label":
                config.VersionLabels["stable"] = 99;
                break;
            case "version":
                config.ModelVersionPolicy = new() { Specific = new() { Versions = { 42 } } };
                break;
            case "outside":
                config.BasePath = "/etc";
                break;
            case "bucket":
                config.BasePath = "s3://models/tweets";
                break;
            default:
                config.Name = what;
                break;
        }
        var error = Assert.Throws<RpcException>(() => Reload(server, config));
        Assert.Equal(code, error.StatusCode);
        Assert.Contains(part, error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/models/tweets:predict", Body)).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/models/reviews:predict", Body)).Status);
    }

    [Fact]
    public async Task AReloadIsWrittenToTheFileAndARestartKeepsIt()
    {
        await File.WriteAllTextAsync(
            _file,
            """
            # two models
            model_config_list: {
              config { name: 'tweets', base_path: "tweets", model_platform: "tensorflow"
                       model_version_policy: { specific { versions: 1 versions: 2 } }
                       version_labels { key: "sta" "ble" value: 1 }; version_labels < key: 'canary', value: 0x2 > }
              config { name: "other" base_path: "reviews" logging_config { log_collector_config { type: "x" } } }
            }
            """,
            TestContext.Current.CancellationToken
        );
        await using (RunningServer server = await StartAsync())
        {
            Assert.Equal(
                HttpStatusCode.OK,
                (await server.PostAsync("/v1/models/tweets/labels/stable:predict", Body)).Status
            );
            Assert.Equal(
                HttpStatusCode.OK,
                (await server.PostAsync("/v1/models/tweets/labels/canary:predict", Body)).Status
            );
            Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/models/other:predict", Body)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await server.PostAsync("/v1/models/reviews:predict", Body)).Status);
            Reload(
                server,
                new ModelConfig
                {
                    Name = "tweets",
                    ModelVersionPolicy = new() { Specific = new() { Versions = { 1 } } },
                    VersionLabels = { ["only"] = 1 },
                }
            );
            Assert.Throws<RpcException>(() => Reload(server, new ModelConfig { Name = "gone" }));
            Assert.Equal(HttpStatusCode.NotFound, (await server.PostAsync("/v1/models/other:predict", Body)).Status);
        }
        await using RunningServer again = await StartAsync();
        Assert.Contains(
            "{\"name\": \"tweets\", \"versions\": [\"1\"], \"labels\": {\"only\": \"1\"}}",
            await again.GetAsync("/v1/models"),
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.NotFound, (await again.PostAsync("/v1/models/other:predict", Body)).Status);
    }

    [Fact]
    public async Task AChangedFileIsFollowedAndAWrongOneIsNot()
    {
        await File.WriteAllTextAsync(
            _file,
            "model_config_list { config { name: 'tweets' } }",
            TestContext.Current.CancellationToken
        );
        await using RunningServer server = await StartAsync();
        await File.WriteAllTextAsync(
            _file,
            "model_config_list { config { name: 'tweets' } config { name: 'reviews' } }",
            TestContext.Current.CancellationToken
        );
        await RunningServer.UntilAsync(
            () =>
                server.Server.Catalog.Models.TryGetValue("reviews", out ServedModel? model)
                && model.Available.Length > 0,
            "the second model"
        );
        await File.WriteAllTextAsync(
            _file,
            "model_config_list { config { name: 'tweets' base_path: 'nowhere' } }",
            TestContext.Current.CancellationToken
        );
        await Task.Delay(200, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_file, "model_config_list {", TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/models/tweets:predict", Body)).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/models/reviews:predict", Body)).Status);
        await File.WriteAllTextAsync(
            _file,
            "model_config_list { config { name: 'reviews' } }",
            TestContext.Current.CancellationToken
        );
        await RunningServer.UntilAsync(
            () => !server.Server.Catalog.Models.ContainsKey("tweets"),
            "the end of the first model"
        );
    }

    [Fact]
    public async Task AChangeThatCannotBeWrittenIsRefused()
    {
        string folder = Directory.CreateTempSubdirectory("firn-config-").FullName,
            link = Path.Combine(folder, "models.config");
        await File.WriteAllTextAsync(
            link,
            "model_config_list { config { name: 'tweets' } }",
            TestContext.Current.CancellationToken
        );
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { ModelConfigFile = link }
        );
        Directory.Delete(folder, recursive: true);
        var error = Assert.Throws<RpcException>(() => Reload(server, new ModelConfig { Name = "reviews" }));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Contains("nothing was changed", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/models/tweets:predict", Body)).Status);
    }

    [Theory]
    [InlineData(
        "model_config_list { config { nam: 'x' } }",
        "line 1: 'nam' is not known here; expected name, base_path"
    )]
    [InlineData("model_config_list {\n config {\n  name: x\n } }", "line 3: expected a string in quotes")]
    [InlineData("model_config_list { config { name: 'x' name: 'y' } }", "'name' is given twice")]
    [InlineData("model_config_list { config { name: 'x' ", "line 1: the file ends inside a message")]
    [InlineData("model_config_list { config { name: 'x' version_labels { key: 'a' ", "line 1: the file ends where")]
    [InlineData(
        "model_config_list { config { model_version_policy { latest { num_versions:",
        "line 1: the file ends where"
    )]
    [InlineData("model_config_list { config { name: 'a/b' } }", "is no model name")]
    [InlineData("model_config_list { config { name: 'x' } config { name: 'x' } }", "named twice")]
    [InlineData(
        "model_config_list { config { name: 'x' model_version_policy { latest { num_versions: -1 } } } }",
        "out of range"
    )]
    [InlineData("model_config_list { config { name: 'x' version_labels { key: 'a' } } }", "needs key and value")]
    [InlineData("model_config_list { config { name: 'x\n' } }", "does not end on its line")]
    [InlineData("", "expected model_config_list")]
    [InlineData("PK\u0003\u0004", "line 1")]
    public void AWrongFileIsRefusedWithItsLine(string text, string part) =>
        Assert.Contains(
            part,
            Assert
                .Throws<InvalidDataException>(() => ModelConfigFile.Parse("models.config", text, _models.Root))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void WhatIsWrittenReadsBack()
    {
        ModelConfiguration[] written =
        [
            new(
                "a \"b\" é",
                Path.Combine(Path.GetFullPath(_models.Root), "tweets"),
                VersionPolicy.All,
                new Dictionary<string, long> { ["x\\y"] = 3 }
            ),
            new("c", "/elsewhere/c", VersionPolicy.Specific([1, 3]), new Dictionary<string, long>()),
            new("d", Path.GetFullPath(_models.Root), VersionPolicy.LatestOf(2), new Dictionary<string, long>()),
        ];
        IReadOnlyList<ModelConfiguration> read = ModelConfigFile.Parse(
            "x",
            ModelConfigFile.Text(written, _models.Root),
            _models.Root
        );
        Assert.Equal(
            written.Select(m => (m.Name, m.Path, m.Policy.Latest, m.Labels.Count)),
            read.Select(m => (m.Name, m.Path, m.Policy.Latest, m.Labels.Count))
        );
        Assert.Equal([3, 1], read[1].Policy.Versions);
        Assert.Equal(3, read[0].Labels["x\\y"]);
    }

    [Fact]
    public async Task UnloadedModelsStayAwayUntilTheyAreLoaded()
    {
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(server.Channel);
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await server.PostAsync(
                    "/v2/repository/models/reviews/unload",
                    "{\"parameters\":{\"unload_dependents\":false}}"
                )
            ).Status
        );
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, (await server.PostAsync("/v1/models/reviews:predict", Body)).Status);
        (_, string index, _) = await server.PostAsync("/v2/repository/index", "");
        Assert.Contains(
            "{\"name\":\"tweets\",\"version\":\"2\",\"state\":\"READY\",\"reason\":\"\"}",
            index,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "{\"name\":\"reviews\",\"state\":\"UNAVAILABLE\",\"reason\":\"unloaded\"}",
            index,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "reviews",
            (await server.PostAsync("/v2/repository/index", "{\"ready\":true}")).Body,
            StringComparison.Ordinal
        );
        // KServe's client names the model in the field that is the repository's in Triton's definitions.
        Assert.True(client.RepositoryModelLoad(new RepositoryModelLoadRequest { RepositoryName = "reviews" }).IsLoaded);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/models/reviews:predict", Body)).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await server.PostAsync("/v2/repository/models/nothing/load", "")).Status
        );
        Assert.Equal(
            HttpStatusCode.NotImplemented,
            (
                await server.PostAsync("/v2/repository/models/reviews/load", "{\"parameters\":{\"config\":\"{}\"}}")
            ).Status
        );
    }

    [Fact]
    public async Task WithoutReloadNothingCanBeChanged()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { AllowReload = false }
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await server.PostAsync("/v2/repository/models/reviews/unload", "")).Status
        );
        Assert.Equal(StatusCode.PermissionDenied, Assert.Throws<RpcException>(() => Reload(server)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v2/repository/index", "")).Status);
    }

    private Task<RunningServer> StartAsync() =>
        RunningServer.StartAsync(
            _models.Root,
            s => s with { ModelConfigFile = _file, ModelConfigPollInterval = TimeSpan.FromMilliseconds(30) }
        );

    private static void Reload(RunningServer server, params ModelConfig[] models)
    {
        var request = new ReloadConfigRequest
        {
            Config = new ModelServerConfig { ModelConfigList = new ModelConfigList { Config = { models } } },
        };
        new ModelService.ModelServiceClient(server.Channel).HandleReloadConfigRequest(request);
    }
}
