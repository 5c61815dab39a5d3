using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Contracts;

/// <summary>Canonical codes as HTTP statuses.</summary>
internal static class HttpStatus
{
    private const int ClientClosedRequest = 499;

    public static int Of(StatusCode code) =>
        code switch
        {
            StatusCode.OK => StatusCodes.Status200OK,
            StatusCode.Cancelled => ClientClosedRequest,
            StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange =>
                StatusCodes.Status400BadRequest,
            StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
            StatusCode.NotFound => StatusCodes.Status404NotFound,
            StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
            StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
            StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
            StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
            StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
            StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };

    /// <summary>The canonical code of a status that the HTTP layer chose itself.</summary>
    public static StatusCode CodeOf(int status) =>
        status switch
        {
            < 400 => StatusCode.OK,
            StatusCodes.Status404NotFound => StatusCode.NotFound,
            StatusCodes.Status408RequestTimeout => StatusCode.DeadlineExceeded,
            StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests =>
                StatusCode.ResourceExhausted,
            < 500 => StatusCode.InvalidArgument,
            StatusCodes.Status501NotImplemented => StatusCode.Unimplemented,
            StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
            _ => StatusCode.Internal,
        };
}
