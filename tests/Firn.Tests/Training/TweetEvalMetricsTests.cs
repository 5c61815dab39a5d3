using Firn.Evaluation;

namespace Firn.Tests.Training;

/// <summary>TweetEval's official figures of the predictions that its authors published beside the data.</summary>
public class TweetEvalMetricsTests
{
    [Theory]
    [InlineData("emotion", 4, 79.83, 83.39)]
    [InlineData("hate", 2, 55.47, 57.68)]
    [InlineData("irony", 2, 62.48, 73.34)]
    [InlineData("offensive", 2, 81.55, 85.93)]
    [InlineData("sentiment", 3, 72.86, 72.32)]
    public void Figures_of_published_predictions(string task, int classes, double official, double accuracy)
    {
        int[] labels = Read($"tweeteval/{task}/test_labels.txt"),
            predicted = Read($"tweeteval/predictions/{task}.txt");
        float[] probabilities =
            classes == 2
                ? [.. predicted.Select(p => (float)p)]
                : [.. predicted.SelectMany(p => Enumerable.Range(0, classes).Select(c => c == p ? 1f : 0f))];
        EvaluationReport report = SingleLabelEvaluation.Evaluate(
            probabilities,
            labels,
            [.. Enumerable.Range(0, classes).Select(c => $"{c}")]
        );
        double found = task switch
        {
            "sentiment" => report.MacroRecall,
            "irony" => report.PerClass[1].F1,
            _ => report.MacroF1,
        };
        Assert.Equal(official, 100 * found, 0.006);
        Assert.Equal(accuracy, 100 * report.Accuracy, 0.006);
    }

    private static int[] Read(string relative) =>
        [
            .. File.ReadLines(Data.Path(relative))
                .Where(l => l.Length > 0)
                .Select(l => int.Parse(l, System.Globalization.CultureInfo.InvariantCulture)),
        ];
}
