using System.Globalization;
using System.Text;
using Firn.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Operations;

/// <summary>
/// What Prometheus reads: OpenTelemetry's page, with TensorFlow Serving's metrics under their own names, whose colons
/// OpenTelemetry refuses, and with the gauges of versions and folders, which must go when their versions do, where
/// OpenTelemetry keeps whatever it has seen.
/// </summary>
internal sealed class MetricsPage
{
    private const string PlainText = "text/plain; version=0.0.4";
    private const string Written = "tensorflow_serving_";
    private const string Served = ":tensorflow:serving:";
    private static readonly string[] LineStarts = ["", "# TYPE ", "# HELP ", "# UNIT "];
    private readonly RequestDelegate _exporter;
    private readonly ServerMeters _meters;

    public MetricsPage(IApplicationBuilder app, ServerMeters meters)
    {
        IApplicationBuilder branch = app.New();
        branch.UseOpenTelemetryPrometheusScrapingEndpoint(_ => true);
        _exporter = branch.Build();
        _meters = meters;
    }

    public async Task AnswerAsync(HttpContext context)
    {
        // One format for every reader, so that names are the same for all.
        context.Request.Headers.Accept = PlainText;
        Stream answer = context.Response.Body;
        using var page = new MemoryStream();
        context.Response.Body = page;
        try
        {
            await _exporter(context).ConfigureAwait(false);
        }
        finally
        {
            context.Response.Body = answer;
        }
        var text = new StringBuilder();
        foreach (
            string line in Encoding
                .UTF8.GetString(page.GetBuffer(), 0, (int)page.Length)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        )
            text.Append(Renamed(line)).Append('\n');
        AddVersions(text);
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        context.Response.ContentLength = bytes.Length;
        context.Response.ContentType = PlainText + "; charset=utf-8";
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static string Renamed(string line)
    {
        foreach (string start in LineStarts)
        {
            if (!line.StartsWith(start + Written, StringComparison.Ordinal))
                continue;
            string rest = line[(start.Length + Written.Length)..];
            const string count = "request_count_total";
            return start
                + Served
                + (rest.StartsWith(count, StringComparison.Ordinal) ? "request_count" + rest[count.Length..] : rest);
        }
        return line;
    }

    private void AddVersions(StringBuilder text)
    {
        IReadOnlyList<VersionMetrics> versions = _meters.Versions;
        Head(
            text,
            "firn_model_version_state",
            "State of a version: 10 start, 20 loading, 30 available, 40 unloading, 50 end."
        );
        foreach (VersionMetrics version in versions.Where(v => v.State > 0))
            text.Append(
                CultureInfo.InvariantCulture,
                $"firn_model_version_state{{{Labels(version)}}} {version.State}\n"
            );
        Head(text, "firn_model_load_seconds", "Time to load, self-test and warm the version.");
        foreach (VersionMetrics version in versions.Where(v => v.LoadSeconds > 0))
            text.Append(
                CultureInfo.InvariantCulture,
                $"firn_model_load_seconds{{{Labels(version)}}} {version.LoadSeconds}\n"
            );
        Head(
            text,
            "firn_model_problems",
            "1 while something is wrong with a model's folder: kind folder, labels or load."
        );
        foreach ((string model, string kind) in _meters.Problems)
            text.Append(
                CultureInfo.InvariantCulture,
                $"firn_model_problems{{model=\"{Escaped(model)}\",kind=\"{kind}\"}} 1\n"
            );
    }

    private static void Head(StringBuilder text, string name, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} gauge\n# HELP {name} {help}\n");

    private static string Labels(VersionMetrics version) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"model=\"{Escaped(version.Model)}\",version=\"{version.Version}\""
        );

    private static string Escaped(string value) =>
        value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
}
