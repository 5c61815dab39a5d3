using System.Globalization;
using System.Text;
using Firn.Cli.Reporting;
using SkiaSharp;
using SkiaSharp.HarfBuzz;

namespace Firn.Cli.Mapping;

/// <summary>
/// Finds a font for a word's letters: the tool's own, what the system offers for a character, and else the font files
/// of the usual folders. Letters are joined and ordered by HarfBuzz, as Arabic and the scripts of India need it.
/// </summary>
internal sealed class LabelFonts : IDisposable
{
    private const int MaxFiles = 5000;

    private static readonly string[] Extensions = [".ttf", ".otf", ".ttc", ".otc"];

    private readonly Dictionary<string, SKTypeface?> _byScript = new(StringComparer.Ordinal);
    private readonly Dictionary<SKTypeface, SKShaper> _shapers = [];
    private readonly SortedSet<string> _missing = new(StringComparer.Ordinal);
    private string[]? _files;

    /// <summary>Scripts for which no font was found, as people call them.</summary>
    public IReadOnlyCollection<string> Missing => _missing;

    /// <summary>What shapes a word's letters, or null where no font has them all.</summary>
    public (SKTypeface Typeface, SKShaper Shaper)? For(string word)
    {
        string letters = Visible(word);
        if (letters.Length == 0)
            return null;
        if (PlotFont.Typeface.ContainsGlyphs(letters))
            return Shaping(PlotFont.Typeface);
        Rune lacking = letters.EnumerateRunes().First(rune => !PlotFont.Typeface.ContainsGlyph(rune.Value));
        string script = WritingSystem.Of(lacking);
        if (
            !_byScript.TryGetValue(script, out SKTypeface? typeface)
            || (typeface is not null && !typeface.ContainsGlyphs(letters))
        )
            _byScript[script] = typeface = Find(letters, lacking);
        if (typeface is not null && typeface.ContainsGlyphs(letters))
            return Shaping(typeface);
        _missing.Add(script);
        return null;
    }

    public void Dispose()
    {
        foreach ((SKTypeface typeface, SKShaper shaper) in _shapers)
        {
            shaper.Dispose();
            if (typeface != PlotFont.Typeface)
                typeface.Dispose();
        }
    }

    private (SKTypeface, SKShaper) Shaping(SKTypeface typeface)
    {
        if (!_shapers.TryGetValue(typeface, out SKShaper? shaper))
            _shapers[typeface] = shaper = new SKShaper(typeface);
        return (typeface, shaper);
    }

    private SKTypeface? Find(string letters, Rune lacking)
    {
        if (SKFontManager.Default.MatchCharacter(lacking.Value) is { } matched && matched.ContainsGlyphs(letters))
            return matched;
        foreach (string file in _files ??= FontFiles())
        {
            SKTypeface? typeface = SKTypeface.FromFile(file);
            if (typeface is not null && typeface.ContainsGlyphs(letters))
                return typeface;
            typeface?.Dispose();
        }
        return null;
    }

    // Upright and regular faces first: their names are the shortest of their family.
    private static string[] FontFiles()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string[] folders =
        [
            Environment.GetFolderPath(Environment.SpecialFolder.Fonts),
            "/usr/share/fonts",
            "/usr/local/share/fonts",
            Path.Combine(home, ".fonts"),
            Path.Combine(home, ".local", "share", "fonts"),
        ];
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return
        [
            .. folders
                .Where(folder => folder.Length > 0 && Directory.Exists(folder))
                .Distinct()
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*", options))
                .Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
                .Take(MaxFiles)
                .OrderBy(file => Path.GetFileName(file).Length)
                .ThenBy(file => file, StringComparer.Ordinal),
        ];
    }

    /// <summary>Without marks that join or order letters and have no shape of their own.</summary>
    private static string Visible(string word) =>
        string.Concat(
            word.EnumerateRunes()
                .Where(rune =>
                    Rune.GetUnicodeCategory(rune)
                        is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.SpaceSeparator)
                    && rune.Value is not (>= 0xfe00 and <= 0xfe0f)
                )
                .Select(rune => rune.ToString())
        );
}
