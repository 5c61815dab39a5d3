using ScottPlot;
using SkiaSharp;

namespace Firn.Cli.Reporting;

/// <summary>
/// Gives ScottPlot the font that the tool carries: a server often has no fonts at all, and its plots would have no
/// words.
/// </summary>
internal sealed class PlotFont : IFontResolver
{
    public const string Family = "Firn Plot Sans";

    private static readonly Lazy<SKTypeface> Loaded = new(Load);
    private static readonly Lock Gate = new();
    private static bool _registered;

    /// <summary>The font itself, which the process keeps.</summary>
    public static SKTypeface Typeface => Loaded.Value;

    /// <summary>Makes <see cref="Family"/> known; does nothing the second time.</summary>
    public static void Register()
    {
        lock (Gate)
        {
            if (_registered)
                return;
            Fonts.FontResolvers.Insert(0, new PlotFont());
            _registered = true;
        }
    }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Family ? Typeface : null;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Family ? Typeface : null;

    private static SKTypeface Load()
    {
        using var stream = typeof(PlotFont).Assembly.GetManifestResourceStream("Firn.Cli.Reporting.PlotSans.ttf")!;
        return SKTypeface.FromStream(stream);
    }
}
