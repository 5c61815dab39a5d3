using System.Globalization;
using Firn.Cli.Output;
using Firn.Data;

namespace Firn.Cli.Reporting;

/// <summary>What a model was trained on and how the file was read, rows left out and their reasons included.</summary>
internal static class DataFacts
{
    private const int MaxReasons = 5;

    public static Section Of(DataSource data) => new("Data", [.. Facts(data)]);

    private static IEnumerable<Fact> Facts(DataSource data)
    {
        yield return new("source", data.Description);
        yield return new("texts", data.Rows.ToString("N0", CultureInfo.InvariantCulture));
        yield return new("SHA-256", data.Sha256.Length > 16 ? data.Sha256[..16] + "…" : data.Sha256);
        if (data.Reading is not { } reading)
            yield break;
        yield return new("read as", CorpusView.Layout(reading.Layout, reading.Encoding));
        yield return new("labels", CorpusView.Labels(reading));
        yield return new("rows left out", LeftOut(reading));
        foreach ((string reason, long rows) in reading.SkipReasons.OrderByDescending(r => r.Value).Take(MaxReasons))
            yield return new(
                "left out because",
                string.Create(CultureInfo.InvariantCulture, $"{reason}: {Plural.Of(rows, "row")}")
            );
        foreach (string remark in CorpusView.Remarks(reading))
            yield return new("note", remark);
    }

    private static string LeftOut(CorpusSummary reading) =>
        reading.Skipped == 0
            ? "none"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{reading.Skipped:N0} of {reading.Rows + reading.Skipped:N0} ("
                    + $"{(double)reading.Skipped / (reading.Rows + reading.Skipped):0.#%})"
            );
}
