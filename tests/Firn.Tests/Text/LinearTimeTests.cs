using Firn.Audit;
using Firn.Linear;
using Firn.Text;

namespace Firn.Tests.Text;

/// <summary>
/// Scanners look at a text's characters a bounded number of times, whatever the text: counted in steps, not in seconds,
/// on every pair of the pieces that a grammar treats in a way of its own.
/// </summary>
public class LinearTimeTests
{
    private const int MaxStepsACharacter = 24;

    /// <summary>
    /// A character of every class that scanners tell apart, and the beginnings and ends of all tokens.
    /// </summary>
    private static readonly string[] Pieces =
    [
        " ",
        "\n",
        "\x1c",
        "\u00a0",
        "a",
        "Z",
        "d",
        "D",
        "o",
        "T",
        "x",
        "u",
        "w",
        "h",
        "y",
        "s",
        "0",
        "7",
        "3",
        "e",
        "\u00e9",
        "\u0301",
        "\u0130",
        "\u212a",
        "\u4e2d",
        "\u0e01\u0e34",
        "\u0e40",
        "\u0e30",
        "\u17d2",
        "\u1780",
        "\u3007",
        "\u200c",
        "\U000E0100",
        "\uff01",
        "\U0001D4F1",
        "#\u4e2d",
        "@\u4e2d",
        "\u0928\u093f",
        "\U00020000",
        "\ud83d",
        "\ude00",
        "\U0001F44D",
        "\U0001F3FD",
        "\u200d",
        "\ufe0f",
        "\u20e3",
        "\U0001F1E9",
        "\u2764",
        "\u2026",
        "\u2019",
        "\u00ad",
        ".",
        ",",
        ":",
        ";",
        "=",
        "/",
        "\\",
        "(",
        ")",
        "[",
        "]",
        "{",
        "<",
        ">",
        "^",
        "-",
        "_",
        "*",
        "~",
        "'",
        "`",
        "\"",
        "!",
        "?",
        "#",
        "@",
        "&",
        "+",
        "|",
        "\0",
        "\x7f",
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
        "..",
        "http:/",
        "https:",
        "htt:",
        "www.",
        ".com",
        ".co",
        "@a",
        "#a",
        "#A1",
        "#_",
        "&#1",
        "&amp;",
        "amp;",
        "&lt",
        "<a",
        "<br ",
        "<p>",
        "</a",
        ":-",
        ":'",
        ":D",
        ":@",
        ":/",
        "=D",
        ">:",
        "<3",
        "</3",
        "o_",
        "^_",
        "-_",
        "t.",
        "\\o",
        "(:",
        "[=",
        "D=",
        "'s",
        "n't",
        "dont",
        "ha",
        "lo",
        "ing",
        "ed",
        "the",
    ];

    private static readonly (string Name, Action<string> Run)[] Scanners =
    [
        Cleaning("tweets", new Tokenizer(CleaningOptions.Tweets)),
        Cleaning("tweets, all punctuation", new Tokenizer(CleaningOptions.Tweets with { KeepPunctuation = true })),
        Cleaning(
            "tweets, step by step",
            Tokenizer.Reference(CleaningOptions.Tweets with { RemoveStopWords = true, KeepHashTags = true })
        ),
        Cleaning(
            "tweets, the other way",
            new Tokenizer(
                new CleaningOptions
                {
                    Preset = "tweets",
                    ReplaceUrls = true,
                    ReplaceNumbers = true,
                    KeepEmoticons = true,
                    Stem = true,
                }
            )
        ),
        Cleaning("notebook", new Tokenizer(CleaningOptions.Notebook)),
        Cleaning("notebook, step by step", Tokenizer.Reference(CleaningOptions.Notebook with { Stem = true })),
        Cleaning("none", new Tokenizer(CleaningOptions.None with { LowerCase = true, Stem = true })),
        ("hash tags of the audit", text => TokenKinds.HashTags(text).Count()),
        Baseline(),
    ];

    /// <summary>
    /// Pieces repeated, in turn, one run behind the other, and behind or before one of another kind that may decide
    /// what they are.
    /// </summary>
    private static IEnumerable<string> Texts(string one, string other, int length)
    {
        string Run(string piece, int characters) => string.Concat(Enumerable.Repeat(piece, characters / piece.Length));
        string run = Run(one, length);
        yield return run + other;
        yield return other + run;
        yield return Run(one + other, length);
        yield return Run(one, length / 2) + Run(other, length / 2);
        yield return Run(Run(one, 24) + other, length);
    }

    [Fact]
    public void Steps_are_counted_in_this_process() =>
        Assert.True(AppContext.TryGetSwitch(ScanSteps.SwitchName, out bool on) && on);

    public static TheoryData<string> Names() => [.. Scanners.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_text_twice_as_long_takes_twice_the_steps(string scanner)
    {
        Action<string> run = Scanners.Single(s => s.Name == scanner).Run;
        int every = scanner.StartsWith("tweets, ", StringComparison.Ordinal) ? 1 : 4; // the others know fewer pieces
        var faults = new List<string>();
        foreach (string one in Pieces)
        {
            foreach (string other in Pieces.Where((_, i) => i % every == 0))
            {
                foreach ((string shorter, string longer) in Texts(one, other, 96).Zip(Texts(one, other, 192)))
                {
                    long half = StepsOf(run, shorter),
                        all = StepsOf(run, longer);
                    if (
                        all > (1.5 * half / shorter.Length + 2) * longer.Length
                        || all > MaxStepsACharacter * longer.Length
                    )
                        faults.Add($"{longer[..12]}...{longer[^12..]}: {half} and {all} steps");
                }
            }
        }
        Assert.True(faults.Count == 0, $"{faults.Count} texts: {string.Join("; ", faults.Take(10))}");
    }

    /// <summary>A loop that forgets to count would make the test above say nothing.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_character_is_counted(string scanner)
    {
        Action<string> run = Scanners.Single(s => s.Name == scanner).Run;
        if (scanner == "hash tags of the audit")
            return;
        foreach (string piece in Pieces)
        {
            string text = string.Concat(Enumerable.Repeat(piece, 50));
            Assert.InRange(StepsOf(run, text), text.Length - 16, int.MaxValue);
        }
    }

    [Fact]
    public void The_characters_of_a_word_are_counted_once_a_run()
    {
        string word = new('x', 5_000);
        var builder = new VocabularyBuilder();
        builder.Add(word);
        Vocabulary vocabulary = builder.Build();
        var source = new CharacterSource(
            RaggedIds.From([
                [1],
            ]),
            vocabulary,
            CharacterSource.MaxLongestShown
        );
        Assert.InRange(StepsOf(_ => source.Extract(1, []), ""), word.Length, MaxStepsACharacter * word.Length);
    }

    private static long StepsOf(Action<string> run, string text)
    {
        long before = ScanSteps.Taken;
        run(text);
        return ScanSteps.Taken - before;
    }

    private static (string Name, Action<string> Run) Cleaning(string name, Tokenizer tokenizer)
    {
        var buffer = new ThreadLocal<TokenBuffer>(() => new TokenBuffer());
        return (name, text => tokenizer.Tokenize(text, buffer.Value!));
    }

    private static (string Name, Action<string> Run) Baseline()
    {
        var keys = new ThreadLocal<(NgramKeys Keys, List<ulong> Found)>(() => (new NgramKeys(new NgramOptions()), []));
        return (
            "baseline",
            text =>
            {
                keys.Value.Found.Clear();
                keys.Value.Keys.Extract(text, keys.Value.Found);
            }
        );
    }
}
