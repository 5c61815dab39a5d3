namespace Firn.Client;

/// <summary>Where a model is served and how its client behaves.</summary>
public sealed record FirnClientOptions
{
    /// <summary>
    /// The server, such as <c>http://127.0.0.1:8501</c>. Over plain HTTP the gRPC port (8500) takes the same requests
    /// as HTTP/2, whose compressed headers make small requests about a third as long; see <see cref="Http2"/>.
    /// </summary>
    public required Uri Server { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>A label such as <c>stable</c>; null for the newest version.</summary>
    public string? Label { get; init; }

    /// <summary>The API key, where the server wants one.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Speak HTTP/2 from the first byte. Over plain HTTP only the gRPC port does.</summary>
    public bool Http2 { get; init; }

    /// <summary>Most time of one call, retries included. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a call is tried again after a lost connection, 429, 502, 503 or 504. Scoring changes nothing on the
    /// server, so every one of these is safe to repeat. Default 3.
    /// </summary>
    public int Retries { get; init; } = 3;

    /// <summary>
    /// Wait before the first retry; it doubles, with chance in it so that clients do not come back in step. Where the
    /// server asks for more (<c>Retry-After</c>) that is waited, and where <see cref="Timeout"/> leaves less, the
    /// refusal is thrown. Default 50 ms.
    /// </summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Most connections to the server. Default 16.</summary>
    public int MaxConnections { get; init; } = 16;

    /// <summary>Texts sent in one request; more are sent one part after the other. Default 1024.</summary>
    public int MaxTexts { get; init; } = 1024;
}
