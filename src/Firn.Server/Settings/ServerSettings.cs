using System.Net;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Settings;

/// <summary>Everything that can be set on a model server.</summary>
public sealed record ServerSettings
{
    /// <summary>Folder of models: <c>NAME/VERSION/</c> bundles; or one model's folder, or one bundle.</summary>
    public required string Models { get; init; }

    /// <summary>Address to listen on. Default: this machine only.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port of REST, HTTP/1.1 (and HTTP/2 with TLS); 0 picks a free one. Default 8501.</summary>
    public int RestPort { get; init; } = 8501;

    /// <summary>Port of gRPC, HTTP/2; REST answers there too. 0 picks a free one. Default 8500.</summary>
    public int GrpcPort { get; init; } = 8500;

    /// <summary>Which versions of each model are served.</summary>
    public VersionPolicy Policy { get; init; } = VersionPolicy.Newest;

    /// <summary>Labels for versions, for every model, besides those of each model's <c>labels.json</c>.</summary>
    public IReadOnlyDictionary<string, long> Labels { get; init; } = new Dictionary<string, long>();

    /// <summary>
    /// Time between two looks at the folders; zero looks at the start and on reload requests only. Default 1 s.
    /// </summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Ready means that every model serves; by default, that one does. Default off.</summary>
    public bool StrictReadiness { get; init; }

    /// <summary>How requests share passes through a model.</summary>
    public BatchingOptions Batching { get; init; } = new();

    /// <summary>How much one request may ask for.</summary>
    public ServingLimits Limits { get; init; } = new();

    /// <summary>
    /// Names that a request's <c>Host</c> may have, <c>*.example.org</c> among them; empty for any. Health is answered
    /// under every name.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Refuse ids that come without the hash of their vocabulary. Packed ids always need it.</summary>
    public bool RequireVocabulary { get; init; }

    /// <summary>
    /// TensorFlow Serving's <c>model_config_list</c> in a file: these models are served, at the start and again after
    /// it. Requests that change what is served write it. Null serves whatever lies in <see cref="Models"/>.
    /// </summary>
    public string? ModelConfigFile { get; init; }

    /// <summary>
    /// Time between two looks at <see cref="ModelConfigFile"/>; 0, the default, reads it at the start alone.
    /// </summary>
    public TimeSpan ModelConfigPollInterval { get; init; }

    /// <summary>
    /// File of API keys, one <c>NAME SHA256 ROLES</c> a line, read again when it changes; null lets everyone in.
    /// </summary>
    public string? ApiKeys { get; init; }

    /// <summary>Requests a second for each API key, or each address without keys; 0 for no limit.</summary>
    public int RateLimit { get; init; }

    /// <summary>
    /// Proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed. Default: none.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Origins whose pages may call the server from a browser; <c>*</c> for all. Default: none.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>
    /// Age at which a connection is ended with its next answer, so that balancers share clients anew; 0, the default,
    /// for never.
    /// </summary>
    public TimeSpan MaxConnectionAge { get; init; }

    /// <summary>
    /// TLS on both ports, with the certificate of Kestrel's own configuration; read again when its file changes.
    /// </summary>
    public bool Tls { get; init; }

    /// <summary>JSON file with Kestrel's and logging's own configuration; null for none.</summary>
    public string? SettingsFile { get; init; }

    /// <summary>
    /// Time between the signal to stop and the end of taking connections, while answers ask clients to reconnect
    /// elsewhere. Default 1 s.
    /// </summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for requests that were accepted before a stop. Default 30 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two looks at keys and certificates.</summary>
    internal TimeSpan FileInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection may stay silent, after the last could be made, before a stop closes it.</summary>
    internal TimeSpan Silence { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Least level of log lines.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Log lines as JSON objects.</summary>
    public bool LogJson { get; init; }

    /// <summary>Log one line a request.</summary>
    public bool LogRequests { get; init; }

    /// <summary>Log the texts of requests too; they may be private. Off unless asked.</summary>
    public bool LogTexts { get; init; }

    /// <summary>
    /// Lets <c>HandleReloadConfigRequest</c> and the repository's load and unload change what is served, below
    /// <see cref="Models"/> only. Default on; with <see cref="ApiKeys"/> they need a key with the role admin.
    /// </summary>
    public bool AllowReload { get; init; } = true;
}
