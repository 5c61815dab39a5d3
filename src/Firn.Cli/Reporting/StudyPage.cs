using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Firn.Cli.Output;
using Firn.Study;
using static Firn.Cli.Reporting.PageParts;

namespace Firn.Cli.Reporting;

/// <summary>
/// A study as one page: the finding in words, charts, the usual reasons one by one, words that diverged, every
/// figure, how to repeat it.
/// </summary>
internal static class StudyPage
{
    private const int DivergencesShown = 16;
    private const double VeryNear = 0.6;

    public static string Render(StudyReport report)
    {
        StudySummary summary = report.Summary;
        StudyFinding finding = report.Finding;
        var sections = new StringBuilder();
        Section(
            sections,
            "Accuracy by training size",
            StudyCharts.Accuracy(summary)
                + Hint("Mean over the seeds; bars are 95% intervals. Hover over a point for its figures.")
        );
        if (summary.Rows.Any(r => r.AgainstFrozen is not null))
            Section(
                sections,
                "Difference from the frozen table",
                StudyCharts.Difference(summary)
                    + Hint(
                        "Same texts, fresh weights and order in each pair, so the interval of a difference is "
                            + "narrower than two intervals side by side. A bar that does not touch the dashed line "
                            + "is more than chance."
                    )
            );
        Section(sections, "The usual reasons, one by one", Claims(finding.Answers), wide: true, "long");
        if (StudyCharts.HasRepairs(summary))
        {
            Section(sections, "Repairs, all test texts", StudyCharts.RepairedWhole(summary));
            Section(
                sections,
                "Repairs, texts with unseen words",
                StudyCharts.Unseen(summary)
                    + Hint("Texts with at least one word that has a vector and that the texts trained on lack.")
            );
        }
        if (Tears(summary) is { } diverged)
            Section(sections, "Words that training tore apart", diverged, wide: true);
        Section(sections, "Every figure", Figures(summary) + Hint(FiguresLegend), wide: true, "long");
        Section(sections, "Movement and cost", Table(Costs(summary)) + Hint(CostsLegend), wide: true, "long");
        Section(sections, "How it was measured, and how to repeat it", Method(report), wide: true, "long");
        string remarks = string.Concat(report.Remarks().Select(r => $"<p class=\"notice\">{Escape(r)}</p>\n"));
        string lead =
            $"<p class=\"finding\"><strong>{Escape(finding.Headline)}</strong>{Escape(finding.Paragraph)}</p>\n"
            + $"{remarks}";
        return Page(
            $"Freeze, train or thaw? {report.Name}",
            $"{Count(summary.TrainTexts)} texts to train on, {Count(summary.TestTexts)} to test; labels "
                + $"{string.Join(", ", summary.Labels.Take(12))}; word vectors {summary.Vectors}",
            lead,
            Headline(summary),
            sections.ToString(),
            string.Create(
                CultureInfo.InvariantCulture,
                $"Firn {Bundle.FirnVersion}, {DateTime.Now:d MMMM yyyy, HH:mm}; this run took "
                    + $"{ProgressLine.Clock(report.Elapsed)}"
            )
        );
    }

    /// <summary>A verdict as it is shown.</summary>
    public static string InWords(HypothesisVerdict verdict) =>
        verdict switch
        {
            HypothesisVerdict.Holds => "holds",
            HypothesisVerdict.Wrong => "wrong here",
            HypothesisVerdict.InPart => "holds in part",
            _ => "not decided",
        };

    private const string FiguresLegend =
        "p: one paired test against the frozen table over all seeds and texts, after Holm's correction for all "
        + "tables and sizes; equal: p of a difference of a point or more (two one-sided tests), small where the "
        + "two are equivalent. Unseen words: accuracy on the test texts with a word that has a vector and that "
        + "the texts trained on lack.";

    private const string CostsLegend =
        "Cosine: of a moved vector with what it was, mean. Neighbors: share of ten nearest words that a trained word "
        + "kept. Memory: weights, gradients, optimizer state and the copy of the best epoch, by count, activations not "
        + "among them. Version: weights that differ from the pretrained table. Seconds: one training on one thread.";

    private static Fact[] Headline(StudySummary summary)
    {
        StudyRow best = summary.Rows.MaxBy(r => r.Accuracy.Mean)!;
        return
        [
            new("texts to train on", Count(summary.TrainTexts)),
            new("texts to test on", Count(summary.TestTexts)),
            new("words with a vector", Count(summary.Words)),
            new("classifiers measured", Count(summary.Rows.Sum(r => r.Seeds))),
            new($"best mean accuracy ({StudyPolicies.NameOf(best.Policy)})", $"{100 * best.Accuracy.Mean:0.0}%"),
        ];
    }

    private static string Claims(IReadOnlyList<Hypothesis> answers) =>
        $"<dl class=\"claims\">{string.Concat(answers.Select(Claim))}</dl>";

    private static string Claim(Hypothesis answer) =>
        $"<dt><span class=\"verdict {Style(answer.Verdict)}\">{InWords(answer.Verdict)}</span>"
        + $"{Escape(answer.Claim)}</dt><dd>{Escape(answer.Evidence)}</dd>\n";

    private static string Style(HypothesisVerdict verdict) =>
        verdict switch
        {
            HypothesisVerdict.Holds => "holds",
            HypothesisVerdict.Wrong => "wrong",
            HypothesisVerdict.InPart => "part",
            _ => "",
        };

    /// <summary>The diverged of the size at which they are the strongest.</summary>
    private static string? Tears(StudySummary summary)
    {
        if (summary.Diverged.Count == 0)
            return null;
        (int size, IReadOnlyList<StudyDivergence> diverged) = summary.Diverged.MaxBy(t =>
            t.Value.Take(DivergencesShown).Sum(divergence => divergence.Before - divergence.After)
        );
        // Very near before: pairs that a reader takes for the same.
        StudyDivergence[] near =
        [
            .. diverged
                .OrderBy(t => t.Before < VeryNear)
                .Take(DivergencesShown)
                .OrderByDescending(t => t.Before - t.After),
        ];
        return DivergenceDrawing.Of(near)
            + Hint(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The strongest diverged of the table trained on {size:N0} texts (first seed): the word on the "
                        + $"left was in those texts and moved, its near word was not and stayed."
                )
            );
    }

    private static string Figures(StudySummary summary)
    {
        var html = new StringBuilder("<div class=\"scroll\"><table class=\"figures\"><thead><tr>");
        foreach (
            string head in new[]
            {
                "texts",
                "table",
                "seeds",
                "accuracy, %",
                "95%",
                "less frozen",
                "95%",
                "p",
                "equal",
                "unseen words, %",
                "less frozen",
            }
        )
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{head}</th>");
        html.Append("</tr></thead><tbody>");
        int before = 0;
        foreach (StudyRow r in summary.Rows)
        {
            string[] cells =
            [
                r.Size == before ? "" : Count(r.Size),
                StudyPolicies.NameOf(r.Policy),
                Count(r.Seeds),
                StudyReport.Share(r.Accuracy.Mean),
                Range(r.Accuracy, StudyReport.Share),
                r.AgainstFrozen is { } d ? StudyReport.FormatPoints(d.Mean) : "",
                Range(r.AgainstFrozen, StudyReport.FormatPoints),
                PValue(r.HolmPValue),
                PValue(r.EquivalencePValue),
                r.Slice is { } slice ? StudyReport.Share(slice.Mean) : "",
                r.SliceAgainstFrozen is { } s ? StudyReport.FormatPoints(s.Mean) : "",
            ];
            html.Append(r.Size == before ? "<tr>" : "<tr class=\"first\">")
                .AppendJoin(
                    "",
                    cells.Select((cell, i) => i == 0 ? $"<td class=\"size\">{cell}</td>" : $"<td>{Escape(cell)}</td>")
                )
                .Append("</tr>\n");
            before = r.Size;
        }
        return html.Append("</tbody></table></div>").ToString();
    }

    private static TableData Costs(StudySummary summary) =>
        new(
            [
                "texts, table",
                "kept epoch",
                "seconds",
                "memory",
                "new version",
                "cosine",
                "neighbors kept",
                "texts with unseen words",
            ],
            [
                .. summary.Rows.Select(r =>
                    new[]
                    {
                        $"{Count(r.Size)}, {StudyPolicies.NameOf(r.Policy)}",
                        r.BestEpoch.ToString("0.0", CultureInfo.InvariantCulture),
                        r.Seconds.ToString("0.0", CultureInfo.InvariantCulture),
                        Sizes.Bytes(r.TrainingBytes),
                        Sizes.Bytes(r.VersionBytes),
                        r.Cosine?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "",
                        r.NeighborsKept is { } kept ? $"{100 * kept:0}%" : "",
                        $"{100 * r.SliceShare:0.0}%",
                    }
                ),
            ]
        );

    private static string Method(StudyReport report)
    {
        StudySummary summary = report.Summary;
        StudyOptions options = report.Options;
        string epochs = string.Join(
            "; ",
            summary.Sizes.Select(size =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{size:N0} texts: {options.TrainingOf(size).Epochs} epochs of batches of "
                        + $"{options.TrainingOf(size).BatchSize}, {StudyTraining.ValidationTexts(size):N0} texts for "
                        + $"validation"
                )
            )
        );
        string[] facts =
        [
            $"Model: {ModelSummary.EncoderName(options.Classifier)}"
                + $"{(options.Classifier.Bidirectional ? " each way" : "")}, "
                + $"{options.Classifier.Pooling} pooling, dropout {options.Classifier.EmbeddingDropout:0.##} of the "
                + $"embedding; Adam, rate {options.LearningRate}; no other features than the word vectors. {epochs}. "
                + $"The epoch with the least validation loss is kept, for every table.",
            $"Table: {Count(summary.Words)} words of {summary.Dimension} dimensions, whether the texts trained on hold "
                + $"them or not; a word without a vector is a zero row that never trains. Thawing begins after the "
                + $"epoch in which the frozen table was best on the validation texts, with the second half of the "
                + $"epochs at the latest.",
            $"Seeds: {Count(options.Seeds)} asked for. A seed draws the texts (its smaller sets are the beginnings "
                + $"of its larger ones), the fresh weights, the order and the dropout, the same for every table.",
            "Intervals: percentile bootstrap, 1,000 resamples that draw seeds and test texts with replacement at a "
                + "time, the same ones for every table; of a single seed they know the chance of the texts alone.",
            string.Create(
                CultureInfo.InvariantCulture,
                $"On the wire: a test text is {summary.IdBytes:0.0} bytes as packed ids and {summary.VectorBytes:N0} "
                    + $"bytes as vectors."
            ),
            $"Machine: {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, "
                + $"{Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}. Each "
                + $"classifier trains on one thread; results repeat bit for bit.",
        ];
        return $"<pre>{Escape($"{Tool.CalledAs} {report.Command}")}</pre>"
            + $"{string.Concat(facts.Select(f => $"<p class=\"hint\">{Escape(f)}</p>"))}";
    }

    private static string Hint(string text) => $"<p class=\"hint\">{Escape(text)}</p>";

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Range(Estimate? e, Func<double, string> format) =>
        e is null ? "" : $"{format(e.Low)} to {format(e.High)}";

    private static string PValue(double? p) =>
        p switch
        {
            null => "",
            < 0.0001 => "<0.0001",
            _ => p.Value.ToString("0.0000", CultureInfo.InvariantCulture),
        };
}
