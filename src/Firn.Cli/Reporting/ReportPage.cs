using System.Globalization;
using System.Text;
using Firn.Evaluation;
using Firn.Explain;
using static Firn.Cli.Reporting.PageParts;

namespace Firn.Cli.Reporting;

/// <summary>
/// The report as one HTML page that needs nothing from a network: style, charts and texts are inside.
/// </summary>
internal static class ReportPage
{
    private const int TextLimit = 400;
    private const string ReliabilityHint =
        "<p class=\"hint\">Of the texts that are given a probability, as large a share should be so. The bars at the "
        + "foot show how many texts each point stands for.</p>";

    /// <summary>The whole page.</summary>
    public static string Render(ReportData data)
    {
        var evaluation = data.Evaluation;
        bool manyClasses = evaluation.PerClass.Count > 4;
        var sections = new StringBuilder();
        if (data.History.Count > 0)
        {
            Section(sections, "Loss", Charts.Loss(data));
            Section(sections, "Accuracy", Charts.Accuracy(data));
        }
        if (data.Schedule is { } plan)
        {
            Section(
                sections,
                "Schedule",
                ScheduleChart.ToSvg(plan.Schedule, plan.Epochs, data.History.Count, data.BestEpoch)
                    + $"<p class=\"hint\">{Escape(plan.Savings)}</p>"
            );
        }
        Section(sections, "Metrics", Table(MetricTable.Of(evaluation)), wide: true);
        if (evaluation.Confusion.Count > 0)
        {
            if (ClassSelection.ShowsAll(evaluation))
                Section(sections, "Confusion matrix", Confusion(evaluation), wide: manyClasses);
            else
                Section(sections, "Largest confusions", Confusions(evaluation), wide: true);
        }
        if (evaluation.RocCurves.Count > 0)
            Section(sections, "Receiver operating characteristic", Charts.Roc(evaluation));
        Section(sections, "Reliability", Charts.Reliability(evaluation) + ReliabilityHint);
        if (data.Calibration is { } calibration)
            Section(sections, "Reliability before and after scaling", Charts.Calibration(calibration));
        if (data.Model is { } model)
            Section(sections, "Model", Table(model), wide: manyClasses || evaluation.RocCurves.Count == 0);
        if (data.Errors.Count > 0)
            Section(sections, "Most confident errors", Errors(data.Errors, data.Explanations), wide: true, "long");
        Section(sections, "Configuration", Configuration(data.Configuration), wide: true);
        string notice = data.Notice is { } text ? $"<p class=\"notice\">{Escape(text)}</p>\n" : "";
        return Page(data.Title, data.Subtitle, notice, data.Headline, sections.ToString(), data.Footer);
    }

    private static string Confusions(EvaluationReport evaluation)
    {
        var largest = ClassSelection.Largest(evaluation);
        string table = Table(
            new TableData(
                ["actual", "predicted", "texts", "share of the actual class"],
                [
                    .. largest.Select(c =>
                        new[]
                        {
                            c.Actual,
                            c.Predicted,
                            c.Texts.ToString("N0", CultureInfo.InvariantCulture),
                            (100 * c.Share).ToString("0.0", CultureInfo.InvariantCulture) + "%",
                        }
                    ),
                ]
            )
        );
        return table
            + "<p class=\"hint\">With so many classes the whole matrix is a file: firn evaluate BUNDLE DATA "
            + "--confusion FILE.csv.</p>";
    }

    private static string Confusion(EvaluationReport evaluation)
    {
        var html = new StringBuilder(
            "<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th class=\"axis\">actual \\ predicted</th>"
        );
        foreach (var metrics in evaluation.PerClass)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Escape(metrics.Name)}</th>");
        html.Append("</tr></thead><tbody>");
        for (int i = 0; i < evaluation.PerClass.Count; i++)
        {
            int total = Math.Max(1, evaluation.Confusion[i].Sum());
            html.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\">{Escape(evaluation.PerClass[i].Name)}</th>"
            );
            for (int j = 0; j < evaluation.PerClass.Count; j++)
            {
                double share = (double)evaluation.Confusion[i][j] / total;
                string color = i == j ? "--good" : "--bad";
                string ink = share > 0.75 ? ";color:#fff" : "";
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"<td style=\"background:color-mix(in srgb, var({color}) {6 + 92 * share:0}%, var(--card)){ink}"
                        + $"\">{evaluation.Confusion[i][j]:N0}<small>{share * 100:0.0}%</small></td>"
                );
            }
            html.Append("</tr>\n");
        }
        return html.Append(
                "</tbody></table></div><p class=\"hint\">Shares are of the actual class, so the diagonal shows "
                    + "recall.</p>"
            )
            .ToString();
    }

    private static string Errors(IReadOnlyList<ConfidentError> errors, IReadOnlyList<Explanation?> explanations)
    {
        var html = new StringBuilder(
            "<div class=\"scroll\"><table "
                + "class=\"texts\"><thead><tr><th>text</th><th>actual</th><th>predicted</th><th "
                + "class=\"figure\">probability</th></tr></thead><tbody>"
        );
        for (int i = 0; i < errors.Count; i++)
        {
            var error = errors[i];
            string words =
                i < explanations.Count && explanations[i] is { } explanation
                    ? ErrorExplanations.ToHtml(explanation)
                    : "";
            string text = error.Text.Length > TextLimit ? error.Text[..TextLimit] + "…" : error.Text;
            html.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Escape(text)}{words}</td><td>{Escape(error.Actual)}</td><td>{Escape(error.Predicted)}"
                    + $"</td><td class=\"figure\">{error.Probability:0.0000}</td></tr>\n"
            );
        }
        html.Append("</tbody></table></div>");
        if (explanations.Any(e => e is not null))
            html.Append(
                "<p class=\"hint\">Below each text what the model sees of it: words that speak for the label it gave "
                    + "in blue, those against it in red, the stronger the more (integrated gradients and the "
                    + "n-grams' weights). Words without color it does not know or they do nothing.</p>"
            );
        return html.ToString();
    }

    private static string Configuration(IReadOnlyList<Section> sections)
    {
        var html = new StringBuilder("<div class=\"settings\">");
        foreach (var section in sections)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div><h3>{Escape(section.Title)}</h3><dl>");
            foreach (var fact in section.Facts)
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"<div><dt>{Escape(fact.Name)}</dt><dd>{Escape(fact.Value)}</dd></div>"
                );
            html.Append("</dl></div>\n");
        }
        return html.Append("</div>").ToString();
    }
}
