namespace Firn.Server.Inference;

/// <summary>How much one request may ask for.</summary>
public sealed record ServingLimits
{
    /// <summary>Most bytes of a request's body, after decompression too. Default 16 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 16 << 20;

    /// <summary>Most texts of one request. Default 4096.</summary>
    public int MaxInstances { get; init; } = 4096;

    /// <summary>Most ids or vectors of one text, pads among them. Default 4096. (Texts are cut by the model itself.)</summary>
    public int MaxTokens { get; init; } = 4096;

    /// <summary>Time to send the request's headers. Default 10 s.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Least speed of a body, bytes a second, after five seconds. Default 240.</summary>
    public double MinBodyBytesPerSecond { get; init; } = 240;

    /// <summary>Time from the whole request to its answer; later ones get 504. Default 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Open connections; more are closed at once. Default 1024.</summary>
    public int MaxConnections { get; init; } = 1024;
}
