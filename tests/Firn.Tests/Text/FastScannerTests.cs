using System.Text.RegularExpressions;
using CsCheck;
using Firn.Data;
using Firn.Text;

namespace Firn.Tests.Text;

/// <summary>The fast scanners against the plain grammars and against .NET's regular expressions.</summary>
public class FastScannerTests
{
    private static readonly CleaningOptions[] Fast =
    [
        CleaningOptions.Notebook,
        CleaningOptions.Notebook with
        {
            RemoveStopWords = false,
        },
        CleaningOptions.Notebook with
        {
            Stem = true,
        },
        CleaningOptions.Tweets,
        CleaningOptions.Tweets with
        {
            KeepPunctuation = true,
        },
        CleaningOptions.Tweets with
        {
            RemoveStopWords = true,
        },
        CleaningOptions.Tweets with
        {
            SplitHashTags = false,
        },
        CleaningOptions.Tweets with
        {
            KeepHashTags = true,
        },
        CleaningOptions.Tweets with
        {
            DropHashTags = true,
            KeepPunctuation = true,
        },
    ];

    private static readonly string[] Pieces =
    [
        "@",
        "#",
        "<",
        "</",
        ">",
        "&amp;",
        ";",
        ":",
        "=",
        "-",
        "_",
        "__",
        "'",
        "`",
        "^",
        "\\",
        "/",
        "(",
        ")",
        "[",
        "]",
        "*",
        ".",
        "..",
        "...",
        "!",
        "?",
        ",",
        "D",
        "d",
        "T",
        "o",
        "O",
        "u",
        "x",
        "0",
        "3",
        "7",
        "a",
        "aa",
        "aaa",
        "ha",
        "ab",
        "B",
        "lo",
        "t",
        "s",
        "z",
        " ",
        " ",
        " ",
        "  ",
        "\n",
        "\t",
        "\x1c",
        "\u00a0",
        "http",
        "https",
        "htt",
        "HTTP",
        "www",
        "Www.",
        "://",
        ":/",
        "com",
        "co",
        "<br",
        "br />",
        "\u0130",
        "\u212a",
        "\u2019",
        "\u2026",
        "\u200D",
        "\uFE0F",
        "👍",
        "🏽",
        "\uD83D",
        "\uDE00",
        "❤",
        "é",
        "É",
        "\u0301",
        "\uFFFD",
        "中",
        "文",
        "〇",
        "𠮷",
        "𝓱",
        "ก",
        "เ",
        "ิ",
        "ក",
        "្",
        "한",
        "\u200c",
        "\uDB40",
        "\u20E3",
        "！",
        "n't",
        "'s",
        "'S",
        "dont",
        "im",
        "THATS",
        "the",
        "not",
        "themselves",
        "yourselves",
        "word",
        "Longer",
        "antidisestablishmentarianism",
    ];

    private static readonly Gen<string> Texts = Gen.Int[0, Pieces.Length - 1]
        .Array[0, 60]
        .Select(chosen => string.Concat(chosen.Select(i => Pieces[i])));

    private static string Join(Tokenizer tokenizer, string text, TokenBuffer buffer)
    {
        tokenizer.Tokenize(text, buffer);
        return string.Join('\n', buffer.ToArray());
    }

    private static void AreEqual(CleaningOptions rules, IEnumerable<string> texts)
    {
        Tokenizer fast = new(rules),
            plain = Tokenizer.Reference(rules);
        TokenBuffer one = new(),
            other = new();
        foreach (string text in texts)
            Assert.Equal(Join(plain, text, one), Join(fast, text, other));
    }

    [Fact]
    public void Give_the_tokens_of_the_plain_grammars_on_random_texts()
    {
        TokenBuffer plain = new(),
            used = new();
        Texts.Sample(
            text =>
            {
                foreach (CleaningOptions rules in Fast)
                    Assert.Equal(Join(Tokenizer.Reference(rules), text, plain), Join(new Tokenizer(rules), text, used));
            },
            iter: 6_000,
            threads: 1
        );
    }

    [Fact]
    public void Give_the_tokens_of_the_plain_grammars_at_every_length_and_place()
    {
        string[] insertions =
        [
            "@you",
            " @you",
            "http://x",
            "htt:xy",
            "soooo",
            "don't",
            "D:",
            "o_O",
            "\u0130",
            "é",
            ":)",
            "it's",
            "...",
            "hahaha",
            "www.x.com",
            "the",
            "",
        ];
        foreach (CleaningOptions rules in Fast)
        {
            AreEqual(
                rules,
                insertions.SelectMany(inserted =>
                    Enumerable
                        .Range(0, 140)
                        .SelectMany(before =>
                            (string[])
                                [
                                    new string('b', before) + inserted,
                                    new string(' ', before) + inserted + " end",
                                    string.Concat(Enumerable.Repeat("ab ", before / 3)) + inserted + "z",
                                ]
                        )
                )
            );
        }
    }

    [Theory]
    [InlineData("sentiment140/sentiment140_union.csv.gz")]
    [InlineData("sentiment140/testdata.manual.2009.06.14.csv")]
    [InlineData("tweeteval/emotion/train_text.txt")]
    [InlineData("tweeteval/hate/test_text.txt")]
    [InlineData("ag_news/test.csv")]
    [InlineData("kim2014/rt-polarity.all")]
    public void Give_the_tokens_of_the_plain_grammars_on_real_texts(string file)
    {
        string[] texts = [.. CorpusReader.Open(Data.Path(file)).Select(row => row.Text)];
        foreach (CleaningOptions rules in (CleaningOptions[])[CleaningOptions.Notebook, CleaningOptions.Tweets])
            AreEqual(rules, texts);
    }

    /// <summary>
    /// .NET's engine on text prepared as Python would lower it. Its \s lacks U+001C to U+001F and its unit is half a
    /// surrogate pair, so these are spelt out.
    /// </summary>
    [Fact]
    public void The_notebook_grammar_is_the_regular_expression()
    {
        const string nonSpace = @"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\s\x1c-\x1f])";
        var expression = new Regex(
            $"@{nonSpace}+|https?:{nonSpace}+|http?:{nonSpace}|[^A-Za-z0-9]+",
            RegexOptions.CultureInvariant
        );
        var cleaner = new Cleaner(CleaningOptions.Notebook);
        Texts.Sample(
            text =>
            {
                string lower = text.ToLowerInvariant()
                    .Replace("\u0130", "i\u0307", StringComparison.Ordinal)
                    .Replace('\u212a', 'k');
                Assert.Equal(expression.Replace(lower, " ").Trim(' '), cleaner.Clean(text));
            },
            iter: 10_000
        );
    }

    [Fact]
    public void The_hash_of_the_word_lists_needs_no_search_at_the_start() => Assert.True(WordLists.FoundAtOnce);

    [Fact]
    public void Allocate_nothing_once_the_buffer_is_warm()
    {
        string[] texts =
        [
            "@bob I don't loooove it!! :-( http://t.co/x &amp; #SoBad 😂",
            "plain words only",
            new string('x', 500),
        ];
        foreach (CleaningOptions rules in Fast)
        {
            var tokenizer = new Tokenizer(rules);
            var buffer = new TokenBuffer();
            foreach (string text in texts)
                tokenizer.Tokenize(text, buffer);
            Assert.Equal(
                0,
                Allocations.Of(() =>
                {
                    foreach (string text in texts)
                        tokenizer.Tokenize(text, buffer);
                })
            );
        }
    }
}
