using System.Globalization;
using System.Text;
using Firn.Evaluation;
using Firn.Explain;
using static Firn.Cli.Reporting.PageParts;

namespace Firn.Cli.Reporting;

/// <summary>Why the most confident errors got their labels, word by word in color.</summary>
internal static class ErrorExplanations
{
    /// <summary>
    /// A long text takes seconds: one pass for each word left out, and a path of as many words times its steps.
    /// </summary>
    private const int MaxTokens = 80;

    /// <summary>Of each error; null for a text of more than 80 tokens.</summary>
    public static IReadOnlyList<Explanation?> Of(Predictor predictor, IReadOnlyList<ConfidentError> errors)
    {
        var explainer = new Explainer(predictor);
        return
        [
            .. errors.Select(error =>
                predictor.Tokenizer.Tokenize(error.Text).Length <= MaxTokens ? explainer.Explain(error.Text) : null
            ),
        ];
    }

    /// <summary>The tokens, each on a ground of its share.</summary>
    public static string ToHtml(Explanation explanation)
    {
        double largest = Math.Max(explanation.Tokens.Select(t => Math.Abs(t.Integrated)).DefaultIfEmpty().Max(), 1e-9);
        var html = new StringBuilder("<p class=\"words\">");
        foreach (TokenShare token in explanation.Tokens)
        {
            int strength = (int)Math.Round(60 * Math.Abs(token.Integrated) / largest);
            string color = token.Integrated > 0 ? "--good" : "--bad";
            if (strength == 0)
                html.Append(Escape(token.Text)).Append(' ');
            else
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"<span style=\"background:color-mix(in srgb, var({color}) {strength}%, var(--card))\" title=\""
                        + $"{token.Integrated:+0.00;-0.00}\">{Escape(token.Text)}</span> "
                );
        }
        return html.Append("</p>").ToString();
    }
}
