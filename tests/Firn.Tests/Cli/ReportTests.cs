using System.Text.RegularExpressions;
using Firn.Cli.Reporting;
using Firn.Explain;

namespace Firn.Tests.Cli;

public sealed partial class ReportTests
{
    [Fact]
    public void A_text_of_the_corpus_cannot_become_markup_or_a_placeholder()
    {
        string page = ReportPage.Render(Samples.Report());
        Assert.DoesNotContain("<script", page);
        Assert.Contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; {{title}} is not", page);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void The_page_is_whole_and_needs_no_network(int classes)
    {
        string page = ReportPage.Render(Samples.Report(classes));
        Assert.DoesNotMatch(Outside(), page);
        foreach (
            string heading in new[]
            {
                "Loss",
                "Accuracy",
                "Metrics",
                "Confusion matrix",
                "Receiver operating characteristic",
                "Reliability",
                "Model",
                "Most confident errors",
                "Configuration",
            }
        )
            Assert.Contains($"<h2>{heading}</h2>", page);
        Assert.Equal(4, Regex.Count(page, "<svg "));
        Assert.DoesNotContain("NaN", page);
    }

    [Fact]
    public void Thousands_of_classes_keep_the_report_small()
    {
        ReportData data = Samples.Report() with { Evaluation = Samples.Evaluation(1500, 3000) };
        string page = ReportPage.Render(data);
        Assert.True(page.Length < 1_000_000, $"{page.Length} characters");
        Assert.Contains("<h2>Largest confusions</h2>", page);
        Assert.Contains("more (shown: the most frequent and the worst)", page);
        var folder = Directory.CreateTempSubdirectory("firn-report");
        try
        {
            Report.Save(data, folder.FullName);
            Assert.True(folder.GetFiles().Sum(f => f.Length) < 2_000_000);
            Assert.True(EvaluationJson.Of(data.Evaluation).ToJsonString().Length < 1_000_000);
            string matrix = Path.Combine(folder.FullName, "confusion.csv");
            ConfusionFile.Save(data.Evaluation, matrix);
            string[] lines = File.ReadAllLines(matrix);
            Assert.Equal(1501, lines.Length);
            Assert.Equal(data.Evaluation.Confusion[7], lines[8].Split(',')[1..].Select(int.Parse));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_words_of_an_error_are_coloured_by_what_they_do()
    {
        var explanation = new Explanation(
            "positive",
            "negative",
            0.99,
            2,
            0,
            [new("<b>", true, 1, 1.5), new("rain", true, -1, -0.75), new("zzyzx", false, 0, 0)],
            32
        );
        string page = ReportPage.Render(Samples.Report() with { Explanations = [explanation, null] });
        Assert.Contains("var(--good) 60%, var(--card))\" title=\"+1.50\">&lt;b&gt;</span>", page);
        Assert.Contains("var(--bad) 30%, var(--card))\" title=\"-0.75\">rain</span> zzyzx </p>", page);
        Assert.Equal(1, Regex.Count(page, "class=\"words\""));
        Assert.DoesNotMatch(Outside(), page);
        Assert.DoesNotContain("speak for the label", ReportPage.Render(Samples.Report()));
    }

    [Fact]
    public void A_report_without_training_has_no_curves()
    {
        string page = ReportPage.Render(Samples.Report() with { History = [] });
        Assert.DoesNotContain("<h2>Loss</h2>", page);
        Assert.Equal(2, Regex.Count(page, "<svg "));
    }

    [Fact]
    public void The_charts_are_also_png_files()
    {
        var folder = Directory.CreateTempSubdirectory("firn-report");
        try
        {
            string page = Report.Save(Samples.Report(), folder.FullName);
            Assert.True(File.Exists(page));
            foreach (string name in new[] { "loss.png", "accuracy.png", "confusion.png", "roc.png", "reliability.png" })
            {
                byte[] bytes = File.ReadAllBytes(Path.Combine(folder.FullName, name));
                Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], bytes[..4]);
                Assert.True(bytes.Length > 5000, $"{name} holds {bytes.Length} bytes");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(0.44, 0.52, new[] { 0.44, 0.46, 0.48, 0.5, 0.52 })]
    [InlineData(0, 1, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    public void Ticks_are_round(double low, double high, double[] expected) =>
        Assert.Equal(expected, Ticks.Between(low, high).Select(tick => Math.Round(tick, 9)));

    [Theory]
    [InlineData(new[] { 0.9, 0.5, 0.3, 0.2 }, Corner.TopRight)]
    [InlineData(new[] { 0.2, 0.6, 0.8, 0.9 }, Corner.BottomRight)]
    [InlineData(new[] { 0.0, 0.1, 1.0, 0.0 }, Corner.TopLeft)]
    internal void A_legend_stands_where_the_data_is_not(double[] y, Corner expected) =>
        Assert.Equal(
            expected,
            Charts.LegendOfCurves(
                [0, 1, 2, 3],
                y,
                [double.NaN, double.NaN, double.NaN, double.NaN],
                new(0, 3),
                new(0, 1)
            )
        );

    [GeneratedRegex("""(src|href)\s*=|https?://|url\(|@import""")]
    private static partial Regex Outside();
}
