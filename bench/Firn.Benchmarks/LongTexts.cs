using System.Diagnostics;
using System.Text;
using Firn.Text;

namespace Firn.Benchmarks;

/// <summary>
/// The seconds that cleaning takes on 16 MB of one character or piece, repeated: what a text made to hold a core can
/// do.
/// </summary>
internal static class LongTexts
{
    private const int Bytes = 16 << 20;
    private const int Shown = 3;

    private static readonly string[] Pieces =
    [
        .. Enumerable.Range(0, 0x80).Select(c => ((char)c).ToString()),
        "\u00a0",
        "é",
        "É",
        "İ",
        "\u212a",
        "\u0301",
        "ש",
        "ا",
        "न",
        "नि",
        "中",
        "中文",
        "ก",
        "กิ",
        "เก",
        "한",
        "አ",
        "𠀀",
        "👍",
        "👍🏽",
        "👨‍👩‍👧",
        "🇩🇪",
        "1️⃣",
        "❤️",
        "…",
        "’",
        "\u200d",
        "\ufe0f",
        "\ufffd",
        "a.",
        "a.b.",
        "1.",
        "1,",
        "1:",
        "1/",
        "1a",
        "a'",
        "a-",
        "a_",
        ".a",
        "-.",
        "http:/",
        "https:",
        "htt:",
        "www.",
        ".com",
        "@a",
        "#a",
        "#A1",
        "#中",
        "&#1",
        "&amp;",
        "&lt;",
        "<a",
        "<br ",
        "<br>",
        ":-",
        ":'",
        ":D",
        ":@",
        "=D",
        ">:",
        "<3",
        "o_",
        "^_",
        "-_",
        "t.",
        "\\o",
        "(:",
        "[=",
        "D=",
        "n't",
        "dont ",
        "ha",
        "lol ",
        "love ",
        "running ",
    ];

    public static void Run(Report report)
    {
        report.Line();
        report.Line($"| 16 MB of one piece, repeated ({Pieces.Length} pieces) | slowest, seconds of one core |");
        report.Line("|---|---|");
        foreach (
            (string name, CleaningOptions rules) in new[]
            {
                ("notebook", CleaningOptions.Notebook),
                ("tweets", CleaningOptions.Tweets),
                ("tweets with all punctuation", CleaningOptions.Tweets with { KeepPunctuation = true }),
            }
        )
        {
            var tokenizer = new Tokenizer(rules);
            var tokens = new TokenBuffer();
            IEnumerable<string> slowest = Pieces
                .Select(piece => (Piece: piece, Seconds: Seconds(tokenizer, piece, tokens)))
                .OrderByDescending(p => p.Seconds)
                .Take(Shown)
                .Select(p => $"{p.Seconds:F2} (`{p.Piece}`)");
            report.Line($"| clean, {name} | {string.Join(", ", slowest)} |");
        }
    }

    private static double Seconds(Tokenizer tokenizer, string piece, TokenBuffer tokens)
    {
        string text = string.Concat(Enumerable.Repeat(piece, Bytes / Encoding.UTF8.GetByteCount(piece)));
        tokenizer.Tokenize(text, tokens); // grows the buffer
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        tokenizer.Tokenize(text, tokens);
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }
}
