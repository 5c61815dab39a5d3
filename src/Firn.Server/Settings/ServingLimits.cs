namespace Firn.Server.Settings;

/// <summary>How much one request may ask for.</summary>
public sealed record ServingLimits
{
    /// <summary>Most bytes of a request's body, after decompression too. Default 16 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 16 << 20;

    /// <summary>Most texts of one request. Default 4096.</summary>
    public int MaxInstances { get; init; } = 4096;

    /// <summary>
    /// Most ids or vectors of one text, pads among them. Default 4096. (Texts are cut by the model itself.)
    /// </summary>
    public int MaxTokens { get; init; } = 4096;

    /// <summary>Most ids or vectors of all texts of a request together. Default 4 Mi.</summary>
    public int MaxRequestTokens { get; init; } = 4 << 20;

    /// <summary>
    /// Most characters (UTF-16) of one text; longer ones are refused before they are cleaned. Default 100,000.
    /// </summary>
    public int MaxCharacters { get; init; } = 100_000;

    /// <summary>Most characters (UTF-16) of all texts of a request together. Default 4 Mi.</summary>
    public int MaxRequestCharacters { get; init; } = 4 << 20;

    /// <summary>
    /// Memory that all bodies in flight may take together, in bytes, counted as they arrive; the first 64 KiB of each
    /// are free. A body that would pass it gets 429 with <c>Retry-After</c>. Default 128 MiB.
    /// </summary>
    public long BodyMemoryBytes { get; init; } = 128L << 20;

    /// <summary>Time to send a connection's first byte, and a request's headers. Default 10 s.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may stay open between two requests. Default 120 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Least speed of a body, bytes a second, at any time over <see cref="BodyWindow"/>. Default 240.
    /// </summary>
    public double MinBodyBytesPerSecond { get; init; } = 240;

    /// <summary>The time over which a body's speed is measured. Default 5 s.</summary>
    public TimeSpan BodyWindow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time from a request's headers to its answer, its body's arrival among it; later ones get 408 or 504. Default 30
    /// s.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Open connections. A newcomer beyond it takes the place of the one that has been idle longest; where none is idle
    /// it gets 503 for all but health, and beyond 32 of those it is closed at once. Default 1024.
    /// </summary>
    public int MaxConnections { get; init; } = 1024;
}
