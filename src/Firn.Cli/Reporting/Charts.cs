using System.Globalization;

namespace Firn.Cli.Reporting;

/// <summary>The report's charts as inline SVG.</summary>
internal static class Charts
{
    private const int CurvePoints = 300;

    public static string Loss(ReportData data) =>
        Curves(data, "loss", point => point.Loss, point => point.ValidationLoss, legendBelow: false);

    public static string Accuracy(ReportData data) =>
        Curves(data, "accuracy", point => point.Accuracy, point => point.ValidationAccuracy, legendBelow: true);

    public static string Roc(ReportData data)
    {
        var curve = data.Roc.Thinned(CurvePoints);
        return new SvgChart("false positive rate", "true positive rate", (0, 1), (0, 1))
            .Line("", "ideal", [0, 1], [0, 1])
            .Line(string.Create(CultureInfo.InvariantCulture, $"AUC {data.RocAuc:0.000}"), "a", curve.X, curve.Y)
            .ToSvg("Receiver operating characteristic", legendBelow: true);
    }

    public static string Reliability(ReportData data)
    {
        var chart = new SvgChart(data.ReliabilityAxis, "share that came true", (0, 1), (0, 1));
        int most = Math.Max(1, data.Reliability.Max(bin => bin.Count));
        foreach (var bin in data.Reliability)
            chart.Bar("count", bin.Low, bin.High, 0.25 * bin.Count / most, string.Create(CultureInfo.InvariantCulture, $"{bin.Count:N0} texts between {bin.Low:0.00} and {bin.High:0.00}"));
        var filled = data.Reliability.Where(bin => bin.Count > 0).ToArray();
        return chart
            .Line("calibrated", "ideal", [0, 1], [0, 1])
            .Line("model", "a", [.. filled.Select(bin => bin.MeanProbability)], [.. filled.Select(bin => bin.Share)], dots: true)
            .ToSvg("Reliability diagram; the bars at the foot show how many texts fall in each bin");
    }

    private static string Curves(ReportData data, string what, Func<EpochPoint, double> training, Func<EpochPoint, double> validation, bool legendBelow)
    {
        double[] epochs = [.. data.History.Select(point => (double)point.Epoch)];
        double[] a = [.. data.History.Select(training)], b = [.. data.History.Select(validation)];
        double first = epochs[0], last = epochs[^1];
        var range = first == last ? (first - 0.5, last + 0.5) : (first, last);
        int stride = Math.Max(1, (int)Math.Ceiling((last - first + 1) / 10));
        double[] ticks = [.. epochs.Where((_, i) => i % stride == 0)];
        var chart = new SvgChart("epoch", what, range, Ticks.Range(a.Concat(b)), ticks);
        if (data.BestEpoch > 0)
            chart.Mark(data.BestEpoch, $"kept: epoch {data.BestEpoch}");
        return chart
            .Line("training", "a", epochs, a, dots: true)
            .Line("validation", "b", epochs, b, dots: true)
            .ToSvg($"{what} by epoch", legendBelow);
    }
}
