using Firn.Cli.Output;
using Firn.Files;
using SkiaSharp;
using SkiaSharp.HarfBuzz;

namespace Firn.Cli.Mapping;

/// <summary>A map as a PNG file: every word a point, and as many words written as have room.</summary>
internal static class MapImage
{
    private const int Side = 1600,
        Edge = 40,
        LabelRoom = 130;
    private const float FontSize = 17,
        Gap = 9;

    private static readonly SKColor Ink = SKColor.Parse("#16222e"),
        Point = SKColor.Parse("#1f6f9f"),
        Seed = SKColor.Parse("#c8702a");

    /// <summary>Draws.</summary>
    /// <returns>Scripts that no font at hand has: their words are points without a label.</returns>
    public static IReadOnlyCollection<string> Save(WordMap map, string path)
    {
        using var fonts = new LabelFonts();
        using var surface = SKSurface.Create(new SKImageInfo(Side, Side));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        var labels = map.Words.Select(word => Label.Of(fonts, Shown.Of(word))).ToArray();
        const double field = Side - 2 * Edge - LabelRoom;
        // A word without a font takes no room.
        bool[] written = MapLabels.Place(
            map,
            field,
            i => labels[i] is null ? -1 : labels[i]!.Width + 6,
            FontSize * 1.25,
            Gap
        );
        using var paint = new SKPaint { IsAntialias = true };
        for (int i = map.Words.Count - 1; i >= 0; i--)
        {
            float x = (float)(Edge + map.Points[i, 0] * field),
                y = (float)(Side - Edge - LabelRoom / 2 - map.Points[i, 1] * field);
            bool seed = map.Seeds.Contains(i),
                named = written[i] && labels[i] is not null;
            paint.Color = (seed ? Seed : Point).WithAlpha(named || seed ? (byte)255 : (byte)90);
            canvas.DrawCircle(
                x,
                y,
                seed ? 5.5f
                    : named ? 3.5f
                    : 2.5f,
                paint
            );
            if (!named)
                continue;
            paint.Color = seed ? Seed : Ink;
            labels[i]!.Draw(canvas, x + Gap, y + FontSize * 0.35f, paint);
        }
        using SKImage image = surface.Snapshot();
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        OutputFile.Write(path, png.SaveTo);
        return [.. fonts.Missing];
    }

    /// <summary>A word and what writes it.</summary>
    private sealed record Label(string Text, SKTypeface Typeface, SKShaper Shaper, float Width)
    {
        public static Label? Of(LabelFonts fonts, string text)
        {
            if (fonts.For(text) is not var (typeface, shaper))
                return null;
            using var font = new SKFont(typeface, FontSize);
            return new Label(text, typeface, shaper, shaper.Shape(text, font).Width);
        }

        public void Draw(SKCanvas canvas, float x, float y, SKPaint paint)
        {
            using var font = new SKFont(Typeface, FontSize) { Subpixel = true };
            canvas.DrawShapedText(Shaper, Text, x, y, SKTextAlign.Left, font, paint);
        }
    }
}
