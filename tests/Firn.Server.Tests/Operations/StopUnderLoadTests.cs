using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Firn.Server.Tests.Rpc;
using Firn.Server.Wire.Serving;
using Grpc.Core;

namespace Firn.Server.Tests.Operations;

/// <summary>
/// A stop while clients send without pause and reconnect at once: every request on a connection that was made is
/// answered. FIRN_STOPS sets how often; 3 without it.
/// </summary>
public sealed class StopUnderLoadTests : IDisposable
{
    private const string Body = "{\"instances\":[\"good day\"]}";
    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        $"POST /v1/models/tweets:predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
            + $"{Body.Length}\r\n\r\n{Body}"
    );

    private readonly TestModels _models = new();

    public StopUnderLoadTests() => _models.Add(TestModels.Make(1), 1);

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task NoRequestIsLost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "shutting the door before the socket closes needs Linux");
        int stops = int.TryParse(
            Environment.GetEnvironmentVariable("FIRN_STOPS"),
            CultureInfo.InvariantCulture,
            out int set
        )
            ? set
            : 3;
        long answered = 0,
            calls = 0;
        for (int i = 0; i < stops; i++)
        {
            // On a machine that others use too a client may get no processor for longer than a server waits for it, so
            // this one waits long; the stop ends as soon as every connection has.
            RunningServer server = await RunningServer.StartAsync(
                _models.Root,
                s => s with { DrainDelay = TimeSpan.FromMilliseconds(200), Silence = TimeSpan.FromSeconds(20) }
            );
            int port = server.Server.RestPort;
            Task<long>[] clients = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => SendAsync(port)))];
            Task<long> grpc = Task.Run(() => CallAsync(server));
            await Task.Delay(150, TestContext.Current.CancellationToken);
            await server.Server.StopAsync(TestContext.Current.CancellationToken);
            answered += (await Task.WhenAll(clients)).Sum();
            calls += await grpc;
            await server.DisposeAsync();
        }
        Assert.True(answered > 100 * stops && calls > 10 * stops, $"only {answered} answers and {calls} calls");
        TestContext.Current.SendDiagnosticMessage(
            "{0} stops: {1} REST answers, {2} gRPC answers, none lost",
            stops,
            answered,
            calls
        );
    }

    /// <summary>Sends until connections are refused. Throws when a request gets no answer.</summary>
    private static async Task<long> SendAsync(int port)
    {
        byte[] buffer = new byte[4096];
        for (long answered = 0; ; )
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return answered;
            }
            for (string head = ""; !head.Contains("Connection: close", StringComparison.OrdinalIgnoreCase); answered++)
            {
                await socket.SendAsync(Request);
                int read = await ReceiveAsync();
                head = Encoding.ASCII.GetString(buffer, 0, read);
                Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
                while (!head.Contains("predictions", StringComparison.Ordinal))
                {
                    Assert.True((read = await ReceiveAsync()) > 0, "the answer was cut");
                    head += Encoding.ASCII.GetString(buffer, 0, read);
                }
            }

            Task<int> ReceiveAsync() => socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>
    /// Calls until the server is gone. Throws when a call fails otherwise than by a refused connection.
    /// </summary>
    private static async Task<long> CallAsync(RunningServer server)
    {
        var client = new PredictionService.PredictionServiceClient(server.Channel);
        for (long answered = 0; ; answered++)
        {
            try
            {
                await client.PredictAsync(
                    PredictionTests.TextRequest("good day"),
                    deadline: DateTime.UtcNow.AddSeconds(30)
                );
            }
            catch (RpcException error)
                when (error.StatusCode == StatusCode.Unavailable
                    && error.Status.DebugException?.ToString().Contains("refused", StringComparison.OrdinalIgnoreCase)
                        == true
                )
            {
                return answered;
            }
            catch (RpcException error) when (NotTaken(error.Status.DebugException))
            {
                answered--;
            }
        }
    }

    /// <summary>
    /// The server has not taken the call, and it may be made again: a GOAWAY without an error (RFC 9113, section 6.8),
    /// which .NET follows three times by itself, or a connection whose end came before the call could be written to it.
    /// </summary>
    private static bool NotTaken(Exception? error) =>
        error is not null
        && (
            error is HttpProtocolException { ErrorCode: 0 } or SocketException { SocketErrorCode: SocketError.Shutdown }
            || NotTaken(error.InnerException)
        );
}
