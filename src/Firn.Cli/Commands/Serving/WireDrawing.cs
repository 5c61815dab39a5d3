using System.Text;
using Firn.Server.Study;

namespace Firn.Cli.Commands.Serving;

/// <summary>The bytes a text costs as bars on a logarithmic scale, one self-contained SVG.</summary>
internal static class WireDrawing
{
    private const int Left = 300;
    private const int Width = 560;
    private const int RowHeight = 20;

    public static string Svg(WireReport report)
    {
        var svg = new StringBuilder();
        WireCost[][] groups =
        [
            .. report
                .Costs.GroupBy(c => c.TextsPerRequest)
                .Select(g => g.OrderByDescending(c => c.SentBytes).ToArray()),
        ];
        int height = 40 + groups.Sum(g => 40 + (g.Length * RowHeight));
        double top = Math.Log10(report.Costs.Max(c => c.SentBytes)),
            bottom = Math.Floor(Math.Log10(report.Costs.Min(c => c.SentBytes)));
        Add(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + 90} {height}\" "
                + $"font-family=\"sans-serif\" font-size=\"12\">\n"
        );
        Add(
            $"<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"10\" y=\"20\" font-size=\"15\">Bytes "
                + $"sent at the socket for a text of {report.TokensPerText:F1} tokens (logarithmic)</text>\n"
        );
        int y = 40;
        foreach (WireCost[] group in groups)
        {
            Add(
                $"<text x=\"10\" y=\"{y + 16}\" font-weight=\"bold\">{group[0].TextsPerRequest} text(s) a "
                    + $"request</text>\n"
            );
            y += 26;
            foreach (WireCost cost in group)
            {
                double length = Math.Max(
                    1,
                    Width * (Math.Log10(cost.SentBytes) - bottom) / Math.Max(0.1, top - bottom)
                );
                string fill = cost.Gzip ? "#a6bddb" : "#2b8cbe";
                Add(
                    $"<text x=\"{Left - 8}\" y=\"{y + 13}\" text-anchor=\"end\">{cost.Form} ({cost.Transport}"
                        + $"{(cost.Gzip ? ", gzip" : "")})</text>\n"
                );
                Add(
                    $"<rect x=\"{Left}\" y=\"{y + 3}\" width=\"{length:F1}\" height=\"{RowHeight - 6}\" fill=\""
                        + $"{fill}\"/>\n"
                );
                Add($"<text x=\"{Left + length + 5:F1}\" y=\"{y + 13}\">{cost.SentBytes:N0}</text>\n");
                y += RowHeight;
            }
            y += 14;
        }
        return svg.Append("</svg>\n").ToString();

        void Add(string text) => svg.Append(text);
    }
}
