using System.Net;

namespace Firn.Client;

/// <summary>The server refused a call, or could not be reached; the message says why.</summary>
public sealed class ServerException : Exception
{
    /// <summary>Makes the exception.</summary>
    public ServerException(string message, HttpStatusCode? status, Exception? inner = null)
        : base(message, inner)
    {
        Status = status;
    }

    /// <summary>The answer's status; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; }
}
