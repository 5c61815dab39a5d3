using Grpc.Core;

namespace Firn.Server.Contracts;

/// <summary>
/// A request that cannot be answered: the canonical code (gRPC's numbers) and one clear line for the client.
/// </summary>
internal sealed class ServingException : Exception
{
    // What a message quotes of a request may be as long as the request.
    private const int LongestMessage = 500;

    public ServingException(StatusCode code, string message)
        : base(message.Length <= LongestMessage ? message : message[..LongestMessage] + " ...")
    {
        Code = code;
    }

    /// <summary>The canonical error code; REST maps it to an HTTP status.</summary>
    public StatusCode Code { get; }

    /// <summary>The hash that the client should have sent, where a vocabulary did not fit; else null.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>Seconds after which trying again makes sense; 0 when it does not.</summary>
    public int RetryAfterSeconds { get; init; }

    public static ServingException Invalid(string message) => new(StatusCode.InvalidArgument, message);

    public static ServingException NotFound(string message) => new(StatusCode.NotFound, message);

    public static ServingException Overloaded(string message) =>
        new(StatusCode.ResourceExhausted, message) { RetryAfterSeconds = 1 };
}
