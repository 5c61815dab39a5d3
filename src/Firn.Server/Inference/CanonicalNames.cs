using Grpc.Core;

namespace Firn.Server.Inference;

/// <summary>Canonical codes in the spelling of TensorFlow Serving's JSON.</summary>
internal static class CanonicalNames
{
    public static string Of(StatusCode code) => code switch
    {
        StatusCode.OK => "OK",
        StatusCode.Internal => "INTERNAL",
        StatusCode.NotFound => "NOT_FOUND",
        StatusCode.InvalidArgument => "INVALID_ARGUMENT",
        StatusCode.Cancelled => "CANCELLED",
        StatusCode.Unavailable => "UNAVAILABLE",
        _ => "UNKNOWN",
    };
}
