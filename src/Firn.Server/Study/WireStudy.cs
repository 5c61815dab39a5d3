using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Firn.Client;
using Firn.Server.Batching;
using Firn.Server.Models;
using Firn.Server.Settings;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Study;

/// <summary>What one way of sending texts costs, a text.</summary>
/// <param name="Form">What was sent.</param>
/// <param name="Transport">Over what.</param>
/// <param name="Gzip">Whether bodies were compressed, both ways.</param>
/// <param name="TextsPerRequest">Texts in each request.</param>
/// <param name="BodyBytes">Bytes of the request's body before compression, a text.</param>
/// <param name="SentBytes">Bytes written to the socket, headers and frames among them, a text.</param>
/// <param name="ReceivedBytes">Bytes read from the socket, a text.</param>
/// <param name="Microseconds">Median time from the first byte sent to the whole answer, a text.</param>
public sealed record WireCost(
    string Form,
    string Transport,
    bool Gzip,
    int TextsPerRequest,
    double BodyBytes,
    double SentBytes,
    double ReceivedBytes,
    double Microseconds
);

/// <summary>What a study found.</summary>
/// <param name="Texts">Texts measured.</param>
/// <param name="TokensPerText">Known tokens of a text, on average.</param>
/// <param name="TextBytes">UTF-8 bytes of a text, on average.</param>
/// <param name="Dimension">Width of the word vectors.</param>
/// <param name="Costs">One entry a form, transport, compression and size of request.</param>
public sealed record WireReport(
    int Texts,
    double TokensPerText,
    double TextBytes,
    int Dimension,
    IReadOnlyList<WireCost> Costs
);

/// <summary>Sends a user's own texts in every form through a running server and counts at the socket.</summary>
public static class WireStudy
{
    private const int WarmUpRequests = 10;

    /// <summary>Starts a server on the bundle, on free ports of this machine, and measures.</summary>
    /// <param name="bundle">Folder of a bundle.</param>
    /// <param name="texts">The texts to send; each form sends all of them.</param>
    /// <param name="textsPerRequest">Sizes of requests to measure.</param>
    /// <param name="progress">Told after each form.</param>
    /// <param name="cancellation">Ends the study.</param>
    public static async Task<WireReport> RunAsync(
        string bundle,
        IReadOnlyList<string> texts,
        IReadOnlyList<int> textsPerRequest,
        IProgress<double>? progress,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(textsPerRequest);
        var settings = new ServerSettings
        {
            Models = bundle,
            RestPort = 0,
            GrpcPort = 0,
            DrainDelay = TimeSpan.Zero,
            LogLevel = LogLevel.Critical,
            Limits = new Settings.ServingLimits { MaxBodyBytes = 256 << 20, BodyMemoryBytes = long.MaxValue },
        };
        await using FirnServer server = FirnServer.Create(settings);
        await server.StartAsync(cancellation).ConfigureAwait(false);
        ServedModel model = server.Catalog.Models.Values.Single();
        using Lease lease = model.Hold(VersionChoice.Newest);
        IScorer scorer = lease.Version.Scorer;
        IReadOnlyList<WireForm> forms =
        [
            .. WireForm.All(scorer, model.Name).Where(f => scorer.TakesVectors || f.Name != "float vectors"),
        ];
        var costs = new List<WireCost>();
        foreach (int size in textsPerRequest)
        {
            IReadOnlyList<string>[] requests = [.. texts.Chunk(size)];
            foreach (WireForm form in forms)
            {
                byte[][] bodies = [.. requests.Select(form.Body)];
                foreach (bool gzip in (bool[])[false, true])
                    costs.Add(
                        await MeasureAsync(
                                server,
                                model.Name,
                                scorer.VocabularyHash,
                                form,
                                bodies,
                                texts.Count,
                                size,
                                gzip,
                                cancellation
                            )
                            .ConfigureAwait(false)
                    );
                progress?.Report((double)costs.Count / (textsPerRequest.Count * forms.Count * 2));
            }
        }
        var ids = new List<int>();
        foreach (string text in texts)
            scorer.Encode(text, ids, []);
        double bytes = texts.Average(t => (double)System.Text.Encoding.UTF8.GetByteCount(t));
        await server.StopAsync(cancellation).ConfigureAwait(false);
        return new WireReport(texts.Count, (double)ids.Count / texts.Count, bytes, scorer.Dimension, costs);
    }

    private static async Task<WireCost> MeasureAsync(
        FirnServer server,
        string model,
        string hash,
        WireForm form,
        byte[][] bodies,
        int texts,
        int size,
        bool gzip,
        CancellationToken cancellation
    )
    {
        var bytes = new SocketBytes();
        using var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            ConnectCallback = async (context, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, token).ConfigureAwait(false);
                return new CountingStream(new NetworkStream(socket, ownsSocket: true), bytes);
            },
        };
        bool http2 = form.Transport is WireTransport.Grpc or WireTransport.PackedHttp2;
        var address = new Uri($"http://127.0.0.1:{(http2 ? server.GrpcPort : server.RestPort)}");
        using var http = new HttpClient(handler) { BaseAddress = address };
        using GrpcChannel? channel =
            form.Transport == WireTransport.Grpc
                ? GrpcChannel.ForAddress(
                    address,
                    new GrpcChannelOptions
                    {
                        HttpClient = http,
                        MaxReceiveMessageSize = null,
                        MaxSendMessageSize = null,
                    }
                )
                : null;
        CallInvoker? invoker = channel?.CreateCallInvoker();
        for (int i = 0; i < WarmUpRequests; i++)
            await SendAsync(bodies[i % bodies.Length]).ConfigureAwait(false);
        long sent = bytes.Sent,
            received = bytes.Received;
        double[] times = new double[bodies.Length];
        for (int i = 0; i < bodies.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await SendAsync(bodies[i]).ConfigureAwait(false);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        Array.Sort(times);
        return new WireCost(
            form.Name,
            form.TransportName,
            gzip,
            size,
            (double)bodies.Sum(b => (long)b.Length) / texts,
            (double)(bytes.Sent - sent) / texts,
            (double)(bytes.Received - received) / texts,
            times[times.Length / 2] / Math.Min(size, texts)
        );

        Task SendAsync(byte[] body) =>
            invoker is not null
                ? CallAsync(invoker, body, gzip, cancellation)
                : PostAsync(http, $"/v1/models/{model}:predict", body, form, hash, gzip, cancellation);
    }

    private static async Task PostAsync(
        HttpClient http,
        string path,
        byte[] body,
        WireForm form,
        string hash,
        bool gzip,
        CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(gzip ? Gzip(body) : body),
        };
        bool packed = form.Transport is WireTransport.Packed or WireTransport.PackedHttp2;
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(
            packed ? PackedIds.ContentType : "application/json"
        );
        if (packed)
            request.Headers.TryAddWithoutValidation(VocabularyIdentity.Header, hash[..VocabularyIdentity.ShortestHash]);
        if (form.Transport == WireTransport.PackedHttp2)
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        if (gzip)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
            request.Headers.AcceptEncoding.ParseAdd("gzip");
        }
        using HttpResponseMessage answer = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        byte[] content = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidDataException(
                $"{form.Name} by {form.TransportName}: {(int)answer.StatusCode}: "
                    + $"{System.Text.Encoding.UTF8.GetString(content)}"
            );
    }

    private static async Task CallAsync(CallInvoker invoker, byte[] body, bool gzip, CancellationToken cancellation)
    {
        var marshaller = new Marshaller<byte[]>(b => b, b => b);
        var method = new Method<byte[], byte[]>(
            MethodType.Unary,
            "tensorflow.serving.PredictionService",
            "Predict",
            marshaller,
            marshaller
        );
        var headers = new Metadata();
        if (gzip)
            headers.Add("grpc-internal-encoding-request", "gzip");
        await invoker
            .AsyncUnaryCall(method, null, new CallOptions(headers, cancellationToken: cancellation), body)
            .ResponseAsync.ConfigureAwait(false);
    }

    private static byte[] Gzip(byte[] plain)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(plain);
        return packed.ToArray();
    }
}
