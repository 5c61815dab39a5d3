using System.Text.RegularExpressions;
using Firn.Server.Telemetry;
using Firn.Server.Tests.Rpc;
using Firn.Server.Wire.Serving;
using Grpc.Core;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Firn.Server.Tests.Operations;

public sealed partial class MetricsTests : IDisposable
{
    private readonly TestModels _models = new();

    public MetricsTests() => _models.Add(TestModels.Make(1), 1);

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task TensorFlowServingsNamesStandBesideOurOwnOnBothPages()
    {
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        await server.PostAsync("/v1/models/tweets:predict", "{\"instances\":[\"good day\"]}");
        await server.PostAsync("/v1/models/tweets:classify", "{");
        new PredictionService.PredictionServiceClient(server.Channel).Predict(PredictionTests.TextRequest("a"));
        foreach (string path in new[] { "/metrics", "/monitoring/prometheus/metrics" })
        {
            string page = await server.GetAsync(path);
            Assert.Contains("# TYPE :tensorflow:serving:request_count counter\n", page, StringComparison.Ordinal);
            Assert.Contains(
                ":tensorflow:serving:request_count{model_name=\"tweets\",status=\"OK\"} 2\n",
                page,
                StringComparison.Ordinal
            );
            Assert.Contains(
                ":tensorflow:serving:request_count{model_name=\"tweets\",status=\"INVALID_ARGUMENT\"} 1\n",
                page,
                StringComparison.Ordinal
            );
            Assert.Contains(
                ":tensorflow:serving:request_latency_bucket{API=\"predict\",entrypoint=\"REST\",model_name=\"tweets\",le=\"32.4\"}",
                page,
                StringComparison.Ordinal
            );
            Assert.Contains(
                ":tensorflow:serving:request_latency_count{API=\"Predict\",entrypoint=\"GRPC\",model_name=\"tweets\"} "
                    + "1\n",
                page,
                StringComparison.Ordinal
            );
            Assert.Contains("\nprocess_memory_usage_bytes", page, StringComparison.Ordinal);
            Assert.Contains("\ndotnet_gc_collections_total", page, StringComparison.Ordinal);
            Assert.Contains(
                "firn_model_loads_total{model=\"tweets\",outcome=\"ok\"} 1\n",
                page,
                StringComparison.Ordinal
            );
            string[] heads = [.. page.Split('\n').Where(l => l.StartsWith("# TYPE", StringComparison.Ordinal))];
            Assert.Equal(heads.Distinct(), heads);
            Assert.All(page.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(Line(), line));
        }
    }

    [Fact]
    public async Task TwoServersOfOneProcessCountApart()
    {
        await using RunningServer one = await RunningServer.StartAsync(_models.Root),
            other = await RunningServer.StartAsync(_models.Root);
        await one.PostAsync("/v1/models/tweets:predict", "{\"instances\":[\"good day\"]}");
        Assert.Contains(
            "firn_requests_total{code=\"OK\",method=\"predict\",model=\"tweets\"} 1\n",
            await one.GetAsync("/metrics"),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("method=\"predict\"", await other.GetAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public void ARequestIsCountedWithoutAllocating()
    {
        using var meters = new ServerMeters();
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(ServerMeters.MeterName)
            .AddReader(new BaseExportingMetricReader(new Nowhere()))
            .Build();
        ModelMeters model = meters.For("tweets");
        var outcome = new Outcome
        {
            Model = "tweets",
            Method = "predict",
            Code = StatusCode.OK,
        };
        void Count()
        {
            meters.Request(outcome, "REST", TimeSpan.FromMicroseconds(80));
            model.Batch(3);
            model.Queued(TimeSpan.FromMicroseconds(5));
        }
        for (int i = 0; i < 100; i++)
            Count();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Count();
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1000, "counting requests allocates");
    }

    [GeneratedRegex("""^(#.*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^{}]*\})? (-?[0-9.]+([eE][+-]?[0-9]+)?|[+-]Inf|NaN))$""")]
    private static partial Regex Line();

    private sealed class Nowhere : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
