using System.Diagnostics;
using System.Globalization;
using Firn.Server.Contracts;
using Firn.Server.Http;
using Firn.Server.Telemetry;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Operations;

/// <summary>
/// Calls that are turned away before they reach a model: counted, logged with key name and address, answered.
/// </summary>
internal sealed partial class Refusals(ServerMeters meters, ILogger<Refusals> logger)
{
    private const int LinesPerSecond = 20;
    private const int LongestPath = 200;
    private readonly Lock _gate = new();
    private long _second;
    private int _lines;
    private int _silent;

    /// <summary>Counts and logs one call, without answering it.</summary>
    public void Note(HttpContext context, StatusCode code)
    {
        string name = context.User.Identity?.Name ?? "";
        meters.Refused(name, code);
        (bool speak, int missed) = MaySpeak();
        if (missed > 0)
            Missed(missed);
        if (!speak)
            return;
        string path = context.Request.Path.ToUriComponent();
        Refused(
            HttpStatus.Of(code),
            name.Length > 0 ? name : "none",
            AddressOf(context),
            context.Request.Method,
            path.Length > LongestPath ? path[..LongestPath] + "..." : path
        );
    }

    /// <summary>Counts, logs and answers one call.</summary>
    public Task RefuseAsync(HttpContext context, StatusCode code, string message)
    {
        Note(context, code);
        return AnswerAsync(context, code, message);
    }

    /// <summary>Answers a call that goes no further, in the form of its protocol.</summary>
    public static async Task AnswerAsync(HttpContext context, StatusCode code, string message)
    {
        if (IsGrpc(context.Request))
        {
            // A gRPC error without an answer: status and message stand in the headers of a 200.
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = message;
            return;
        }
        bool passes = code is StatusCode.ResourceExhausted or StatusCode.Unavailable;
        await Answers
            .SendErrorAsync(context, HttpStatus.Of(code), message, retryAfter: passes ? 1 : 0)
            .ConfigureAwait(false);
    }

    /// <summary>Whether a call is gRPC's.</summary>
    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>The client's address: the connection's, or what a trusted proxy says.</summary>
    public static string AddressOf(HttpContext context)
    {
        System.Net.IPAddress? address = context.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "unknown";
    }

    /// <summary>A flood of calls must not become a flood of lines: so many a second, and then their number.</summary>
    private (bool Speak, int Missed) MaySpeak()
    {
        long now = Stopwatch.GetTimestamp() / Stopwatch.Frequency;
        lock (_gate)
        {
            int missed = 0;
            if (now != _second)
                (_second, _lines, missed, _silent) = (now, 0, _silent, 0);
            if (_lines++ < LinesPerSecond)
                return (true, missed);
            _silent++;
            return (false, missed);
        }
    }

    [LoggerMessage(40, LogLevel.Warning, "refused with {Status}: key {Key}, address {Address}, {Method} {Path}")]
    private partial void Refused(int status, string key, string address, string method, string path);

    [LoggerMessage(
        41,
        LogLevel.Warning,
        "{Count} more calls were refused, too many to log one by one; firn_refused_total counts them"
    )]
    private partial void Missed(int count);
}
