using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Firn.Cli.Output;

namespace Firn.Cli.Commands.Serving;

/// <summary>
/// The options of <c>firn serve</c>, in the groups in which help lists them: ports, versions, batches, limits, access,
/// log.
/// </summary>
internal sealed class ServeOptions
{
    private readonly Option<string> _address = Make("--address", "Address to listen on", "127.0.0.1");
    private readonly Option<int> _restPort = Make("--rest-port", "Port of REST; 0 picks a free one", 8501);
    private readonly Option<int> _grpcPort = Make(
        "--grpc-port",
        "Port of gRPC (HTTP/2; REST answers there too); 0 picks a free one",
        8500
    );
    private readonly Option<bool> _tls = new("--tls")
    {
        Description =
            "TLS on both ports, with the certificate of Kestrel's own configuration (--settings, or "
            + "Kestrel__Certificates__Default__Path)",
    };
    private readonly Option<string?> _settingsFile = new("--settings")
    {
        Description = "JSON file with Kestrel's and Logging's own configuration",
    };
    private readonly Option<string> _versions = Make(
        "--versions",
        "Which versions serve: latest, latest:N, all, specific:1,3",
        "latest"
    );
    private readonly Option<string[]> _labels = new("--label")
    {
        Description = "Name for a version, such as stable=3; may be repeated; a model's labels.json does the same",
    };
    private readonly Option<double> _poll = Make(
        "--poll-seconds",
        "Time between two looks at the folders; 0 looks at the start and on reload requests only",
        1.0
    );
    private readonly Option<bool> _strict = new("--strict-readiness")
    {
        Description = "Ready means that every model serves, not that one does",
    };
    private readonly Option<string?> _modelConfig = new("--model-config")
    {
        Description =
            "TensorFlow Serving's model_config_list in a file: serve these models; requests that change what is "
            + "served write it",
        HelpName = "FILE",
    };
    private readonly Option<double> _modelConfigPoll = Make(
        "--model-config-poll-seconds",
        "Time between two looks at --model-config; 0 reads it at the start alone",
        0.0
    );
    private readonly Option<bool> _noReload = new("--no-reload")
    {
        Description = "Refuse HandleReloadConfigRequest and the repository's load and unload",
    };
    private readonly Option<int> _batch = Make("--max-batch-size", "Most texts in one pass through a model", 256);
    private readonly Option<int> _batchWait = Make(
        "--batch-timeout-micros",
        "How long a batch that is not full may wait while another runs",
        0
    );
    private readonly Option<int> _workers = Make("--batch-workers", "Batches that run at a time; 0 for one a core", 0);
    private readonly Option<int> _queue = Make(
        "--queue-limit",
        "Texts that may wait; beyond, requests get 429 at once",
        4096
    );
    private readonly Option<int> _body = Make("--max-body-bytes", "Longest body, after decompression too", 16 << 20);
    private readonly Option<int> _instances = Make("--max-instances", "Most texts of a request", 4096);
    private readonly Option<int> _tokens = Make("--max-tokens", "Most ids or vectors of a text", 4096);
    private readonly Option<int> _requestTokens = Make(
        "--max-request-tokens",
        "Most ids or vectors of a request",
        4 << 20
    );
    private readonly Option<int> _characters = Make("--max-characters", "Most characters of a text", 100_000);
    private readonly Option<int> _requestCharacters = Make(
        "--max-request-characters",
        "Most characters of a request's texts together",
        4 << 20
    );
    private readonly Option<long> _bodyMemory = Make(
        "--body-memory-bytes",
        "Memory for all bodies in flight; beyond, requests longer than 64 KiB get 429",
        128L << 20
    );
    private readonly Option<int> _connections = Make(
        "--max-connections",
        "Most open connections; a newcomer takes the place of the one idle longest",
        1024
    );
    private readonly Option<double> _keepAlive = Make(
        "--keep-alive-seconds",
        "Longest silence of a connection between two requests",
        120.0
    );
    private readonly Option<string[]> _hosts = new("--allowed-hosts")
    {
        Description =
            "Names that a request's Host may have, such as models.example.org or *.example.org; may be repeated "
            + "(default: any)",
        HelpName = "NAME",
    };
    private readonly Option<double> _timeout = Make(
        "--request-seconds",
        "Longest time of a request, its body's arrival among it",
        30.0
    );
    private readonly Option<int> _rate = Make(
        "--rate-limit",
        "Requests a second for each key or address; 0 for no limit",
        0
    );
    private readonly Option<string?> _keys = new("--api-keys")
    {
        Description =
            "File of API keys, one 'NAME SHA256 ROLES' a line (predict, metrics, admin); read again when it changes",
        HelpName = "FILE",
    };
    private readonly Option<string?> _proxies = new("--trusted-proxies")
    {
        Description = "Addresses and networks whose X-Forwarded-For is believed, such as 10.0.0.0/8,192.168.1.5",
        HelpName = "LIST",
    };
    private readonly Option<string?> _origins = new("--cors-origins")
    {
        Description = "Origins whose pages may call from a browser, such as https://app.example.org; * for all",
        HelpName = "LIST",
    };
    private readonly Option<double> _age = Make(
        "--max-connection-age",
        "Seconds after which a connection ends with its next answer; 0 for never",
        0.0
    );
    private readonly Option<bool> _needVocabulary = new("--require-vocabulary")
    {
        Description = "Refuse ids without the hash of their vocabulary",
    };
    private readonly Option<double> _drain = Make(
        "--drain-seconds",
        "Time between the signal to stop and the end of taking connections",
        1.0
    );
    private readonly Option<bool> _logJson = new("--log-json") { Description = "Log lines as JSON" };
    private readonly Option<bool> _logRequests = new("--log-requests") { Description = "One log line a request" };
    private readonly Option<bool> _logTexts = new("--log-texts")
    {
        Description = "Log the texts too; they may be private",
    };

    /// <summary>Makes a key instead of serving.</summary>
    public Option<string?> NewKey { get; } =
        new("--new-key")
        {
            Description = "Make an API key of this name, print it with its line for --api-keys, and end",
            HelpName = "NAME",
        };

    /// <summary>What the new key may do.</summary>
    public Option<string> KeyRoles { get; } =
        Make("--key-roles", "Roles of --new-key: predict, metrics, admin, with commas between", "predict");

    public IEnumerable<Option> All =>
        [
            _address,
            _restPort,
            _grpcPort,
            _tls,
            _settingsFile,
            _versions,
            _labels,
            _poll,
            _strict,
            _modelConfig,
            _modelConfigPoll,
            _noReload,
            _batch,
            _batchWait,
            _workers,
            _queue,
            _body,
            _instances,
            _tokens,
            _requestTokens,
            _characters,
            _requestCharacters,
            _bodyMemory,
            _connections,
            _keepAlive,
            _age,
            _timeout,
            _rate,
            _keys,
            _proxies,
            _origins,
            _hosts,
            _needVocabulary,
            _drain,
            _logJson,
            _logRequests,
            _logTexts,
            NewKey,
            KeyRoles,
        ];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Server.Settings.ServerSettings ToSettings(ParseResult parsed, string folder) =>
        new()
        {
            Models = folder,
            Address = IPAddress.TryParse(parsed.GetValue(_address), out IPAddress? ip)
                ? ip
                : throw new UsageError($"--address: '{parsed.GetValue(_address)}' is no IP address"),
            RestPort = Port(parsed, _restPort),
            GrpcPort = Port(parsed, _grpcPort),
            Tls = parsed.GetValue(_tls),
            SettingsFile = parsed.GetValue(_settingsFile),
            Policy = Policy(parsed.GetValue(_versions)!),
            Labels = Labels(parsed.GetValue(_labels) ?? []),
            PollInterval = Poll(parsed, _poll, "looks at the start and on reload requests only"),
            StrictReadiness = parsed.GetValue(_strict),
            ModelConfigFile = parsed.GetValue(_modelConfig),
            ModelConfigPollInterval = Poll(parsed, _modelConfigPoll, "reads it at the start alone"),
            AllowReload = !parsed.GetValue(_noReload),
            Batching = new Server.Settings.BatchingOptions
            {
                MaxBatchSize = Count(parsed, _batch, 1),
                BatchTimeoutMicros = Count(parsed, _batchWait, 0),
                Workers = Count(parsed, _workers, 0),
                QueueLimit = Count(parsed, _queue, 0),
            },
            Limits = new Server.Settings.ServingLimits
            {
                MaxBodyBytes = Count(parsed, _body, 1),
                MaxInstances = Count(parsed, _instances, 1),
                MaxTokens = Count(parsed, _tokens, 1),
                MaxRequestTokens = Count(parsed, _requestTokens, 1),
                MaxCharacters = Count(parsed, _characters, 1),
                MaxRequestCharacters = Count(parsed, _requestCharacters, 1),
                BodyMemoryBytes = parsed.GetValue(_bodyMemory) is >= 0 and var memory
                    ? memory
                    : throw new UsageError($"{_bodyMemory.Name}: must not be negative"),
                MaxConnections = Count(parsed, _connections, 1),
                KeepAliveTimeout = Seconds(parsed, _keepAlive, least: 1),
                RequestTimeout = Seconds(parsed, _timeout, least: 0.001),
            },
            AllowedHosts = parsed.GetValue(_hosts) ?? [],
            RateLimit = Count(parsed, _rate, 0),
            ApiKeys = parsed.GetValue(_keys),
            TrustedProxies = Networks(parsed.GetValue(_proxies)),
            CorsOrigins = Origins(parsed.GetValue(_origins)),
            MaxConnectionAge = Seconds(parsed, _age),
            RequireVocabulary = parsed.GetValue(_needVocabulary),
            DrainDelay = Seconds(parsed, _drain),
            LogJson = parsed.GetValue(_logJson),
            LogRequests = parsed.GetValue(_logRequests),
            LogTexts = parsed.GetValue(_logTexts),
        };

    private static Server.Settings.VersionPolicy Policy(string text)
    {
        try
        {
            return Server.Settings.VersionPolicy.Parse(text);
        }
        catch (FormatException error)
        {
            throw new UsageError($"--versions: {error.Message.TrimEnd('.')}");
        }
    }

    private static Dictionary<string, long> Labels(string[] pairs)
    {
        var labels = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string pair in pairs)
        {
            string[] parts = pair.Split('=');
            if (
                parts.Length != 2
                || parts[0].Length == 0
                || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long version)
            )
                throw new UsageError($"--label: '{pair}' must read NAME=VERSION, such as stable=3");
            labels[parts[0]] = version;
        }
        return labels;
    }

    private static List<IPNetwork> Networks(string? list)
    {
        var networks = new List<IPNetwork>();
        foreach (string text in Parts(list))
        {
            if (IPAddress.TryParse(text, out IPAddress? address))
                networks.Add(
                    new IPNetwork(
                        address,
                        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128
                    )
                );
            else if (IPNetwork.TryParse(text, out IPNetwork network))
                networks.Add(network);
            else
                throw new UsageError(
                    $"--trusted-proxies: '{text}' is no address and no network such as 10.0.0.0/8 (whose bits behind "
                        + $"the prefix are 0)"
                );
        }
        return networks;
    }

    private static List<string> Origins(string? list)
    {
        List<string> origins = Parts(list);
        foreach (string text in origins.Where(o => o != "*"))
        {
            if (
                !Uri.TryCreate(text, UriKind.Absolute, out Uri? origin)
                || origin.Scheme is not ("http" or "https")
                || origin.GetLeftPart(UriPartial.Authority) != text
            )
                throw new UsageError(
                    $"--cors-origins: '{text}' is no origin; write scheme, host and port alone, such as "
                        + $"https://app.example.org"
                );
        }
        return origins;
    }

    private static List<string> Parts(string? list) =>
        [.. (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static int Count(ParseResult parsed, Option<int> option, int least)
    {
        int count = parsed.GetValue(option);
        return count >= least ? count : throw new UsageError($"{option.Name}: {count} is too few; at least {least}");
    }

    private static int Port(ParseResult parsed, Option<int> option)
    {
        int port = parsed.GetValue(option);
        return port is >= 0 and <= ushort.MaxValue
            ? port
            : throw new UsageError($"{option.Name}: {port} is no port; 0 to 65535");
    }

    private static TimeSpan Poll(ParseResult parsed, Option<double> option, string zero)
    {
        double seconds = parsed.GetValue(option);
        return seconds is 0 or (>= 0.05 and <= 86_400)
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageError(
                $"{option.Name}: {seconds.ToString(CultureInfo.InvariantCulture)} must be 0, which {zero}, or lie "
                    + $"between 0.05 and 86400 seconds"
            );
    }

    private static TimeSpan Seconds(ParseResult parsed, Option<double> option, double least = 0)
    {
        double seconds = parsed.GetValue(option);
        return seconds >= least && seconds <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageError(
                $"{option.Name}: {seconds.ToString(CultureInfo.InvariantCulture)} must lie between "
                    + $"{least.ToString(CultureInfo.InvariantCulture)} and 86400 seconds"
            );
    }

    private static Option<T> Make<T>(string name, string description, T standard) =>
        new(name) { Description = description, DefaultValueFactory = _ => standard };
}
