using System.Text.Json;
using Firn.Evaluation;

namespace Firn.Tests.Training;

public class EvaluationTests
{
    private static readonly JsonElement[] Cases = ReadCases();

    public static TheoryData<int, string> CaseNames()
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < Cases.Length; i++)
            data.Add(i, Cases[i].GetProperty("name").GetString()!);
        return data;
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Figures_equal_scikit_learn(int index, string name)
    {
        Assert.NotEmpty(name);
        JsonElement golden = Cases[index];
        EvaluationReport report = Evaluate(golden);

        Near(golden, "accuracy", report.Accuracy);
        Near(golden, "loss", report.Loss);
        Near(golden, "brier", report.Brier);
        Near(golden, "ece", report.CalibrationError);
        Assert.Equal(Doubles(golden, "precision"), report.PerClass.Select(c => c.Precision), Close);
        Assert.Equal(Doubles(golden, "recall"), report.PerClass.Select(c => c.Recall), Close);
        Assert.Equal(Doubles(golden, "f1"), report.PerClass.Select(c => c.F1), Close);
        Assert.Equal(Doubles(golden, "support"), report.PerClass.Select(c => (double)c.Support));
        Assert.Equal(Doubles(golden, "macro"), [report.MacroPrecision, report.MacroRecall, report.MacroF1], Close);
        Assert.Equal(
            Doubles(golden, "weighted"),
            [report.WeightedPrecision, report.WeightedRecall, report.WeightedF1],
            Close
        );
        int[][] confusion =
        [
            .. golden
                .GetProperty("confusion")
                .EnumerateArray()
                .Select(r => r.EnumerateArray().Select(v => v.GetInt32()).ToArray()),
        ];
        Assert.Equal(confusion, report.Confusion);
        JsonElement auc = golden.GetProperty("auc");
        if (auc.ValueKind == JsonValueKind.Null)
            Assert.Null(report.RocAuc);
        else
            Assert.Equal(auc.GetDouble(), report.RocAuc!.Value, 1e-9);
        if (golden.TryGetProperty("log_loss_sklearn", out JsonElement logLoss)) // computed on renormalised rows
            Assert.Equal(logLoss.GetDouble(), report.Loss, 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Roc_curve_passes_through_every_point_of_scikit_learn(int index)
    {
        JsonElement roc = Cases[index].GetProperty("roc");
        double[] fpr = Doubles(roc[0]),
            tpr = Doubles(roc[1]),
            thresholds = Doubles(roc[2]);
        RocCurve curve = Assert.Single(Evaluate(Cases[index]).RocCurves);

        var theirs = thresholds.Select((t, i) => new RocPoint(fpr[i + 1], tpr[i + 1], t)).ToHashSet();
        Assert.All(curve.Points.Skip(1), point => Assert.Contains(point, theirs));
        Assert.Equal(new RocPoint(0, 0, double.PositiveInfinity), curve.Points[0]);
        for (int i = 0; i < fpr.Length; i++)
            Assert.Contains(curve.Points.Zip(curve.Points.Skip(1)), s => Between(s.First, s.Second, fpr[i], tpr[i]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Reliability_bins_equal_calibration_curve(int index)
    {
        JsonElement calibration = Cases[index].GetProperty("calibration");
        ReliabilityBin[] bins = [.. Evaluate(Cases[index]).Reliability.Where(b => b.Count > 0)];
        Assert.Equal(Doubles(calibration[0]), bins.Select(b => b.Observed), Close);
        Assert.Equal(Doubles(calibration[1]), bins.Select(b => b.MeanConfidence), Close);
        Assert.All(bins, b => Assert.InRange(b.MeanConfidence, b.Low, b.High));
    }

    [Theory]
    [InlineData("emotion", 83.39, 79.83, null, null)]
    [InlineData("hate", 57.68, 55.47, null, null)]
    [InlineData("irony", 73.34, null, 62.48, null)]
    [InlineData("offensive", 85.93, 81.55, null, null)]
    [InlineData("sentiment", 72.32, null, null, 72.86)]
    public void Published_tweeteval_figures_follow_from_the_published_predictions(
        string task,
        double accuracy,
        double? macroF1,
        double? f1OfClass1,
        double? macroRecall
    )
    {
        int[] labels = ReadInts(Data.Path($"tweeteval/{task}/test_labels.txt"));
        int[] predicted = ReadInts(Data.Path($"tweeteval/predictions/{task}.txt"));
        var matrix = new ConfusionMatrix(
            labels,
            predicted,
            [.. Enumerable.Range(0, labels.Max() + 1).Select(c => $"{c}")]
        );

        Assert.Equal(accuracy, 100 * matrix.Accuracy, 0.0051);
        if (macroF1 is { } f1)
            Assert.Equal(f1, 100 * matrix.MacroAverage(c => c.F1), 0.0051);
        if (f1OfClass1 is { } positive)
            Assert.Equal(positive, 100 * matrix.PerClass[1].F1, 0.0051);
        if (macroRecall is { } recall)
            Assert.Equal(recall, 100 * matrix.MacroAverage(c => c.Recall), 0.0051);
    }

    [Fact]
    public void Texts_of_one_class_have_no_area_under_the_curve()
    {
        EvaluationReport report = SingleLabelEvaluation.Evaluate([0.2f, 0.9f], [1, 1], ["no", "yes"]);
        Assert.Null(report.RocAuc);
        Assert.Empty(report.RocCurves);
        Assert.Equal(0.5, report.Accuracy);
    }

    [Fact]
    public void Certain_and_wrong_costs_the_clipped_loss_of_Keras()
    {
        EvaluationReport report = SingleLabelEvaluation.Evaluate([1f], [0], ["no", "yes"]);
        Assert.Equal(-Math.Log(1e-7), report.Loss, 1e-9);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(1.5f)]
    [InlineData(-0.1f)]
    public void What_is_no_probability_is_refused(float value) =>
        Assert.Contains(
            "probabilities[0]",
            Assert
                .Throws<ArgumentOutOfRangeException>(() => SingleLabelEvaluation.Evaluate([value], [0], ["no", "yes"]))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_label_without_a_class_is_refused() =>
        Assert.Contains(
            "labels[1]",
            Assert
                .Throws<ArgumentOutOfRangeException>(() =>
                    SingleLabelEvaluation.Evaluate([0.5f, 0.5f], [0, 2], ["no", "yes"])
                )
                .Message,
            StringComparison.Ordinal
        );

    private static EvaluationReport Evaluate(JsonElement golden)
    {
        float[] probabilities = [.. golden.GetProperty("probabilities").EnumerateArray().Select(v => v.GetSingle())];
        int[] labels = [.. golden.GetProperty("labels").EnumerateArray().Select(v => v.GetInt32())];
        string[] names = [.. Enumerable.Range(0, golden.GetProperty("classes").GetInt32()).Select(c => $"class {c}")];
        return SingleLabelEvaluation.Evaluate(probabilities, labels, names);
    }

    private static bool Between(RocPoint a, RocPoint b, double x, double y)
    {
        double width = b.FalsePositiveRate - a.FalsePositiveRate,
            height = b.TruePositiveRate - a.TruePositiveRate;
        return x >= a.FalsePositiveRate - 1e-12
            && x <= b.FalsePositiveRate + 1e-12
            && y >= a.TruePositiveRate - 1e-12
            && y <= b.TruePositiveRate + 1e-12
            && Math.Abs((x - a.FalsePositiveRate) * height - (y - a.TruePositiveRate) * width) < 1e-12;
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) <= 1e-9;

    private static void Near(JsonElement golden, string name, double value) =>
        Assert.Equal(golden.GetProperty(name).GetDouble(), value, 1e-9);

    private static double[] Doubles(JsonElement element, string name) => Doubles(element.GetProperty(name));

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    private static int[] ReadInts(string path) => [.. File.ReadLines(path).Select(int.Parse)];

    private static JsonElement[] ReadCases()
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "metrics.json"))
        );
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
