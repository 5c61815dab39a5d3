using CsCheck;
using Firn.Text;

namespace Firn.Tests.Text;

public class TweetGrammarTests
{
    private static string Tokens(string text, CleaningOptions? rules = null) =>
        string.Join(' ', new Tokenizer(rules ?? CleaningOptions.Tweets).Tokenize(text));

    [Theory]
    [InlineData("I don't like it", "i don't like it")]
    [InlineData("I don’t, can`t", "i don't can't")]
    [InlineData("im sad, dont go", "i'm sad don't go")]
    [InlineData("it's dad's car", "it dad car")]
    [InlineData("does n't work", "does n't work")]
    [InlineData("sooooo goooood hahahahaha lololol", "soo good haha lol")]
    [InlineData("ahahaha 1000000", "haha 1000000")]
    [InlineData("@bob hi @ann_1!", "<user> hi <user> !")]
    [InlineData("mail me@home now @ noon", "mail me home now noon")]
    [InlineData("see http://t.co/x?y=1, www.a.com and bit.ly/abc", "see <url> <url> and <url>")]
    [InlineData("twitter.com/bob rocks. Yes.no", "<url> rocks yes no")]
    [InlineData("#ILoveNYC #follow_friday #NBAFinals2012", "i love nyc follow friday nba finals 2012")]
    [InlineData("tom &amp; jerry &lt;3 &quot;hi&quot; &#39;x&#x27; &amp;lt;3 &bogus; &", "tom jerry <3 hi x <3 bogus")]
    [InlineData("great<br /><br />film <b>bold</b> a < b > c", "great film bold a b c")]
    [InlineData(
        "wow! wow!!! eh? eh??? what?! hm... end. two.. …",
        "wow ! wow !! eh ? eh ?? what ?! hm ... end two ... ..."
    )]
    [InlineData(":) :-) =) (: (-: :))) :] ;) ;-)", ":) :) :) :) :) :) :) ;) ;)")]
    [InlineData(":( :-(( ): :'( :[ D: =(", ":( :( :( :'( :( :( :(")]
    [InlineData(":D :-D :P :p :/ :-\\ :| :* :O :3", ":d :d :p :p :/ :/ :| :* :o :3")]
    [InlineData("<3 <333 </3 \\o/", "<3 <3 </3 \\o/")]
    [InlineData("^_^ ^^ -_- -__- T_T o_O O.o >_< >.< ;_; u_u", "^_^ ^_^ -_- -_- t_t o_o o_o >_< >_< t_t u_u")]
    [InlineData("love it:) at 7:30 ratio 9/10 (see: p. 3)", "love it :) at 7:30 ratio 9/10 see p 3")]
    [InlineData("list:(a) note:Do http://x", "list :( a note do <url>")]
    [InlineData("😂😂😂😂 👍🏽 ❤️ 🇬🇧 👩‍🚀", "😂 😂 👍 ❤ 🇬🇧 👩‍🚀")]
    [InlineData("café NAÏVE Ünïcode", "café naïve ünïcode")]
    [InlineData("bad\uFFFDbyte \uD83D half", "bad byte half")]
    [InlineData("", "")]
    [InlineData(" \t\n", "")]
    [InlineData("2nite 4th 30mins 1,000 3.5", "2nite 4th 30mins 1,000 3.5")]
    [InlineData("我爱你。不!", "我爱 爱你 不 !")]
    [InlineData("我love你 iPhone手机好", "我 love 你 iphone 手机 机好")]
    [InlineData("電車は素晴らしい。", "電車 車は は素 素晴 晴ら らし しい")]
    [InlineData("哈哈哈哈哈 すごーーーい", "哈哈 すご ごー ーー ーい")]
    [InlineData("ราคาแพงมาก กินข้าว", "ราคา คาแพ แพง งมา มาก กิน นข้า ข้าว")]
    [InlineData("ເຮັດ ຂ້ອຍ", "ເຮັດ ຂ້ອ ອຍ")]
    [InlineData("ខ្ញុំស្រឡាញ់", "ខ្ញុំស្រ ស្រឡា ឡាញ់")]
    [InlineData("မြန်မာ စက္ကူ", "မြန် န်မာ စက္ကူ")]
    [InlineData("𠮷野家 二〇二四年 葛\U000E0100城 か\u3099き", "𠮷野 野家 二〇 〇二 二四 四年 葛城 か\u3099き")]
    [InlineData("3天 2024年5月 ๑๒๓บาท", "3 天 2024 年 5 月 ๑๒๓ บาท")]
    [InlineData("#我爱你 #Love中国123 @user你好 @小明 hi", "我爱 爱你 love 中国 123 <user> 你好 <user> hi")]
    [InlineData("看http://t.co/a好。去bit.ly/x，好T_T好:)", "看 <url> 好 去 <url> 好 t_t 好 :)")]
    [InlineData("好！！真的？！", "好 !! 真的 ?!")]
    [InlineData(
        "한국어 좋아요 नमस्ते दुनिया مَرْحَبًا שָׁלוֹם தமிழ் გამარჯობა ሰላም",
        "한국어 좋아요 नमस्ते दुनिया مَرْحَبًا שָׁלוֹם தமிழ் გამარჯობა ሰላም"
    )]
    [InlineData("می\u200cخواهم क्\u200dष \u200cx", "میخواهم क्ष x")]
    [InlineData(
        "1️⃣#️⃣*⃣ 12 🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F 👨‍👩‍👧 👍🏽",
        "1⃣ #⃣ *⃣ 12 🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F 👨‍👩‍👧 👍"
    )]
    [InlineData("𝓱𝓲 𞤀𞤁 \ud840 我\udc00", "𝓱𝓲 𞤢𞤣 我")]
    public void Tokenizes(string text, string expected) => Assert.Equal(expected, Tokens(text));

    public static TheoryData<string, string, string, string> Switches =>
        new()
        {
            { nameof(CleaningOptions.LowerCase), "So GOOD", "so good", "So GOOD" },
            { nameof(CleaningOptions.ReplaceUsers), "@Bob hi", "<user> hi", "@bob hi" },
            { nameof(CleaningOptions.ReplaceUrls), "www.a.com", "<url>", "ww a com" },
            { nameof(CleaningOptions.UnescapeHtml), "a &lt;3", "a <3", "a lt 3" },
            { nameof(CleaningOptions.RemoveMarkup), "a<br />b", "a b", "a br b" },
            { nameof(CleaningOptions.SplitHashTags), "#GoTeam", "go team", "#goteam" },
            { nameof(CleaningOptions.KeepEmoticons), "hi :D", "hi :d", "hi d" },
            { nameof(CleaningOptions.KeepEmoji), "hi 😂", "hi 😂", "hi" },
            { nameof(CleaningOptions.KeepTone), "hi!! ok?", "hi !! ok ?", "hi ok" },
            { nameof(CleaningOptions.KeepContractions), "don't", "don't", "don t" },
            { nameof(CleaningOptions.RestoreApostrophes), "dont", "don't", "dont" },
            { nameof(CleaningOptions.DropPossessives), "dad's", "dad", "dad's" },
            { nameof(CleaningOptions.SqueezeRepeats), "sooo", "soo", "sooo" },
            {
                nameof(CleaningOptions.SplitUnspacedScripts),
                "我爱你 好！1️⃣ 𠮷𠮷",
                "我爱 爱你 好 ! 1⃣ 𠮷𠮷",
                "我爱你 好 1"
            },
        };

    [Theory]
    [MemberData(nameof(Switches))]
    public void Every_rule_can_be_switched_off(string rule, string text, string on, string off)
    {
        Assert.Equal(on, Tokens(text));
        CleaningOptions without = CleaningOptions.Tweets with { };
        typeof(CleaningOptions).GetProperty(rule)!.SetValue(without, false);
        Assert.Equal(off, Tokens(text, without));
    }

    [Fact]
    public void Optional_rules_can_be_switched_on()
    {
        Assert.Equal(
            "\" oh , no . \" - me * ... hm _ :)",
            Tokens("\"Oh, no.\" - me* ...hm _ :)", CleaningOptions.Tweets with { KeepPunctuation = true })
        );
        Assert.Equal(
            "don't , < > @ # don't .",
            Tokens("dont, <> @ # dont.", CleaningOptions.Tweets with { KeepPunctuation = true })
        );
        Assert.Equal("<number> cats", Tokens("12 cats", CleaningOptions.Tweets with { ReplaceNumbers = true }));
        Assert.Equal(
            "now or never #nowornever now x #now_x 42 #42 soo #sooo c d !",
            Tokens("#NowOrNever #now_x #42 #sooo c#d!", CleaningOptions.Tweets with { KeepHashTags = true })
        );
        Assert.Equal(
            "#goteam",
            Tokens("#GoTeam", CleaningOptions.Tweets with { KeepHashTags = true, SplitHashTags = false })
        );
        Assert.Equal(
            "build it c d !",
            Tokens(
                "build it #NowOrNever #now_x #42 c#d #\u00fcber!",
                CleaningOptions.Tweets with
                {
                    DropHashTags = true,
                }
            )
        );
        Assert.Equal(
            "happi cat",
            Tokens("the happy cats", CleaningOptions.Tweets with { Stem = true, RemoveStopWords = true })
        );
    }

    [Fact]
    public void Any_text_gives_tokens_that_a_vocabulary_can_hold()
    {
        string[] pieces =
        [
            "@",
            "#",
            "<",
            "</",
            ">",
            "&",
            "&amp;",
            "&#",
            ";",
            ":",
            "=",
            "-",
            "_",
            "'",
            "^",
            "\\",
            "/",
            "(",
            ")",
            ".",
            "!",
            "?",
            "D",
            "T",
            "o",
            "0",
            "3",
            "a",
            "hah",
            "ha",
            "B",
            " ",
            "\n",
            "http",
            "www.",
            "://",
            "com",
            "<br",
            "\u0130",
            "\u2019",
            "\u200D",
            "\uFE0F",
            "👍",
            "🏽",
            "\uD83D",
            "\uDE00",
            "❤",
            "é",
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
        ];
        Gen.Int[0, pieces.Length - 1]
            .Array[0, 25]
            .Select(chosen => string.Concat(chosen.Select(i => pieces[i])))
            .Sample(
                text =>
                {
                    foreach (
                        CleaningOptions rules in (CleaningOptions[])
                            [
                                CleaningOptions.Tweets,
                                CleaningOptions.Tweets with
                                {
                                    Stem = true,
                                    RemoveStopWords = true,
                                    ReplaceNumbers = true,
                                },
                                CleaningOptions.Notebook,
                                CleaningOptions.None,
                            ]
                    )
                    {
                        var builder = new VocabularyBuilder();
                        foreach (string token in new Tokenizer(rules).Tokenize(text))
                        {
                            Assert.DoesNotContain(token, UnicodeSpace.Is);
                            builder.Add(token);
                        }
                    }
                },
                iter: 5_000
            );
    }

    [Fact]
    public void A_tokenizer_serves_many_threads_and_a_buffer_many_texts()
    {
        var tokenizer = new Tokenizer(CleaningOptions.Tweets);
        string[] texts =
        [
            .. Enumerable
                .Range(0, 200)
                .Select(i => string.Concat(Enumerable.Repeat($"@u{i} sooo goood #Day{i} :-) ", i % 17))),
        ];
        string[] alone = [.. texts.Select(t => string.Join(' ', tokenizer.Tokenize(t)))];
        Parallel.For(
            0,
            8,
            _ =>
            {
                var buffer = new TokenBuffer();
                for (int i = 0; i < texts.Length; i++)
                {
                    tokenizer.Tokenize(texts[i], buffer);
                    Assert.Equal(alone[i], string.Join(' ', buffer.ToArray()));
                }
            }
        );
    }
}
