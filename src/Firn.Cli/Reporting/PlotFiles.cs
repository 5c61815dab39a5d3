using System.Globalization;
using Firn.Evaluation;
using Firn.Training;
using ScottPlot;

namespace Firn.Cli.Reporting;

/// <summary>The report's charts as PNG files, for slides and papers.</summary>
internal static class PlotFiles
{
    private const int Width = 900,
        Height = 600;
    private static readonly Color A = Color.FromHex("#1f6f9f"),
        B = Color.FromHex("#c8702a"),
        Soft = Color.FromHex("#5b6b7a"),
        Grid = Color.FromHex("#dfe5ea");

    private static readonly Color[] Palette =
    [
        A,
        B,
        Color.FromHex("#3b8f5a"),
        Color.FromHex("#8a5bb0"),
        Color.FromHex("#b8432f"),
        Color.FromHex("#7a6a2f"),
    ];

    /// <summary>Writes one file a chart into the folder and returns their paths.</summary>
    public static IReadOnlyList<string> Save(ReportData data, string folder)
    {
        PlotFont.Register();
        var files = new List<string>();
        void Add(string name, Plot plot)
        {
            string path = Path.Combine(folder, name);
            using (plot)
                plot.SaveTo(path, Width, Height);
            files.Add(path);
        }

        if (data.History.Count > 0)
        {
            Add("loss.png", Curves(data, "loss", point => point.Loss, point => point.ValidationLoss ?? double.NaN));
            Add(
                "accuracy.png",
                Curves(data, "accuracy", point => point.Accuracy, point => point.ValidationAccuracy ?? double.NaN)
            );
        }
        if (data.Evaluation.Confusion.Count > 0 && ClassSelection.ShowsAll(data.Evaluation))
            Add("confusion.png", Confusion(data.Evaluation));
        if (data.Evaluation.RocCurves.Count > 0)
            Add("roc.png", Roc(data.Evaluation));
        Add("reliability.png", Reliability(data.Evaluation));
        return files;
    }

    private static Plot Curves(
        ReportData data,
        string what,
        Func<EpochRecord, double> training,
        Func<EpochRecord, double> validation
    )
    {
        var plot = New("epoch", what);
        double[] epochs = [.. data.History.Select(point => (double)point.Epoch)];
        double[] a = [.. data.History.Select(training)],
            b = [.. data.History.Select(validation)];
        Line(plot, "training", epochs, a, A);
        if (b.Any(double.IsFinite))
            Line(plot, "validation", epochs, b, B);
        int stride = Math.Max(1, (int)Math.Ceiling(epochs.Length / 10.0));
        double[] ticks = [.. epochs.Where((_, i) => i % stride == 0)];
        plot.Axes.Bottom.SetTicks(ticks, [.. ticks.Select(tick => tick.ToString("0", CultureInfo.InvariantCulture))]);
        var (low, high) = Ticks.Range(a.Concat(b));
        plot.Axes.SetLimits(epochs[0] - 0.2, epochs[^1] + 0.2, low, high);
        Legend(
            plot,
            Charts.LegendOfCurves(
                epochs,
                a,
                b,
                new(epochs[0], Math.Max(epochs[^1], epochs[0] + 1)),
                new(low, high)
            ) switch
            {
                Corner.TopLeft => Alignment.UpperLeft,
                Corner.TopRight => Alignment.UpperRight,
                Corner.BottomLeft => Alignment.LowerLeft,
                _ => Alignment.LowerRight,
            }
        );
        return plot;
    }

    private static Plot Roc(EvaluationReport evaluation)
    {
        var plot = New("false positive rate", "true positive rate");
        Diagonal(plot, "");
        foreach (var (curve, color) in evaluation.RocCurves.Zip(Palette))
        {
            string name = evaluation.RocCurves.Count == 1 ? "" : Charts.Short(curve.Class) + " ";
            Line(
                plot,
                string.Create(CultureInfo.InvariantCulture, $"{name}AUC {curve.Area:0.000}"),
                [.. curve.Points.Select(point => point.FalsePositiveRate)],
                [.. curve.Points.Select(point => point.TruePositiveRate)],
                color,
                markers: false
            );
        }
        plot.Axes.SetLimits(0, 1, 0, 1.02);
        Legend(plot, Alignment.LowerRight);
        return plot;
    }

    private static Plot Reliability(EvaluationReport evaluation)
    {
        var plot = New(Charts.ConfidenceAxis(evaluation), "share that came true");
        int most = Math.Max(1, evaluation.Reliability.Max(bin => bin.Count));
        foreach (var bin in evaluation.Reliability)
        {
            var bar = plot.Add.Rectangle(bin.Low, bin.High, 0, 0.25 * bin.Count / most);
            bar.FillColor = A.WithAlpha(0.22);
            bar.LineColor = Colors.White;
        }
        Diagonal(plot, "calibrated");
        var filled = evaluation.Reliability.Where(bin => bin.Count > 0).ToArray();
        Line(plot, "model", [.. filled.Select(bin => bin.MeanConfidence)], [.. filled.Select(bin => bin.Observed)], A);
        plot.Axes.SetLimits(0, 1, 0, 1.02);
        Legend(plot, Alignment.UpperLeft);
        return plot;
    }

    private static Plot Confusion(EvaluationReport evaluation)
    {
        var plot = New("predicted", "actual");
        string[] names = [.. evaluation.PerClass.Select(metrics => metrics.Name)];
        int n = names.Length;
        for (int i = 0; i < n; i++)
        {
            int total = Math.Max(1, evaluation.Confusion[i].Sum());
            for (int j = 0; j < n; j++)
            {
                double share = (double)evaluation.Confusion[i][j] / total,
                    y = n - 1 - i;
                var cell = plot.Add.Rectangle(j - 0.48, j + 0.48, y - 0.48, y + 0.48);
                cell.FillColor = (i == j ? A : B).WithAlpha(0.06 + 0.92 * share);
                cell.LineWidth = 0;
                if (n > 12)
                    continue;
                var text = plot.Add.Text(
                    string.Create(CultureInfo.InvariantCulture, $"{evaluation.Confusion[i][j]:N0}\n{share * 100:0.0}%"),
                    j,
                    y
                );
                text.LabelAlignment = Alignment.MiddleCenter;
                text.LabelFontName = PlotFont.Family;
                text.LabelFontSize = n > 6 ? 12 : 18;
                text.LabelFontColor = share > 0.75 ? Colors.White : Colors.Black;
            }
        }
        double[] at = [.. Enumerable.Range(0, n).Select(i => (double)i)];
        plot.Axes.Bottom.SetTicks(at, [.. names]);
        plot.Axes.Left.SetTicks(at, [.. names.AsEnumerable().Reverse()]);
        plot.Axes.SetLimits(-0.5, n - 0.5, -0.5, n - 0.5);
        plot.HideGrid();
        return plot;
    }

    private static Plot New(string xTitle, string yTitle)
    {
        var plot = new Plot();
        plot.XLabel(xTitle);
        plot.YLabel(yTitle);
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Color(Soft);
        plot.Grid.MajorLineColor = Grid;
        plot.Font.Set(PlotFont.Family);
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.Label.Bold = false;
            axis.Label.FontSize = 17;
            axis.Label.ForeColor = Colors.Black;
            axis.TickLabelStyle.FontSize = 14;
        }
        plot.Axes.Left.Label.OffsetX = 5;
        plot.ScaleFactor = 1.2;
        return plot;
    }

    private static void Line(Plot plot, string name, double[] x, double[] y, Color color, bool markers = true)
    {
        var line = plot.Add.Scatter(x, y);
        line.Color = color;
        line.LineWidth = 2.4f;
        line.MarkerSize = markers ? 7 : 0;
        line.LegendText = name;
    }

    private static void Diagonal(Plot plot, string name)
    {
        var line = plot.Add.Line(0, 0, 1, 1);
        line.Color = Soft;
        line.LinePattern = LinePattern.Dashed;
        line.LegendText = name;
    }

    private static void Legend(Plot plot, Alignment place)
    {
        var legend = plot.ShowLegend(place);
        legend.FontName = PlotFont.Family;
        legend.FontSize = 15;
        legend.OutlineWidth = 0;
        legend.ShadowColor = Colors.Transparent;
    }
}
