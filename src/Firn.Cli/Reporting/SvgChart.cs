using System.Globalization;
using System.Net;
using System.Text;

namespace Firn.Cli.Reporting;

/// <summary>
/// A small chart as inline SVG. Colors and fonts come from the page's style sheet, so that one drawing serves a
/// light page, a dark page and paper.
/// </summary>
internal sealed class SvgChart
{
    private const double Width = 460,
        Height = 300,
        Left = 54,
        Right = 14,
        Top = 14,
        Bottom = 44;

    /// <summary>The colors of data, by the names that the style sheet gives them.</summary>
    public static readonly string[] Styles = ["a", "b", "c", "d", "e", "f"];

    private readonly StringBuilder _body = new();
    private readonly AxisRange _xRange;
    private readonly AxisRange _yRange;
    private readonly List<(string Name, string Class)> _legend = [];

    /// <summary>Draws the frame, the grid and the axes.</summary>
    public SvgChart(
        string xTitle,
        string yTitle,
        AxisRange xRange,
        AxisRange yRange,
        double[]? xTicks = null,
        string[]? xLabels = null
    )
    {
        _xRange = xRange;
        _yRange = yRange;
        Axes(
            xTitle,
            yTitle,
            xTicks ?? Ticks.Between(xRange.Low, xRange.High),
            Ticks.Between(yRange.Low, yRange.High),
            xLabels
        );
    }

    /// <summary>
    /// A line through the points that are finite, with a dot and a tooltip a point where <paramref name="dots"/> says
    /// so.
    /// </summary>
    public SvgChart Line(string name, string style, IReadOnlyList<double> x, IReadOnlyList<double> y, bool dots = false)
    {
        var points = new StringBuilder();
        for (int i = 0; i < x.Count; i++)
        {
            if (double.IsFinite(y[i]))
                points.Append(CultureInfo.InvariantCulture, $"{X(x[i]):0.0},{Y(y[i]):0.0} ");
        }
        if (points.Length == 0)
            return this;
        _body.Append(
            CultureInfo.InvariantCulture,
            $"<polyline class=\"line {style}\" points=\"{points.ToString().TrimEnd()}\"/>"
        );
        for (int i = 0; dots && i < x.Count; i++)
        {
            if (double.IsFinite(y[i]))
                _body.Append(
                    CultureInfo.InvariantCulture,
                    $"<circle class=\"dot {style}\" cx=\"{X(x[i]):0.0}\" cy=\"{Y(y[i]):0.0}\" r=\"3\"><title>"
                        + $"{Escape(name)}: {y[i]:0.0000} at {x[i]:0.##}</title></circle>"
                );
        }
        if (name.Length > 0)
            _legend.Add((name, style));
        return this;
    }

    /// <summary>A point with the interval around it, and a tooltip.</summary>
    public SvgChart Interval(string style, double x, double value, double low, double high, string tooltip)
    {
        _body.Append(
            CultureInfo.InvariantCulture,
            $"<g><title>{Escape(tooltip)}</title><line class=\"whisker {style}\" x1=\"{X(x):0.0}\" x2=\"{X(x):0.0}\" "
                + $"y1=\"{Y(low):0.0}\" y2=\"{Y(high):0.0}\"/><circle class=\"dot {style}\" cx=\"{X(x):0.0}\" cy=\""
                + $"{Y(value):0.0}\" r=\"3\"/></g>"
        );
        return this;
    }

    /// <summary>A bar from the bottom of the chart.</summary>
    public SvgChart Bar(string style, double low, double high, double value, string tooltip)
    {
        double left = X(low),
            right = X(high),
            top = Y(value);
        _body.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"bar {style}\" x=\"{left + 1:0.0}\" y=\"{top:0.0}\" width=\""
                + $"{Math.Max(0, right - left - 2):0.0}\" "
                + $"height=\"{Math.Max(0, Y(_yRange.Low) - top):0.0}\"><title>{Escape(tooltip)}</title></rect>"
        );
        return this;
    }

    /// <summary>A marked position on the horizontal axis.</summary>
    public SvgChart Mark(double x, string tooltip)
    {
        _body.Append(
            CultureInfo.InvariantCulture,
            $"<line class=\"mark\" x1=\"{X(x):0.0}\" x2=\"{X(x):0.0}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"><title>"
                + $"{Escape(tooltip)}</title></line>"
        );
        return this;
    }

    /// <summary>The drawing; <paramref name="description"/> is read out where it cannot be seen.</summary>
    public string ToSvg(string description, Corner legendAt = Corner.TopRight)
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Escape(description)}\">"
        );
        svg.Append(_body);
        double longest = _legend.Count == 0 ? 0 : _legend.Max(entry => entry.Name.Length) * 6.6 + 36;
        double x = legendAt is Corner.TopLeft or Corner.BottomLeft ? Left + 12 : Width - Right - longest - 6;
        double y = legendAt is Corner.BottomLeft or Corner.BottomRight
            ? Height - Bottom - 12 - 17 * (_legend.Count - 1)
            : Top + 16;
        if (_legend.Count > 0)
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect class=\"keys\" x=\"{x - 6:0}\" y=\"{y - 14:0}\" width=\"{longest + 8:0}\" height=\""
                    + $"{17 * _legend.Count + 4}\" rx=\"4\"/>"
            );
        foreach (var (name, style) in _legend)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"line {style}\" x1=\"{x:0}\" x2=\"{x + 22:0}\" y1=\"{y - 4:0}\" y2=\"{y - 4:0}\"/><text "
                    + $"class=\"key\" x=\"{x + 29:0}\" y=\"{y:0}\">{Escape(name)}</text>"
            );
            y += 17;
        }
        return svg.Append("</svg>").ToString();
    }

    private void Axes(string xTitle, string yTitle, double[] xTicks, double[] yTicks, string[]? xLabels)
    {
        double xStep = xTicks.Length > 1 ? xTicks[1] - xTicks[0] : 1,
            yStep = yTicks.Length > 1 ? yTicks[1] - yTicks[0] : 1;
        foreach (double tick in yTicks)
            _body.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):0.0}\" y2=\"{Y(tick):0.0}"
                    + $"\"/><text class=\"tick\" text-anchor=\"end\" x=\"{Left - 7}\" y=\"{Y(tick) + 4:0.0}\">"
                    + $"{Ticks.Label(tick, yStep)}</text>"
            );
        for (int i = 0; i < xTicks.Length; i++)
        {
            string label = xLabels is null ? Ticks.Label(xTicks[i], xStep) : Escape(xLabels[i]);
            _body.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"axis\" x1=\"{X(xTicks[i]):0.0}\" x2=\"{X(xTicks[i]):0.0}\" y1=\"{Height - Bottom}\" "
                    + $"y2=\"{Height - Bottom + 4}\"/><text class=\"tick\" text-anchor=\"middle\" x=\""
                    + $"{X(xTicks[i]):0.0}\" y=\"{Height - Bottom + 18}\">{label}</text>"
            );
        }
        _body.Append(
            CultureInfo.InvariantCulture,
            $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\""
                + $"{Height - Bottom}\"/>"
        );
        _body.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"title\" text-anchor=\"middle\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\">"
                + $"{Escape(xTitle)}</text>"
        );
        _body.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"title\" text-anchor=\"middle\" transform=\"translate(13 {(Top + Height - Bottom) / 2}) "
                + $"rotate(-90)\">{Escape(yTitle)}</text>"
        );
    }

    private double X(double value) =>
        Left + (value - _xRange.Low) / (_xRange.High - _xRange.Low) * (Width - Left - Right);

    private double Y(double value) =>
        Height - Bottom - (value - _yRange.Low) / (_yRange.High - _yRange.Low) * (Height - Top - Bottom);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
