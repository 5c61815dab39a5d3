using Firn.Server.Models;
using Prometheus;

namespace Firn.Server.Operations;

/// <summary>The server's Prometheus metrics, in a registry of its own so that two servers of one process stay apart.</summary>
internal sealed class ServerMeters
{
    private static readonly double[] LatencyBuckets =
        [.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];

    private static readonly double[] BatchBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096];

    private readonly Counter requests;
    private readonly Histogram latency;
    private readonly Histogram batchSize;
    private readonly Histogram queueTime;
    private readonly Counter rejected;
    private readonly Gauge state;
    private readonly Gauge loadTime;
    private readonly Counter loads;

    public ServerMeters()
    {
        Registry = Metrics.NewCustomRegistry();
        MetricFactory factory = Metrics.WithCustomRegistry(Registry);
        requests = factory.CreateCounter("firn_requests_total", "Requests by model, method and canonical code.", "model", "method", "code");
        latency = factory.CreateHistogram("firn_request_seconds", "Time from the request's headers to its answer.",
            ["model", "method"], new HistogramConfiguration { Buckets = LatencyBuckets });
        batchSize = factory.CreateHistogram("firn_batch_texts", "Texts in one pass through the model.",
            ["model"], new HistogramConfiguration { Buckets = BatchBuckets });
        queueTime = factory.CreateHistogram("firn_queue_seconds", "Time that queued requests waited for a worker.",
            ["model"], new HistogramConfiguration { Buckets = LatencyBuckets });
        rejected = factory.CreateCounter("firn_rejected_total", "Requests refused because the queue was full.", "model");
        state = factory.CreateGauge("firn_model_version_state",
            "State of a version: 10 start, 20 loading, 30 available, 40 unloading, 50 end.", "model", "version");
        loadTime = factory.CreateGauge("firn_model_load_seconds", "Time to load, self-test and warm the version.", "model", "version");
        loads = factory.CreateCounter("firn_model_loads_total", "Loads of versions by outcome.", "model", "outcome");
    }

    public CollectorRegistry Registry { get; }

    public void Request(string model, string method, Grpc.Core.StatusCode code, TimeSpan time)
    {
        requests.WithLabels(model, method, code.ToString()).Inc();
        latency.WithLabels(model, method).Observe(time.TotalSeconds);
    }

    public ModelMeters For(string model) =>
        new(batchSize.WithLabels(model), queueTime.WithLabels(model), rejected.WithLabels(model));

    public void State(string model, VersionStatus status) =>
        state.WithLabels(model, status.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)).Set((int)status.State);

    public void Loaded(string model, long version, TimeSpan time)
    {
        loads.WithLabels(model, "ok").Inc();
        loadTime.WithLabels(model, version.ToString(System.Globalization.CultureInfo.InvariantCulture)).Set(time.TotalSeconds);
    }

    public void LoadFailed(string model) => loads.WithLabels(model, "failed").Inc();
}

/// <summary>The metrics of one model's batches.</summary>
internal sealed class ModelMeters(IHistogram batchSize, IHistogram queueTime, ICounter rejected)
{
    public void Batch(int texts) => batchSize.Observe(texts);

    public void Queued(TimeSpan time) => queueTime.Observe(time.TotalSeconds);

    public void Rejected() => rejected.Inc();
}
