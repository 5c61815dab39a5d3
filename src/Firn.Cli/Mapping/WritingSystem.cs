using System.Globalization;
using System.Text;

namespace Firn.Cli.Mapping;

/// <summary>Names the script of a character, to say which letters no font at hand has.</summary>
internal static class WritingSystem
{
    private static readonly (int First, int Last, string Name)[] Ranges =
    [
        (0x0000, 0x024f, "Latin"),
        (0x0370, 0x03ff, "Greek"),
        (0x0400, 0x052f, "Cyrillic"),
        (0x0530, 0x058f, "Armenian"),
        (0x0590, 0x05ff, "Hebrew"),
        (0x0600, 0x06ff, "Arabic"),
        (0x0700, 0x074f, "Syriac"),
        (0x0750, 0x077f, "Arabic"),
        (0x0780, 0x07bf, "Thaana"),
        (0x08a0, 0x08ff, "Arabic"),
        (0x0900, 0x097f, "Devanagari (Hindi)"),
        (0x0980, 0x09ff, "Bengali"),
        (0x0a00, 0x0a7f, "Gurmukhi"),
        (0x0a80, 0x0aff, "Gujarati"),
        (0x0b00, 0x0b7f, "Odia"),
        (0x0b80, 0x0bff, "Tamil"),
        (0x0c00, 0x0c7f, "Telugu"),
        (0x0c80, 0x0cff, "Kannada"),
        (0x0d00, 0x0d7f, "Malayalam"),
        (0x0d80, 0x0dff, "Sinhala"),
        (0x0e00, 0x0e7f, "Thai"),
        (0x0e80, 0x0eff, "Lao"),
        (0x0f00, 0x0fff, "Tibetan"),
        (0x1000, 0x109f, "Burmese"),
        (0x10a0, 0x10ff, "Georgian"),
        (0x1100, 0x11ff, "Korean"),
        (0x1200, 0x137f, "Ethiopic"),
        (0x1780, 0x17ff, "Khmer"),
        (0x1e00, 0x1eff, "Latin"),
        (0x1f00, 0x1fff, "Greek"),
        (0x3040, 0x30ff, "Japanese"),
        (0x3100, 0x312f, "Chinese"),
        (0x3130, 0x318f, "Korean"),
        (0x31f0, 0x31ff, "Japanese"),
        (0x3400, 0x9fff, "Chinese"),
        (0xac00, 0xd7af, "Korean"),
        (0xf900, 0xfaff, "Chinese"),
        (0xfb50, 0xfdff, "Arabic"),
        (0xfe70, 0xfeff, "Arabic"),
        (0x1f000, 0x1faff, "emoji"),
        (0x20000, 0x3ffff, "Chinese"),
    ];

    /// <summary>The script, or the character's number where this table does not name one.</summary>
    public static string Of(Rune character)
    {
        foreach ((int first, int last, string name) in Ranges)
        {
            if (character.Value >= first && character.Value <= last)
                return name;
        }
        return string.Create(CultureInfo.InvariantCulture, $"U+{character.Value:X4}");
    }
}
