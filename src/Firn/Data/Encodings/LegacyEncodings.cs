using System.Text;

namespace Firn.Data;

/// <summary>
/// Which of the encodings from before Unicode a run of bytes may be in: those that decode it, the likeliest first.
/// </summary>
internal static class LegacyEncodings
{
    private const int Shown = 3;
    private const int SampleLength = 40;

    /// <summary>What the characters of a text in an encoding usually are.</summary>
    private sealed record Candidate(string Name, Func<char, bool> IsUsual);

    // The commonest characters of each script: a text in another encoding decodes to rare ones or to those of other
    // scripts.
    private static readonly Candidate[] All =
    [
        new("gbk", IsUsualHan("gb2312")),
        new("big5", IsUsualHan("big5")),
        new("shift_jis", IsJapanese),
        new("euc-jp", IsJapanese),
        new("euc-kr", c => c is >= '\uAC00' and <= '\uD7A3'),
        new("windows-1251", IsRussian),
        new("koi8-r", IsRussian),
        new("windows-1253", c => c is >= 'Ά' and <= 'ώ' && !char.IsUpper(c)),
        new("windows-1255", c => c is >= '\u05D0' and <= '\u05EA'),
        new("windows-1256", c => c is >= '\u0621' and <= '\u064A'),
        new("windows-874", c => c is >= '\u0E01' and <= '\u0E4E'),
    ];

    /// <summary>Names with the first characters as they decode: <c>gbk (房间很脏)</c>.</summary>
    public static IEnumerable<string> Candidates(ReadOnlySpan<byte> head)
    {
        var found = new List<(string Words, double Share)>();
        foreach (Candidate candidate in All)
        {
            var invalid = new InvalidBytes();
            string text = TextEncodings.Get(candidate.Name, invalid).GetString(head);
            int beyond = text.Count(c => c >= 0x80);
            // The head may end within a character.
            if (invalid.Count > 2 + head.Length / 1000 || beyond == 0)
                continue;
            double share = (double)text.Count(candidate.IsUsual) / beyond;
            if (share > 0.5)
                found.Add(($"{candidate.Name} ({Sample(text)})", share));
        }
        return found.OrderByDescending(f => f.Share).Take(Shown).Select(f => f.Words);
    }

    private static string Sample(string text)
    {
        int at = Math.Max(0, text.AsSpan().IndexOfAnyInRange('\u0080', '\uFFFF'));
        string[] line = text[at..].Split('\n', 2);
        return line[0].Trim()[..Math.Min(SampleLength / 2, line[0].Trim().Length)];
    }

    private static bool IsJapanese(char c) =>
        c is >= '\u3041' and <= '\u30FE' or >= '\u4E00' and <= '\u9FFF' or '\u3001' or '\u3002';

    // Small letters, and capitals where a word begins: other Cyrillic encodings swap the two.
    private static bool IsRussian(char c) => c is >= 'а' and <= 'я' or 'ё';

    /// <summary>The characters of the first level of a national standard, sorted by how common they are.</summary>
    private static Func<char, bool> IsUsualHan(string standard)
    {
        Encoding encoding = TextEncodings.Get(standard);
        (byte first, byte last) = standard == "big5" ? ((byte)0xA4, (byte)0xC6) : ((byte)0xB0, (byte)0xD7);
        var usual = new HashSet<char>();
        for (int lead = first; lead <= last; lead++)
        {
            for (int trail = 0x40; trail <= 0xFE; trail++)
            {
                if (standard != "big5" && trail < 0xA1)
                    continue;
                string text = encoding.GetString([(byte)lead, (byte)trail]);
                if (text.Length == 1 && text[0] is >= '\u4E00' and <= '\u9FFF')
                    usual.Add(text[0]);
            }
        }
        return usual.Contains;
    }
}
