using System.Globalization;
using Firn.Evaluation;
using Firn.Numerics;
using Firn.Recipes;
using Firn.Training;

namespace Firn.Cli.Reporting;

/// <summary>The report's charts as inline SVG.</summary>
internal static class Charts
{
    private const int CurvePoints = 300;

    public static string Loss(ReportData data) =>
        Curves(data, "loss", point => point.Loss, point => point.ValidationLoss ?? double.NaN);

    public static string Accuracy(ReportData data) =>
        Curves(data, "accuracy", point => point.Accuracy, point => point.ValidationAccuracy ?? double.NaN);

    /// <summary>
    /// The curve of the positive class; of more classes, each against the rest, as many as colors tell apart.
    /// </summary>
    public static string Roc(EvaluationReport evaluation)
    {
        var chart = new SvgChart("false positive rate", "true positive rate", new(0, 1), new(0, 1)).Line(
            "",
            "ideal",
            [0, 1],
            [0, 1]
        );
        foreach (var (curve, style) in evaluation.RocCurves.Zip(SvgChart.Styles))
        {
            string name = evaluation.RocCurves.Count == 1 ? "" : Short(curve.Class) + " ";
            chart.Line(
                string.Create(CultureInfo.InvariantCulture, $"{name}AUC {curve.Area:0.000}"),
                style,
                Thinned(curve, point => point.FalsePositiveRate),
                Thinned(curve, point => point.TruePositiveRate)
            );
        }
        return chart.ToSvg("Receiver operating characteristic", Corner.BottomRight);
    }

    public static string Reliability(EvaluationReport evaluation)
    {
        var chart = new SvgChart(ConfidenceAxis(evaluation), "share that came true", new(0, 1), new(0, 1));
        int most = Math.Max(1, evaluation.Reliability.Max(bin => bin.Count));
        foreach (var bin in evaluation.Reliability)
            chart.Bar(
                "count",
                bin.Low,
                bin.High,
                0.25 * bin.Count / most,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{bin.Count:N0} texts between {bin.Low:0.0} and {bin.High:0.0}"
                )
            );
        var filled = evaluation.Reliability.Where(bin => bin.Count > 0).ToArray();
        return chart
            .Line("calibrated", "ideal", [0, 1], [0, 1])
            .Line(
                "model",
                "a",
                [.. filled.Select(bin => bin.MeanConfidence)],
                [.. filled.Select(bin => bin.Observed)],
                dots: true
            )
            .ToSvg("Reliability diagram; the bars at the foot show how many texts fall in each bin", Corner.TopLeft);
    }

    /// <summary>Reliability on the validation texts of the LSTM alone and of the whole model, scaled.</summary>
    public static string Calibration(OutputCalibration output)
    {
        return new SvgChart("predicted probability", "share that came true", new(0, 1), new(0, 1))
            .Line("calibrated", "ideal", [0, 1], [0, 1])
            .Line(
                string.Create(CultureInfo.InvariantCulture, $"before, error {output.ErrorBefore:0.0000}"),
                "b",
                X(output.Before),
                Y(output.Before),
                dots: true
            )
            .Line(
                string.Create(CultureInfo.InvariantCulture, $"after, error {output.ErrorAfter:0.0000}"),
                "a",
                X(output.After),
                Y(output.After),
                dots: true
            )
            .ToSvg(
                "Reliability on the validation texts, before the probabilities were scaled and after",
                Corner.TopLeft
            );

        static double[] X(IReadOnlyList<ReliabilityBin> bins) =>
            [.. bins.Where(bin => bin.Count > 0).Select(bin => bin.MeanConfidence)];
        static double[] Y(IReadOnlyList<ReliabilityBin> bins) =>
            [.. bins.Where(bin => bin.Count > 0).Select(bin => bin.Observed)];
    }

    /// <summary>What the reliability diagram's horizontal axis shows.</summary>
    public static string ConfidenceAxis(EvaluationReport evaluation) =>
        evaluation.PerClass.Count == 2
            ? $"predicted probability of {evaluation.PerClass[1].Name}"
            : "probability of the predicted class";

    // A legend has room for so much of a class's name.
    internal static string Short(string name) => name.Length > 20 ? name[..19] + "…" : name;

    /// <summary>Curves of training run to the right: the right-hand corners are looked at first.</summary>
    public static Corner LegendOfCurves(double[] x, double[] a, double[] b, AxisRange across, AxisRange up) =>
        EmptiestCorner.Of(
            x.Zip(a).Concat(x.Zip(b)).Select(p => new PlanePoint(p.First, p.Second)),
            across,
            up,
            Corner.TopRight,
            Corner.BottomRight,
            Corner.TopLeft,
            Corner.BottomLeft
        );

    // A page needs no more points than it has pixels; both ends stay.
    private static double[] Thinned(RocCurve curve, Func<RocPoint, double> coordinate)
    {
        var points = curve.Points;
        int count = Math.Min(points.Count, CurvePoints);
        var thinned = new double[count];
        for (int i = 0; i < count; i++)
            thinned[i] = coordinate(points[(int)((long)i * (points.Count - 1) / Math.Max(1, count - 1))]);
        return thinned;
    }

    private static string Curves(
        ReportData data,
        string what,
        Func<EpochRecord, double> training,
        Func<EpochRecord, double> validation
    )
    {
        double[] epochs = [.. data.History.Select(point => (double)point.Epoch)];
        double[] a = [.. data.History.Select(training)],
            b = [.. data.History.Select(validation)];
        double first = epochs[0],
            last = epochs[^1];
        AxisRange range = first == last ? new(first - 0.5, last + 0.5) : new(first, last);
        int stride = Math.Max(1, (int)Math.Ceiling((last - first + 1) / 10));
        double[] ticks = [.. epochs.Where((_, i) => i % stride == 0)];
        var values = Ticks.Range(a.Concat(b));
        var chart = new SvgChart("epoch", what, range, values, ticks);
        if (data.BestEpoch > 0)
            chart.Mark(data.BestEpoch, $"kept: epoch {data.BestEpoch}");
        return chart
            .Line("training", "a", epochs, a, dots: true)
            .Line("validation", "b", epochs, b, dots: true)
            .ToSvg($"{what} by epoch", LegendOfCurves(epochs, a, b, range, values));
    }
}
