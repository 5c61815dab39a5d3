using System.Diagnostics.Metrics;
using System.Globalization;
using Firn.Server.Contracts;
using Grpc.Core;

namespace Firn.Server.Telemetry;

/// <summary>
/// The server's metrics, as .NET's instruments; <see cref="Telemetry"/> hands them to OpenTelemetry. Recording
/// allocates nothing: tags are strings that exist, passed on the stack.
/// </summary>
internal sealed class ServerMeters : IDisposable
{
    public const string MeterName = "Firn.Server";

    /// <summary>
    /// The names that OpenTelemetry takes for TensorFlow Serving's, whose colons it does not; the page writes them
    /// back.
    /// </summary>
    public const string ServingPrefix = "tensorflow.serving.";

    private static readonly double[] LatencyBuckets =
    [
        .0001,
        .00025,
        .0005,
        .001,
        .0025,
        .005,
        .01,
        .025,
        .05,
        .1,
        .25,
        .5,
        1,
        2.5,
        5,
        10,
        30,
    ];

    private static readonly double[] BatchBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096];

    /// <summary>
    /// TensorFlow Serving's: 10 microseconds, and each bound 1.8 times the one before, as it prints them.
    /// </summary>
    private static readonly double[] ServingBuckets =
    [
        .. Enumerable
            .Range(0, 33)
            .Select(i =>
                double.Parse(
                    (10 * Math.Pow(1.8, i)).ToString("G6", CultureInfo.InvariantCulture),
                    CultureInfo.InvariantCulture
                )
            ),
    ];

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _latency;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _queueTime;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _limited;
    private readonly Counter<long> _loads;
    private readonly Counter<long> _servingRequests;
    private readonly Histogram<double> _servingLatency;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Model, long Version), (int State, double Seconds)> _versions = [];
    private readonly SortedSet<(string Model, string Kind)> _problems = [];

    public ServerMeters()
    {
        Meter = new Meter(MeterName);
        _requests = Meter.CreateCounter<long>("firn.requests", null, "Requests by model, method and canonical code.");
        _latency = Histogram<double>(
            "firn.request.seconds",
            "Time from the request's headers to its answer.",
            LatencyBuckets
        );
        _batchSize = Histogram<int>(
            "firn.batch.texts",
            "Texts in one pass through the model.",
            [.. BatchBuckets.Select(b => (int)b)]
        );
        _queueTime = Histogram<double>(
            "firn.queue.seconds",
            "Time that queued requests waited for a worker.",
            LatencyBuckets
        );
        _rejected = Meter.CreateCounter<long>("firn.rejected", null, "Requests refused because the queue was full.");
        _refused = Meter.CreateCounter<long>(
            "firn.refused",
            null,
            "Calls refused for want of a key or a role, or beyond the rate limit, by key and HTTP status."
        );
        _limited = Meter.CreateCounter<long>(
            "firn.limited",
            null,
            "Bodies refused (memory, slow) and connections closed (silent, idle, connections) by the limits."
        );
        _loads = Meter.CreateCounter<long>("firn.model.loads", null, "Loads of versions by outcome.");
        _servingRequests = Meter.CreateCounter<long>(
            ServingPrefix + "request_count",
            null,
            "The total number of requests, as TensorFlow Serving counts them."
        );
        _servingLatency = Histogram<double>(
            ServingPrefix + "request_latency",
            "Distribution of wall time (in microseconds) for requests, as TensorFlow Serving counts them.",
            ServingBuckets
        );
    }

    /// <summary>This server's own meter; another server of the process has another of the same name.</summary>
    public Meter Meter { get; }

    /// <summary>State and load time of every version that is known, in order. Written by the metrics' page itself: a
    /// version that is gone must go from there, and OpenTelemetry keeps what it has seen.</summary>
    public IReadOnlyList<VersionMetrics> Versions
    {
        get
        {
            lock (_gate)
                return
                [
                    .. _versions.Select(v => new VersionMetrics(
                        v.Key.Model,
                        v.Key.Version,
                        v.Value.State,
                        v.Value.Seconds
                    )),
                ];
        }
    }

    /// <summary>What is wrong with models' folders now, in order.</summary>
    public IReadOnlyList<(string Model, string Kind)> Problems
    {
        get
        {
            lock (_gate)
                return [.. _problems];
        }
    }

    public void Dispose() => Meter.Dispose();

    /// <summary>Counts one request of a protocol (<c>REST</c> or <c>GRPC</c>).</summary>
    public void Request(Outcome outcome, string entrypoint, TimeSpan time)
    {
        var model = Tag("model", outcome.Model);
        var method = Tag("method", outcome.Method);
        _requests.Add(1, model, method, Tag("code", CodeNames.Of(outcome.Code)));
        _latency.Record(time.TotalSeconds, model, method);
        outcome.Statistics?.Request(outcome, time);
        if (ServingName(outcome.Method) is not { } api || outcome.Model.Length == 0)
            return;
        var named = Tag("model_name", outcome.Model);
        _servingRequests.Add(1, named, Tag("status", Telemetry.CanonicalNames.Of(outcome.Code)));
        _servingLatency.Record(
            time.TotalMicroseconds,
            named,
            Tag("API", entrypoint == "REST" ? outcome.Method : api),
            Tag("entrypoint", entrypoint)
        );
    }

    /// <summary>Counts one call that was turned away at the gate.</summary>
    public void Refused(string key, StatusCode code) =>
        _refused.Add(1, Tag("key", key), Tag("code", CodeNames.HttpOf(code)));

    public ModelMeters For(string model) => new(this, model);

    public void State(string model, VersionStatus status)
    {
        lock (_gate)
            _versions[(model, status.Version)] = (
                (int)status.State,
                _versions.GetValueOrDefault((model, status.Version)).Seconds
            );
    }

    /// <summary>Takes a version that is gone off the metrics' page.</summary>
    public void Forget(string model, long version)
    {
        lock (_gate)
            _versions.Remove((model, version));
    }

    public void Loaded(string model, long version, TimeSpan time)
    {
        _loads.Add(1, Tag("model", model), Tag("outcome", "ok"));
        lock (_gate)
            _versions[(model, version)] = (_versions.GetValueOrDefault((model, version)).State, time.TotalSeconds);
    }

    /// <summary>Notes whether something is wrong with a model's folder.</summary>
    public void Problem(string model, string kind, bool stands)
    {
        lock (_gate)
        {
            if (stands)
                _problems.Add((model, kind));
            else
                _problems.Remove((model, kind));
        }
    }

    /// <summary>Counts a body or a connection that the limits refused.</summary>
    public void Limited(string reason) => _limited.Add(1, Tag("reason", reason));

    public void LoadFailed(string model) => _loads.Add(1, Tag("model", model), Tag("outcome", "failed"));

    internal void Batch(in KeyValuePair<string, object?> model, int texts) => _batchSize.Record(texts, model);

    internal void Queued(in KeyValuePair<string, object?> model, TimeSpan time) =>
        _queueTime.Record(time.TotalSeconds, model);

    internal void Rejected(in KeyValuePair<string, object?> model) => _rejected.Add(1, model);

    /// <summary>
    /// The name of a method in TensorFlow Serving's metrics; null for what is no request to a model there.
    /// </summary>
    private static string? ServingName(string method) =>
        method switch
        {
            "predict" => "Predict",
            "classify" => "Classify",
            "regress" => "Regress",
            "multi_inference" => "MultiInference",
            "v2_infer" => "ModelInfer",
            _ => null,
        };

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private Histogram<T> Histogram<T>(string name, string description, T[] bounds)
        where T : struct =>
        Meter.CreateHistogram(
            name,
            null,
            description,
            null,
            new InstrumentAdvice<T> { HistogramBucketBoundaries = bounds }
        );
}

/// <summary>
/// What the metrics' page says of a version: its state by number, and the seconds that its load took (0: unknown).
/// </summary>
internal readonly record struct VersionMetrics(string Model, long Version, int State, double LoadSeconds);

/// <summary>The metrics of one model's batches, and the statistics of one version beside them.</summary>
internal sealed class ModelMeters(ServerMeters meters, string model)
{
    private readonly KeyValuePair<string, object?> _model = new("model", model);

    /// <summary>What Triton's statistics tell of the version.</summary>
    public ModelStatistics Statistics { get; } = new();

    public void Batch(int texts)
    {
        Statistics.Pass();
        meters.Batch(_model, texts);
    }

    public void Queued(TimeSpan time)
    {
        Statistics.Queued(time);
        meters.Queued(_model, time);
    }

    public void Rejected() => meters.Rejected(_model);
}

/// <summary>Names of codes that allocate nothing when a request is counted.</summary>
internal static class CodeNames
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 17).Select(c => ((StatusCode)c).ToString())];

    public static string Of(StatusCode code) =>
        (uint)code < (uint)Names.Length ? Names[(int)code] : nameof(StatusCode.Unknown);

    public static string HttpOf(StatusCode code) => HttpStatus.Of(code).ToString(CultureInfo.InvariantCulture);
}
