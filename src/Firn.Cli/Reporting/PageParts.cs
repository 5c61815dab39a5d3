using System.Globalization;
using System.Net;
using System.Text;

namespace Firn.Cli.Reporting;

/// <summary>The frame of a page that needs nothing from a network, and the parts that pages share.</summary>
internal static class PageParts
{
    /// <summary>Puts values into the template that is built into the tool.</summary>
    public static string Page(
        string title,
        string subtitle,
        string notice,
        IReadOnlyList<Fact> headline,
        string sections,
        string footer
    ) =>
        Fill(
            new Dictionary<string, string>
            {
                ["title"] = Escape(title),
                ["subtitle"] = Escape(subtitle),
                ["notice"] = notice,
                ["headline"] = string.Concat(
                    headline.Select(fact => $"<div><dt>{Escape(fact.Name)}</dt><dd>{Figure(fact.Value)}</dd></div>\n")
                ),
                ["sections"] = sections,
                ["footer"] = Escape(footer),
            }
        );

    public static void Section(StringBuilder page, string title, string content, bool wide = false, string extra = "")
    {
        string classes = $"{(wide ? "wide " : "")}{extra}".Trim();
        page.Append(
            CultureInfo.InvariantCulture,
            $"<section{(classes.Length > 0 ? $" class=\"{classes}\"" : "")}>\n<h2>{Escape(title)}</h2>\n{content}"
                + $"\n</section>\n"
        );
    }

    public static string Table(TableData table)
    {
        var html = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
        foreach (string head in table.Heads)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Escape(head)}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (string[] row in table.Rows)
            html.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Escape(cell)}</td>")).Append("</tr>\n");
        return html.Append("</tbody></table></div>").ToString();
    }

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    // One pass over the template, so that a text that happens to hold "{{title}}" stays what it is.
    private static string Fill(Dictionary<string, string> values)
    {
        using var stream = typeof(PageParts).Assembly.GetManifestResourceStream("Firn.Cli.Reporting.report.html")!;
        using var reader = new StreamReader(stream);
        string template = reader.ReadToEnd();
        var page = new StringBuilder();
        int at = 0;
        while (template.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            int close = template.IndexOf("}}", open, StringComparison.Ordinal);
            page.Append(template, at, open - at).Append(values[template[(open + 2)..close]]);
            at = close + 2;
        }
        return page.Append(template, at, template.Length - at).ToString();
    }

    /// <summary>A figure in large type; an interval in brackets behind it in small type.</summary>
    private static string Figure(string value) =>
        value.Split(" (", 2) is [var figure, var interval] && value.EndsWith(')')
            ? $"{Escape(figure)}<small>{Escape(interval[..^1])}</small>"
            : Escape(value);
}
