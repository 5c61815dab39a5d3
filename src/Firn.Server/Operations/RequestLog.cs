using Firn.Server.Inference;
using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Operations;

/// <summary>
/// What the log says of requests: nothing but failures unless asked, and never a text unless asked for texts.
/// </summary>
internal sealed partial class RequestLog(ILogger<RequestLog> logger, ServerSettings settings)
{
    public void Request(string protocol, Outcome outcome, TimeSpan time)
    {
        if (settings.LogRequests)
            Requested(
                protocol,
                outcome.Model,
                outcome.Version,
                outcome.Method,
                outcome.Code,
                outcome.Texts,
                time.TotalMilliseconds
            );
    }

    public void Texts(Outcome outcome, ModelInput input)
    {
        if (settings.LogTexts && input.Kind == InputKind.Texts)
            Received(outcome.Model, outcome.Version, input.Texts);
    }

    public void Failure(Outcome outcome, Exception error) =>
        Failed(outcome.Model, outcome.Version, outcome.Method, error);

    [LoggerMessage(
        20,
        LogLevel.Information,
        "{Protocol} {Model} version {Version} {Method}: {Code}, {Texts} texts, {Milliseconds:F3} ms"
    )]
    private partial void Requested(
        string protocol,
        string model,
        long version,
        string method,
        Grpc.Core.StatusCode code,
        int texts,
        double milliseconds
    );

    [LoggerMessage(21, LogLevel.Information, "{Model} version {Version} received {Texts}")]
    private partial void Received(string model, long version, IReadOnlyList<string> texts);

    [LoggerMessage(22, LogLevel.Error, "{Model} version {Version} {Method} failed")]
    private partial void Failed(string model, long version, string method, Exception error);
}
