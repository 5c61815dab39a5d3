using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Firn.Server.Rpc;

/// <summary>
/// A message that is no valid protobuf fails inside the gRPC library, before any method runs, and would leave as
/// UNKNOWN, as if the server were at fault. Methods that answer that way themselves say that they read the message.
/// </summary>
internal static class UnreadableMessages
{
    private static readonly object Read = new();

    private const string Status = "grpc-status";
    private const string Message = "grpc-message";

    public static async Task ReportAsync(HttpContext context, RequestDelegate next)
    {
        // A message is bounded by its own length, which stands before it; the limit on whole bodies would end a message
        // that is too long in the middle, and the answer would depend on which of the two is noticed first.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        await next(context).ConfigureAwait(false);
        IHeaderDictionary headers = context.Response.Headers;
        if (
            context.Response.HasStarted
            || headers[Status] != Code(StatusCode.Unknown)
            || context.Items.ContainsKey(Read)
        )
            return;
        headers[Status] = Code(StatusCode.InvalidArgument);
        headers[Message] = "the message is no valid protobuf of the method's request type";
    }

    /// <summary>Notes that the message was read, so that UNKNOWN is the method's own answer.</summary>
    public static void NoteRead(HttpContext context) => context.Items[Read] = true;

    private static string Code(StatusCode code) => ((int)code).ToString(CultureInfo.InvariantCulture);
}
