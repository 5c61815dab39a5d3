using System.Text;
using Firn.Data;

namespace Firn.Tests.Text;

/// <summary>
/// Separator, quotes, header, columns and labels are found from what the rows hold, or the file is refused with the
/// choice to make.
/// </summary>
public sealed class CorpusLayoutTests : IDisposable
{
    private static readonly string[] Moods = ["negative", "positive"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firn-layout-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static string Text(int i) => $"the kettle number {i} was rather fine and warm";

    /// <summary>Forty rows, each from its number.</summary>
    private static string Rows(Func<int, string> row, string end = "\n") =>
        string.Concat(Enumerable.Range(0, 40).Select(i => row(i) + end));

    private CorpusReader Open(string name, string content, CorpusOptions? options = null) =>
        CorpusReader.Open(Write(name, content), options);

    private static void AreAsMade(CorpusReader corpus, Func<int, string>? text = null, Func<int, string>? label = null)
    {
        LabeledText[] rows = [.. corpus];
        Assert.Equal(40, rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal((text ?? Text)(i), rows[i].Text);
            Assert.Equal(label is null ? Moods[i % 2] : label(i), rows[i].Label);
        }
    }

    [Theory]
    [InlineData("foo,bar\n", "foo", "bar")]
    [InlineData("text,label\n", "text", "label")]
    [InlineData("clean_text,airline_sentiment\n", "clean_text", "airline_sentiment")]
    [InlineData("verified_reviews,Class Index\n", "verified_reviews", "Class Index")]
    [InlineData("question_text,is_sincere\n", "question_text", "is_sincere")]
    [InlineData("v2,v1\n", "v2", "v1")]
    [InlineData("Review,\n", "Review", "2")]
    public void A_header_is_told_by_its_names_or_by_how_it_differs(string header, string text, string label)
    {
        CorpusReader corpus = Open("a.csv", header + Rows(i => $"{Text(i)},{Moods[i % 2]}"));
        Assert.Equal(
            (true, text, label),
            (corpus.Layout.HasHeader, corpus.Layout.TextColumn, corpus.Layout.LabelColumn)
        );
        AreAsMade(corpus);
    }

    [Fact]
    public void A_first_row_like_the_others_is_a_text()
    {
        CorpusReader corpus = Open("a.csv", Rows(i => $"{Text(i)},{Moods[i % 2]}"));
        Assert.False(corpus.Layout.HasHeader);
        AreAsMade(corpus);
    }

    [Fact]
    public void Columns_of_ids_and_numbers_of_rows_are_no_labels()
    {
        AreAsMade(Open("a.csv", "Unnamed: 0,foo,bar\n" + Rows(i => $"{i},{Text(i)},{Moods[i % 2]}")));
        AreAsMade(Open("b.csv", Rows(i => $"{2400 + i / 6},Chessboard,{Moods[i % 2]},{Text(i)}")));
        AreAsMade(Open("c.tsv", Rows(i => $"{62894936988300 + i}\t{Moods[i % 2]}\t{Text(i)}")));
    }

    [Theory]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public void Commas_of_the_texts_are_no_separators(char separator)
    {
        string TextWithCommas(int i) => $"well, {Text(i)}, yes";
        CorpusReader corpus = Open("a.txt", Rows(i => $"{TextWithCommas(i)}{separator}{Moods[i % 2]}"));
        AreAsMade(corpus, TextWithCommas);
        AreAsMade(
            Open("b.csv", $"text{separator}label\n" + Rows(i => $"{TextWithCommas(i)}{separator}{Moods[i % 2]}")),
            TextWithCommas
        );
    }

    [Fact]
    public void A_header_may_lack_the_name_of_the_row_numbers()
    {
        CorpusReader corpus = Open(
            "a.csv",
            "\"text\",\"label\"\n" + Rows(i => $"\"{i + 1}\",\"{Text(i)}\",\"{Moods[i % 2]}\"")
        );
        AreAsMade(corpus);
        Assert.NotEmpty(corpus.Layout.Remarks);
        AreAsMade(Open("b.csv", "text,label\n" + Rows(i => $"{Text(i)},{Moods[i % 2]},")));
    }

    [Fact]
    public void A_separator_can_be_named()
    {
        CorpusReader corpus = Open(
            "a.txt",
            "text~label\n" + Rows(i => $"{Text(i)}~{Moods[i % 2]}"),
            new CorpusOptions { Separator = '~' }
        );
        AreAsMade(corpus);
        Assert.Equal("'~'", corpus.Layout.Separator);
        Assert.Contains(
            "no tab",
            Assert
                .Throws<CorpusException>(() =>
                    Open("b.txt", "text,label\na b,c\n", new CorpusOptions { Separator = '\t' })
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Whether_the_first_row_is_a_header_can_be_said()
    {
        Assert.Contains(
            "HasHeader = true",
            Assert.Throws<CorpusException>(() => Open("a.csv", "foo,bar\nx y,z\n")).Message,
            StringComparison.Ordinal
        );
        CorpusOptions columns = new() { TextColumn = "1", LabelColumn = "2" };
        Assert.Equal("z", Assert.Single(Open("a.csv", "foo,bar\nx y,z\n", columns with { HasHeader = true })).Label);
        Assert.Equal(2, Open("a.csv", "foo,bar\nx y,z\n", columns with { HasHeader = false }).Count());
    }

    [Fact]
    public void Columns_of_text_are_joined()
    {
        string path = Write("a.csv", "title,text,label\n" + Rows(i => $"Headline {i},{Text(i)},{Moods[i % 2]}"));
        AreAsMade(
            CorpusReader.Open(path, new CorpusOptions { TextColumn = "title,text" }),
            i => $"Headline {i} {Text(i)}"
        );
        CorpusReader one = CorpusReader.Open(path);
        AreAsMade(one);
        Assert.Contains("title", Assert.Single(one.Layout.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("question1,question2,is_duplicate\n", 0, "more than one column can be the text: question1, question2")]
    [InlineData("id,foo,one,two\n", 1, "more than one column can be the label: one, two")]
    [InlineData("text,score\n", 2, "column score cannot be the label: it holds real numbers")]
    [InlineData("text,label\n", 3, "column label has 40 different values in 40 rows")]
    [InlineData("id,comment\n", 4, "no column has a usual name for the label, and none holds classes")]
    public void Where_the_rows_do_not_decide_the_choice_is_named(string header, int kind, string message)
    {
        string content =
            header
            + Rows(i =>
                kind switch
                {
                    0 => $"{Text(i)},{Text(i + 1)},{i % 2}",
                    1 => $"{i},{Text(i)},{Moods[i % 2]},{Moods[i / 2 % 2]}",
                    2 => $"{Text(i)},{i / 7.0:0.00}",
                    3 => $"{Text(i)},k{i}",
                    _ => $"{i},{Text(i)}",
                }
            );
        Assert.Contains(
            message,
            Assert.Throws<CorpusException>(() => Open("a.csv", content).Count()).Message,
            StringComparison.Ordinal
        );
        if (kind is 2 or 3)
            Assert.Equal(40, Open("a.csv", content, new CorpusOptions { LabelColumn = "2" }).Count());
    }

    [Fact]
    public void Quotes_escaped_by_a_backslash_are_quotes()
    {
        string Quoted(int i) => $"a \"fine\" kettle, number {i} \\ two";
        string Escaped(int i) =>
            Quoted(i).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        CorpusReader corpus = Open("a.csv", "text,label\n" + Rows(i => $"\"{Escaped(i)}\",{Moods[i % 2]}"));
        AreAsMade(corpus, Quoted);
        Assert.NotEmpty(corpus.Layout.Remarks);
        AreAsMade(
            Open("a.tsv", "id\tsentiment\treview\n" + Rows(i => $"\"{i}_8\"\t{Moods[i % 2]}\t\"{Escaped(i)}\"")),
            Quoted
        );
    }

    [Fact]
    public void Single_quotes_and_blanks_around_separators_are_no_part_of_the_text()
    {
        AreAsMade(
            Open("a.csv", "text,label\n" + Rows(i => $"'{Text(i)}, yes',{Moods[i % 2]}")),
            i => $"{Text(i)}, yes"
        );
        AreAsMade(
            Open("b.csv", "\"text\", \"label\"\n" + Rows(i => $"\"{Text(i)}, yes\", \"{Moods[i % 2]}\"")),
            i => $"{Text(i)}, yes"
        );
        AreAsMade(
            Open("c.csv", "text, label\n" + Rows(i => $"\"{Text(i)}, yes\", {Moods[i % 2]}")),
            i => $"{Text(i)}, yes"
        );
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("\n\n")]
    public void Rows_end_with_any_line_end(string end) =>
        AreAsMade(Open("a.csv", $"text,label{end}" + Rows(i => $"{Text(i)},{Moods[i % 2]}", end)));

    [Theory]
    [InlineData("sep=;\ntext;label\n")]
    [InlineData("# made on Monday\n# by hand\ntext;label\n")]
    public void Lines_before_the_header_are_passed_over_and_told(string head)
    {
        CorpusReader corpus = Open("a.csv", head + Rows(i => $"{Text(i)};{Moods[i % 2]}"));
        AreAsMade(corpus);
        Assert.Contains("no row", Assert.Single(corpus.Layout.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_are_trimmed_and_told_where_they_are_alike()
    {
        AreAsMade(Open("a.csv", "text,label\n" + Rows(i => $"{Text(i)}, {Moods[i % 2]} ")));
        CorpusReader cases = Open("b.csv", "text,label\n" + Rows(i => $"{Text(i)},{(i % 2 == 0 ? "Spam" : "spam")}"));
        Assert.Equal(40, cases.Count());
        Assert.Contains("Spam (20), spam (20)", Assert.Single(cases.Summary().Remarks), StringComparison.Ordinal);
        CorpusReader numbers = Open(
            "c.csv",
            "text,label\n" + Rows(i => $"{Text(i)},{(i % 4 < 2 ? $"{i % 2}" : $"{i % 2}.0")}")
        );
        AreAsMade(numbers, label: i => $"{i % 2}");
        Assert.Contains("0 and 0.0", Assert.Single(numbers.Layout.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_rows_are_passed_over_and_counted()
    {
        CorpusReader corpus = Open(
            "a.csv",
            "id,text,label\n" + Rows(i => $"{i},{Text(i)},{Moods[i % 2]}") + ",,\n,,\n"
        );
        AreAsMade(corpus);
        Assert.Equal("2 rows without any value passed over", Assert.Single(corpus.Summary().Remarks));
    }

    [Fact]
    public void The_summary_tells_labels_and_reasons_of_rows_left_out()
    {
        CorpusReader corpus = Open(
            "a.csv",
            "text,label\n" + Rows(i => i % 4 == 0 ? $"{Text(i)},a,b" : $"{Text(i)},{Moods[i % 2]}"),
            new CorpusOptions { OnError = RowErrorPolicy.Skip }
        );
        Assert.Equal(30, corpus.Count());
        CorpusSummary summary = corpus.Summary();
        Assert.Equal(10, summary.Skipped);
        Assert.Equal(10, summary.SkipReasons["the row has 3 fields where 2 are expected"]);
        Assert.Equal([new LabelCount("positive", 20), new LabelCount("negative", 10)], summary.Labels);
        _ = corpus.First();
        Assert.Equal(10, corpus.RowsSkipped);
    }

    [Fact]
    public void Texts_that_begin_with_numbers_have_no_labels()
    {
        Assert.Contains(
            "no label can be seen",
            Assert.Throws<CorpusException>(() => Open("a.txt", Rows(i => $"{i * 7 % 97} {Text(i)}"))).Message,
            StringComparison.Ordinal
        );
        AreAsMade(
            Open("b.txt", Rows(i => $"{(i % 2 == 0 ? "DESC:manner" : "HUM:ind")} {Text(i)}")),
            label: i => i % 2 == 0 ? "DESC:manner" : "HUM:ind"
        );
    }

    [Fact]
    public void A_folder_of_parts_is_recognized()
    {
        foreach (string part in (string[])["train", "test"])
        {
            Write($"set/{part}/pos/1.txt", "fine");
            Write($"set/{part}/neg/1.txt", "bad");
            Write($"set/{part}/urls.txt", "a stray file");
        }
        var error = Assert.Throws<CorpusException>(() => CorpusReader.Open(Path.Combine(_folder.FullName, "set")));
        Assert.Contains(
            $"such as {Path.Combine(_folder.FullName, "set", "train")}",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(2, CorpusReader.Open(Path.Combine(_folder.FullName, "set", "train")).Count());
    }

    [Theory]
    [InlineData("utf-16le")]
    [InlineData("utf-16be")]
    [InlineData("utf-32le")]
    public void Encodings_of_two_and_four_bytes_are_recognized_without_a_mark(string encoding)
    {
        string content = "text,label\n" + Rows(i => $"{Text(i)} café €5,{Moods[i % 2]}");
        CorpusReader corpus = CorpusReader.Open(Write("a.csv", TextEncodings.Get(encoding).GetBytes(content)));
        Assert.Equal(encoding, corpus.Encoding);
        AreAsMade(corpus, i => $"{Text(i)} café €5");
        string japanese = "text,label\n" + Rows(i => $"このホテルはとても綺麗で良かった{i},{Moods[i % 2]}");
        AreAsMade(
            CorpusReader.Open(Write("b.csv", TextEncodings.Get(encoding).GetBytes(japanese))),
            i => $"このホテルはとても綺麗で良かった{i}"
        );
    }

    [Theory]
    [InlineData("gbk", "房间很脏服务很差")]
    [InlineData("big5", "房間很髒服務很差")]
    [InlineData("shift_jis", "この部屋はとてもきれいです")]
    [InlineData("euc-kr", "방이 매우 깨끗합니다")]
    [InlineData("windows-1251", "комната была очень чистая")]
    public void Other_scripts_in_old_encodings_are_named_and_not_read_as_Western(string encoding, string text)
    {
        string path = Write(
            "a.csv",
            TextEncodings.Get(encoding).GetBytes("text,label\n" + Rows(i => $"{text} {i},{Moods[i % 2]}"))
        );
        string message = Assert.Throws<CorpusException>(() => CorpusReader.Open(path)).Message;
        Assert.Contains(encoding == "euc-kr" ? "euc-kr" : encoding, message, StringComparison.Ordinal);
        Assert.Contains(text[..4], message, StringComparison.Ordinal);
        CorpusReader corpus = CorpusReader.Open(path, new CorpusOptions { Encoding = encoding });
        AreAsMade(corpus, i => $"{text} {i}");
        Assert.Equal(0, corpus.Summary().InvalidBytes);
    }

    [Fact]
    public void Bytes_that_are_none_of_the_encoding_are_counted()
    {
        byte[] content =
        [
            .. "text,label\n"u8,
            .. Encoding.Latin1.GetBytes(Rows(i => $"{Text(i)} früh,{Moods[i % 2]}")),
        ];
        string path = Write("a.csv", content);
        CorpusReader corpus = CorpusReader.Open(path);
        AreAsMade(corpus, i => $"{Text(i)} früh");
        Assert.Equal((40, "auto"), (corpus.Summary().InvalidBytes, corpus.Encoding));
        CorpusReader forced = CorpusReader.Open(path, new CorpusOptions { Encoding = "utf8" });
        AreAsMade(forced, i => $"{Text(i)} fr\uFFFDh");
        Assert.Equal((40, "utf-8"), (forced.Summary().InvalidBytes, forced.Encoding));
    }

    [Theory]
    [InlineData("gbk", "gbk")]
    [InlineData("cp936", "gbk")]
    [InlineData("SJIS", "shift_jis")]
    [InlineData("latin1", "iso-8859-1")]
    [InlineData("UTF-16-LE", "utf-16le")]
    [InlineData("1251", "windows-1251")]
    [InlineData("koi8_r", "koi8-r")]
    [InlineData("Auto", "auto")]
    public void Encodings_have_the_names_that_people_give_them(string name, string known) =>
        Assert.Equal(known, TextEncodings.NameOf(name));

    [Fact]
    public void An_encoding_that_is_not_known_is_refused_with_the_one_that_was_meant() =>
        Assert.Contains(
            "did you mean 'shift_jis'",
            Assert.Throws<ArgumentException>(() => TextEncodings.NameOf("shift_jiss")).Message,
            StringComparison.Ordinal
        );
}
