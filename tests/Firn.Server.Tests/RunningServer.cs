using System.Net;
using System.Text;
using System.Text.Json;
using Firn.Server.Batching;
using Firn.Server.Settings;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Tests;

/// <summary>A server on free ports of this machine, and clients for it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private RunningServer(FirnServer server)
    {
        Server = server;
        Http = new HttpClient { BaseAddress = Rest };
        Channel = GrpcChannel.ForAddress(Grpc, new GrpcChannelOptions { HttpClient = Http2 });
    }

    public FirnServer Server { get; }

    public Uri Rest => new($"http://127.0.0.1:{Server.RestPort}");

    public Uri Grpc => new($"http://127.0.0.1:{Server.GrpcPort}");

    public HttpClient Http { get; }

    /// <summary>
    /// For channels. With connections of the channel's own a call that meets the end of one can wait for the next for
    /// ever (Grpc.Net.Client 2.85, <c>ConnectionManager.PickAsync</c>), and most tests set no deadline.
    /// </summary>
    public HttpClient Http2 { get; } = new();

    public GrpcChannel Channel { get; }

    public static async Task<RunningServer> StartAsync(
        string models,
        Func<ServerSettings, ServerSettings>? change = null,
        Func<string, IScorer>? load = null
    )
    {
        var settings = new ServerSettings
        {
            Models = models,
            RestPort = 0,
            GrpcPort = 0,
            LogLevel = LogLevel.Critical,
            PollInterval = TimeSpan.FromMilliseconds(50),
            DrainDelay = TimeSpan.Zero,
        };
        settings = change?.Invoke(settings) ?? settings;
        FirnServer server = load is null ? FirnServer.Create(settings) : FirnServer.Create(settings, load);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new RunningServer(server);
    }

    /// <summary>POSTs JSON to a path below /v1/models/.</summary>
    public async Task<(HttpStatusCode Status, string Body, HttpResponseMessage Answer)> PostAsync(
        string path,
        string body
    )
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        HttpResponseMessage answer = await Http.PostAsync(
            new Uri(path, UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );
        return (
            answer.StatusCode,
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            answer
        );
    }

    public async Task<string> GetAsync(string path) =>
        await Http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>The scores of <c>{"predictions": [[...], ...]}</c> or <c>outputs</c>, row after row.</summary>
    public static float[] Scores(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonProperty only = document.RootElement.EnumerateObject().First();
        Assert.True(only.Name is "predictions" or "outputs");
        return
        [
            .. only.Value.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetSingle()),
        ];
    }

    /// <summary>Waits until a condition holds.</summary>
    public static Task UntilAsync(Func<bool> condition, string what) =>
        UntilAsync(() => Task.FromResult(condition()), what);

    /// <summary>Waits until a condition holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (int i = 0; i < 400; i++)
        {
            if (await condition())
                return;
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"waited ten seconds in vain: {what}");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Channel.Dispose();
        Http2.Dispose();
        await Server.StopAsync();
        await Server.DisposeAsync();
    }
}
