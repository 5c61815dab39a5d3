using Firn.Data;
using Firn.Evaluation;
using Firn.Recipes;

namespace Firn.Tests.Training;

public class ConfidentLearningTests
{
    // The model is surer of class 0 (mean 0.8) than of class 1 (mean 0.5 of those labeled so).
    private static readonly float[] Probabilities =
    [
        0.9f,
        0.1f,
        0.9f,
        0.1f,
        0.6f,
        0.4f,
        0.45f,
        0.55f,
        0.45f,
        0.55f,
        0.9f,
        0.1f,
        0.2f,
        0.8f,
    ];
    private static readonly int[] Labels = [0, 0, 0, 1, 1, 1, 1];

    [Fact]
    public void Thresholds_counts_and_suspects_by_hand()
    {
        var judged = new ConfidentLearning(Probabilities, Labels, 2);
        Assert.Equal([0.8, 0.5], judged.Thresholds, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([2, 0], judged.Joint[0]); // the third text reaches neither threshold
        Assert.Equal([1, 3], judged.Joint[1]);
        Assert.Equal([5], Enumerable.Range(0, 7).Where(judged.IsSuspect));
        Assert.Null(judged.ConfidentClass(2));
        Assert.Equal(0.8, judged.Doubt(5), 1e-6);
        Assert.Equal(-0.2, judged.Doubt(2), 1e-6);
    }

    [Fact]
    public void Of_many_classes_the_likeliest_other_one_is_suggested()
    {
        var judged = new ConfidentLearning([0.2f, 0.1f, 0.7f, 0.6f, 0.3f, 0.1f, 0.1f, 0.1f, 0.8f], [0, 0, 2], 3);
        Assert.Equal((2, 1), (judged.Alternative(0), judged.Alternative(1)));
        Assert.Equal(1, judged.Thresholds[1]); // no text bears class 1
    }

    [Fact]
    public void A_recipe_finds_most_labels_that_were_turned_and_names_words_against_them()
    {
        LabeledText[] texts = [.. Recipes.ToyCorpus.Make(400)];
        string[] labels = [.. texts.Select(t => t.Label).Distinct()];
        HashSet<int> turned = [.. Enumerable.Range(0, 20).Select(i => 7 + 19 * i)];
        LabeledText[] noisy =
        [
            .. texts.Select((t, i) => turned.Contains(i) ? t with { Label = labels.First(l => l != t.Label) } : t),
        ];
        var options = RecipeOptions.Default with
        {
            Training = RecipeOptions.Default.Training with { Epochs = 2, Threads = 1 },
        };
        LabelAuditReport report = new Recipe(options) { BySize = SizeSettings.All & ~SizeSettings.Epochs }.AuditLabels(
            noisy,
            new LabelAuditOptions { Folds = 3 },
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(400, report.Texts.Count);
        Assert.Equal(400, report.Texts.Select(t => t.Row).Distinct().Count());
        Assert.All(report.Texts.Take(10), t => Assert.Equal(noisy[t.Row - 1].Text, t.Text));
        int found = report.Texts.Take(20).Count(t => turned.Contains(t.Row - 1));
        Assert.True(found >= 14, $"{found} of 20 turned labels among the first 20");
        Assert.Contains(report.Texts.Take(report.Suspects), t => t.Against.Count > 0);
    }
}
