using Firn.Server.Contracts;
using Firn.Server.Http;
using Firn.Server.Operations;
using Firn.Server.Telemetry;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Rest;

/// <summary>Turns every failure of a REST request into its status and one line, and keeps the server alive.</summary>
internal static class RestErrors
{
    public static async ValueTask GuardAsync(
        HttpContext context,
        RequestLog log,
        Func<ValueTask> answer,
        Outcome outcome
    )
    {
        try
        {
            await answer().ConfigureAwait(false);
            outcome.Code = HttpStatus.CodeOf(context.Response.StatusCode);
        }
        catch (ServingException error)
        {
            outcome.Code = error.Code;
            await SendAsync(
                    context,
                    HttpStatus.Of(error.Code),
                    error.Message,
                    error.Vocabulary,
                    error.RetryAfterSeconds
                )
                .ConfigureAwait(false);
        }
        catch (BadHttpRequestException error)
        {
            outcome.Code = HttpStatus.CodeOf(error.StatusCode);
            await SendAsync(context, error.StatusCode, error.Message).ConfigureAwait(false);
        }
        catch (Exception error)
            when (error is OperationCanceledException or ConnectionResetException or IOException
                && context.RequestAborted.IsCancellationRequested
            )
        {
            outcome.Code = StatusCode.Cancelled;
            context.Abort();
        }
        catch (Exception error)
        {
            outcome.Code = StatusCode.Internal;
            log.Failure(outcome, error);
            await SendAsync(
                    context,
                    StatusCodes.Status500InternalServerError,
                    "the server failed on this request; its log names the cause"
                )
                .ConfigureAwait(false);
        }
    }

    private static async ValueTask SendAsync(
        HttpContext context,
        int status,
        string message,
        string? vocabulary = null,
        int retryAfter = 0
    )
    {
        try
        {
            await Answers.SendErrorAsync(context, status, message, vocabulary, retryAfter).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The client has gone while its error was on the way; there is nobody left to tell.
            context.Abort();
        }
    }
}
