using System.IO.Compression;
using System.Text;
using CsCheck;
using Firn.Data;

namespace Firn.Tests.Text;

public sealed class CorpusReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firn-corpus-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static string Rows(CorpusReader corpus) =>
        string.Join('|', corpus.Select(row => $"{row.Label}={row.Text}"));

    private static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(content);
        return packed.ToArray();
    }

    [Theory]
    [InlineData(
        "a.csv",
        "label,text\n1,good\n0,\"bad, \"\"very\"\"\nbad\"\n",
        CorpusFormat.Delimited,
        "1=good|0=bad, \"very\"\nbad"
    )]
    [InlineData("a.csv", "\uFEFFText,Sentiment\r\ngood,pos\r\nbad,neg\r\n", CorpusFormat.Delimited, "pos=good|neg=bad")]
    [InlineData(
        "a.tsv",
        "sentence\tlabel\nit 's \" fun\t1\n\" odd\t0\n",
        CorpusFormat.Delimited,
        "1=it 's \" fun|0=\" odd"
    )]
    [InlineData("a.tsv", "sentence\tlabel\n\"a, b\"\t1\nplain\t0\n", CorpusFormat.Delimited, "1=a, b|0=plain")]
    [InlineData("a.csv", "review;class\nfine, really;x\n", CorpusFormat.Delimited, "x=fine, really")]
    [InlineData("a.txt", "tweet|target\nhi there|4\n", CorpusFormat.Delimited, "4=hi there")]
    [InlineData(
        "a.csv",
        "\"0\",\"123\",\"Mon\",\"NO_QUERY\",\"bob\",\"sad, day\"\n",
        CorpusFormat.Sentiment140,
        "0=sad, day"
    )]
    [InlineData(
        "a.csv",
        "\"3\",\"Some title\",\"And text\"\n\"1\",\"Other title\",\"More text\"\n",
        CorpusFormat.Delimited,
        "3=Some title And text|1=Other title More text"
    )]
    [InlineData(
        "a.jsonl",
        "{\"text\":\"hi \\u00e9\",\"label\":1}\n\n{\"label\":\"pos\",\"text\":\"\"}\n{\"label\":true,\"text\":\"x\"}",
        CorpusFormat.JsonLines,
        "1=hi é|pos=|true=x"
    )]
    [InlineData("a.txt", "__label__pos good day\n__label__neg\tbad\n", CorpusFormat.FastText, "pos=good day|neg=bad")]
    [InlineData("a.txt", "0 bad , day\n1 good\n", CorpusFormat.LabelFirst, "0=bad , day|1=good")]
    [InlineData(
        "a.txt",
        "earn\tnet profit rose\nacq\tfirm buys firm\n",
        CorpusFormat.LabelFirst,
        "earn=net profit rose|acq=firm buys firm"
    )]
    [InlineData(
        "a.txt",
        "A very good film.\t1\nA bad one, sadly.\t0\n",
        CorpusFormat.LabelLast,
        "1=A very good film.|0=A bad one, sadly."
    )]
    [InlineData("a.csv", "text here,1\nother text,0\n", CorpusFormat.Delimited, "1=text here|0=other text")]
    public void Finds_the_layout(string name, string content, CorpusFormat format, string rows)
    {
        foreach (
            string path in (string[])[Write(name, content), Write(name + ".gz", Gzip(Encoding.UTF8.GetBytes(content)))]
        )
        {
            var corpus = CorpusReader.Open(path);
            Assert.Equal(rows, Rows(corpus));
            Assert.Equal(format, corpus.Format);
            Assert.Equal(rows, Rows(corpus));
        }
    }

    [Fact]
    public void Reads_a_folder_of_class_folders()
    {
        Write("set/pos/2.txt", "fine");
        Write("set/pos/1.txt", "good\nfilm");
        Write("set/neg/1.txt", [.. "caf"u8, 0xE9]);
        Write("set/unsup/1.txt", "unlabeled");
        var corpus = CorpusReader.Open(Path.Combine(_folder.FullName, "set"));
        Assert.Equal("neg=café|pos=good\nfilm|pos=fine", Rows(corpus));
        Assert.Equal(CorpusFormat.Folders, corpus.Format);
    }

    [Fact]
    public void Reads_paired_files_with_their_mapping()
    {
        string path = Write("train_text.txt", "good\n\nbad\u0085day\n");
        Write("train_labels.txt", "1\n0\n0\n");
        Write("mapping.txt", "0\tnegative\n1\tpositive");
        var corpus = CorpusReader.Open(path);
        Assert.Equal("1=good|0=|0=bad\u0085day", Rows(corpus));
        Assert.Equal("positive", corpus.LabelNames["1"]);
        string other = Write("x.txt", "a\nb\n");
        Assert.Equal(
            "7=a|8=b",
            Rows(CorpusReader.Open(other, new CorpusOptions { LabelsPath = Write("y.txt", "7\n8\n") }))
        );
    }

    [Fact]
    public void Columns_can_be_named_or_numbered()
    {
        string path = Write("a.csv", "id,note,kind\n7,hello you,q\n");
        Assert.Equal(
            "q=hello you",
            Rows(CorpusReader.Open(path, new CorpusOptions { TextColumn = "Note", LabelColumn = "kind" }))
        );
        path = Write("b.csv", "7,hello you,q\n8,\"hello, me\",r\n");
        Assert.Equal(
            "q=hello you|r=hello, me",
            Rows(CorpusReader.Open(path, new CorpusOptions { TextColumn = "2", LabelColumn = "3" }))
        );
        path = Write("c.jsonl", "{\"body\":\"a\",\"kind\":\"x\"}\n");
        Assert.Equal("x=a", Rows(CorpusReader.Open(path, new CorpusOptions { LabelColumn = "kind" })));
    }

    [Theory]
    [InlineData(
        "a.csv",
        "label,text\n1,a\n0,b,c\n1,d\n,e\n",
        "a.csv, line 3: the row has 3 fields where 2 are expected",
        "1=a|1=d",
        2
    )]
    [InlineData(
        "a.csv",
        "label,text\n1,\"a\nb\"\n0,\"x\"y\n1,d\n",
        "a.csv, line 4: text follows the closing quote of a field",
        "1=a\nb|1=d",
        1
    )]
    [InlineData(
        "a.jsonl",
        "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\"}\n{oops\n{\"text\":2,\"label\":1}\n",
        "a.jsonl, line 2: there is no label in label",
        "1=a|1=2",
        2
    )]
    [InlineData(
        "a.txt",
        "__label__a x\nno label\n__label__b z\n",
        "a.txt, line 2: no word of the line begins with __label__",
        "a=x|b=z",
        1
    )]
    [InlineData(
        "a.txt",
        "earn\tsome text\nacq\tmore text\nnothing\nearn\tlast text\nacq\tx y\n",
        "a.txt, line 3: a tab or a space between label and text is missing",
        "earn=some text|acq=more text|earn=last text|acq=x y",
        1,
        CorpusFormat.LabelFirst
    )]
    public void A_bad_row_stops_with_its_line_or_is_skipped_and_counted(
        string name,
        string content,
        string message,
        string rest,
        int skipped,
        CorpusFormat format = CorpusFormat.Auto
    )
    {
        string path = Write(name, content);
        var options = new CorpusOptions { Format = format };
        var error = Assert.Throws<CorpusException>(() => Rows(CorpusReader.Open(path, options)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("OnError = Skip", error.Message, StringComparison.Ordinal);

        var corpus = CorpusReader.Open(path, options with { OnError = RowErrorPolicy.Skip });
        Assert.Equal(rest, Rows(corpus));
        Assert.Equal(skipped, corpus.RowsSkipped);
        Assert.Equal(skipped, corpus.Errors.Count);
        Assert.Equal(rest.Split('|').Length, corpus.RowsRead);
        Assert.Equal(error.Line, corpus.Errors[0].Line);
    }

    [Fact]
    public void A_quote_that_is_never_closed_stops_even_where_rows_are_skipped()
    {
        string path = Write("a.csv", "label,text\n1,a\n0,\"open\n1,b\n0,c\n");
        var error = Assert.Throws<CorpusException>(() =>
            Rows(CorpusReader.Open(path, new CorpusOptions { OnError = RowErrorPolicy.Skip }))
        );
        Assert.Contains(
            "line 3: a quote that opens a field in this row is not closed",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("1=a|0=\"open|1=b|0=c", Rows(CorpusReader.Open(path, new CorpusOptions { Quoted = false })));
    }

    [Theory]
    [InlineData("a.csv", "", "the file is empty")]
    [InlineData("a.csv", " \n\n", "the file is empty")]
    [InlineData(
        "a.csv",
        "id,foo,kind\n1,b c,2\n",
        "no column has a usual name for the label, and none holds classes. Name one with LabelColumn; the columns "
            + "are: id, foo, kind."
    )]
    [InlineData("a.csv", "id,text\n1,b c\n", "no column has a usual name for the label")]
    [InlineData("a.json", "[{\"text\":\"a b\"}]", "no column has a usual name for the label")]
    [InlineData("a.txt", "in NN B-NP O\nthe NN I-NP O\nend NN I-NP O\n\n", "tokens with a tag each (CoNLL)")]
    [InlineData(
        "a.json",
        "{\"train\":[{\"text\":\"a\",\"label\":1}],\"test\":[{\"text\":\"b\",\"label\":0}]}",
        "2 lists: train, test. Write the one that is meant"
    )]
    [InlineData("a.json", "[{\"text\":\"a b\",\"label\":1},", "ends inside a value that is not closed")]
    [InlineData("a.arff", "@relation x\n@attribute t string\n@attribute c {a,b}\n", "no line @data")]
    [InlineData("a.txt", "just a line\nanother\n", "no label can be seen in the first lines")]
    [InlineData("x_labels.txt", "1\n0\n", "x_text.txt, are absent")]
    public void A_file_that_cannot_be_read_is_refused_with_a_remedy(string name, string content, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<CorpusException>(() => CorpusReader.Open(Write(name, content))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_column_that_is_not_there_is_named_with_those_that_are()
    {
        string path = Write("a.csv", "id,text,label\n1,b c,2\n");
        var error = Assert.Throws<CorpusException>(() =>
            CorpusReader.Open(path, new CorpusOptions { TextColumn = "tweet" })
        );
        Assert.Contains(
            "there is no column 'tweet' for the text. The columns are: id, text, label.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_missing_file_names_the_one_that_was_meant()
    {
        Write("tweets.csv.gz", Gzip("label,text\n1,a\n"u8.ToArray()));
        foreach (string wrong in (string[])["tweets.csv", "tweet.csv.gz", "TWEETS.CSV.GZ"])
            Assert.Contains(
                "tweets.csv.gz?",
                Assert.Throws<CorpusException>(() => CorpusReader.Open(Path.Combine(_folder.FullName, wrong))).Message,
                StringComparison.Ordinal
            );
        Assert.Contains(
            "does not exist either",
            Assert
                .Throws<CorpusException>(() => CorpusReader.Open(Path.Combine(_folder.FullName, "no", "x.csv")))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Gzip_data_that_was_cut_is_refused()
    {
        byte[] packed = Gzip(
            Encoding.UTF8.GetBytes(
                "label,text\n"
                    + string.Concat(
                        Enumerable.Range(0, 50_000).Select(i => $"{i % 2},text number {i * 7919 % 10007}\n")
                    )
            )
        );
        string path = Write("a.csv.gz", packed[..(packed.Length / 2)]);
        Assert.Contains(
            "the gzip data is damaged or cut short",
            Assert.Throws<CorpusException>(() => Rows(CorpusReader.Open(path))).Message,
            StringComparison.Ordinal
        );
        path = Write("b.csv.gz", packed[..^3]);
        Assert.Contains(
            "the gzip data is damaged or cut short",
            Assert.Throws<CorpusException>(() => Rows(CorpusReader.Open(path))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Gzip_files_that_were_joined_are_read_to_the_end() =>
        Assert.Equal(
            "1=a|0=b",
            Rows(
                CorpusReader.Open(
                    Write("a.csv.gz", [.. Gzip("label,text\n1,a\n"u8.ToArray()), .. Gzip("0,b\n"u8.ToArray())])
                )
            )
        );

    [Fact]
    public void Paired_files_of_different_length_are_refused()
    {
        string path = Write("a_text.txt", "x\ny\nz\n");
        Write("a_labels.txt", "1\n0\n");
        Assert.Contains(
            "a_labels.txt, line 2: the file ends here",
            Assert.Throws<CorpusException>(() => Rows(CorpusReader.Open(path))).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("auto", "1=caf\u00E9 \u2026|0=caf\u00E9")]
    [InlineData("utf-8", "1=caf\uFFFD \uFFFD|0=caf\u00E9")]
    [InlineData("latin1", "1=caf\u00E9 \u0085|0=caf\u00C3\u00A9")]
    [InlineData("cp1252", "1=caf\u00E9 \u2026|0=caf\u00C3\u00A9")]
    public void Encodings_mixed_in_one_file_are_read_as_told(string encoding, string rows)
    {
        byte[] body = [.. "1,caf"u8, 0xE9, (byte)' ', 0x85, .. "\n0,caf"u8, 0xC3, 0xA9, (byte)'\n'];
        Assert.Equal(
            rows,
            Rows(
                CorpusReader.Open(
                    Write("a.csv", [.. "label,text\n"u8, .. body]),
                    new CorpusOptions { Encoding = encoding }
                )
            )
        );
        Assert.Equal(
            rows,
            Rows(
                CorpusReader.Open(
                    Write("a.txt", [.. body.Select(b => b == ',' ? (byte)' ' : b)]),
                    new CorpusOptions { Encoding = encoding }
                )
            )
        );
    }

    [Fact]
    public void UTF16_with_a_mark_is_read() =>
        Assert.Equal(
            "1=é day",
            Rows(
                CorpusReader.Open(
                    Write(
                        "a.csv",
                        [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("label,text\n1,é day\n")]
                    )
                )
            )
        );

    [Fact]
    public void What_is_written_as_CSV_is_read_back_whatever_it_holds()
    {
        string[] pieces = ["a", "é", "😀", ",", "\"", "\n", "\r\n", "\t", " ", "'", ";", "\u0085", "|"];
        Gen.Int[0, pieces.Length - 1]
            .Array[0, 12]
            .Select(chosen => "x" + string.Concat(chosen.Select(i => pieces[i])))
            .Array[1, 30]
            .Sample(
                texts =>
                {
                    string path = Path.Combine(_folder.FullName, $"{Guid.NewGuid()}.csv");
                    File.WriteAllText(
                        path,
                        "label,text\n"
                            + string.Concat(
                                texts.Select(
                                    (t, i) => $"{i % 2},\"{t.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n"
                                )
                            )
                    );
                    Assert.Equal(texts, CorpusReader.Open(path).Select(row => row.Text));
                },
                iter: 300
            );
    }

    [Fact]
    public void Lines_longer_than_any_buffer_are_whole()
    {
        string longText = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"word{i} "));
        Assert.Equal($"0=a|1={longText}|0=b", Rows(CorpusReader.Open(Write("a.txt", $"0 a\n1 {longText}\r\n0 b"))));
    }
}
