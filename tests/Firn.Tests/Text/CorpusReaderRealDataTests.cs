using Firn.Data;

namespace Firn.Tests.Text;

/// <summary>Every labeled set of the data folder: its format, its counts, and that nothing is skipped.</summary>
public class CorpusReaderRealDataTests
{
    [Theory]
    [InlineData("sentiment140/sentiment140_union.csv.gz", CorpusFormat.Delimited, "0:104437 4:113626")]
    [InlineData("sentiment140/sentiment140_6col.csv.gz", CorpusFormat.Sentiment140, "0:35329 4:37864")]
    [InlineData("sentiment140/testdata.manual.2009.06.14.csv", CorpusFormat.Sentiment140, "0:177 2:139 4:182")]
    [InlineData("sentiment140/kaggle_inclass_train.csv.gz", CorpusFormat.Delimited, "0:39174 1:50807")]
    [InlineData("imdb/imdb_train.csv.gz", CorpusFormat.Delimited, "0:12500 1:12500")]
    [InlineData("imdb/imdb_test.csv.gz", CorpusFormat.Delimited, "0:12500 1:12500")]
    [InlineData("ag_news/test.csv", CorpusFormat.Delimited, "1:1900 2:1900 3:1900 4:1900")]
    [InlineData(
        "reuters_r8/r8-train.txt",
        CorpusFormat.LabelFirst,
        "acq:1596 crude:253 earn:2840 grain:41 interest:190 money-fx:206 ship:108 trade:251"
    )]
    [InlineData(
        "reuters_r8/r8-test.txt",
        CorpusFormat.LabelFirst,
        "acq:696 crude:121 earn:1083 grain:10 interest:81 money-fx:87 ship:36 trade:75"
    )]
    [InlineData("kim2014/rt-polarity.all", CorpusFormat.LabelFirst, "0:5331 1:5331")]
    [InlineData("kim2014/rt-polarity.pos", CorpusFormat.ClassFiles, "neg:5331 pos:5331")]
    [InlineData("kim2014/rt-polarity.neg", CorpusFormat.ClassFiles, "neg:5331 pos:5331")]
    [InlineData("kim2014/stsa.binary.train", CorpusFormat.LabelFirst, "0:3310 1:3610")]
    [InlineData("kim2014/stsa.binary.dev", CorpusFormat.LabelFirst, "0:428 1:444")]
    [InlineData("kim2014/stsa.binary.test", CorpusFormat.LabelFirst, "0:912 1:909")]
    [InlineData("kim2014/stsa.fine.train", CorpusFormat.LabelFirst, "0:1092 1:2218 2:1624 3:2322 4:1288")]
    [InlineData("kim2014/stsa.fine.dev", CorpusFormat.LabelFirst, "0:139 1:289 2:229 3:279 4:165")]
    [InlineData("kim2014/stsa.fine.test", CorpusFormat.LabelFirst, "0:279 1:633 2:389 3:510 4:399")]
    [InlineData("kim2014/TREC.train.all", CorpusFormat.LabelFirst, "0:1162 1:1250 2:86 3:1223 4:835 5:896")]
    [InlineData("kim2014/TREC.test.all", CorpusFormat.LabelFirst, "0:138 1:94 2:9 3:65 4:81 5:113")]
    [InlineData("kim2014/mpqa.all", CorpusFormat.LabelFirst, "0:7294 1:3312")]
    [InlineData("tweeteval/sentiment/train_pool_text.txt", CorpusFormat.PairedFiles, "0:7410 1:21272 2:18786")]
    [InlineData("tweeteval/sentiment/val_text.txt", CorpusFormat.PairedFiles, "0:312 1:869 2:819")]
    [InlineData("tweeteval/sentiment/test_text.txt", CorpusFormat.PairedFiles, "0:3972 1:5937 2:2375")]
    [InlineData("tweeteval/emotion/train_text.txt", CorpusFormat.PairedFiles, "0:1400 1:708 2:294 3:855")]
    [InlineData("tweeteval/emotion/test_text.txt", CorpusFormat.PairedFiles, "0:558 1:358 2:123 3:382")]
    [InlineData("tweeteval/hate/train_text.txt", CorpusFormat.PairedFiles, "0:5217 1:3783")]
    [InlineData("tweeteval/hate/test_text.txt", CorpusFormat.PairedFiles, "0:1718 1:1252")]
    [InlineData("tweeteval/irony/train_text.txt", CorpusFormat.PairedFiles, "0:1417 1:1445")]
    [InlineData("tweeteval/irony/test_text.txt", CorpusFormat.PairedFiles, "0:473 1:311")]
    [InlineData("tweeteval/offensive/train_text.txt", CorpusFormat.PairedFiles, "0:7975 1:3941")]
    [InlineData("tweeteval/offensive/test_text.txt", CorpusFormat.PairedFiles, "0:620 1:240")]
    public void Reads_every_row_of(string file, CorpusFormat format, string labels)
    {
        var corpus = CorpusReader.Open(Data.Path(file));
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int blank = 0;
        foreach (LabeledText row in corpus)
        {
            counts[row.Label] = counts.GetValueOrDefault(row.Label) + 1;
            blank += string.IsNullOrWhiteSpace(row.Text) ? 1 : 0;
        }
        Assert.InRange(blank, 0, counts.Values.Sum() / 1000);
        Assert.Equal(labels, string.Join(' ', counts.Select(c => $"{c.Key}:{c.Value}")));
        Assert.Equal(format, corpus.Format);
        Assert.Equal(counts.Values.Sum(), corpus.RowsRead);
        Assert.Equal(0, corpus.RowsSkipped);
    }

    [Fact]
    public void Knows_the_names_of_labels()
    {
        Assert.Equal("positive", CorpusReader.Open(Data.Path("sentiment140/sentiment140_6col.csv.gz")).LabelNames["4"]);
        Assert.Equal(
            "negative",
            CorpusReader.Open(Data.Path("sentiment140/sentiment140_union.csv.gz")).LabelNames["0"]
        );
        Assert.Equal("sadness", CorpusReader.Open(Data.Path("tweeteval/emotion/val_text.txt")).LabelNames["3"]);
        Assert.Equal("Sci/Tech", CorpusReader.Open(Data.Path("ag_news/test.csv")).LabelNames["4"]);
        Assert.Empty(CorpusReader.Open(Data.Path("sentiment140/kaggle_inclass_train.csv.gz")).LabelNames);
    }

    [Fact]
    public void Says_what_it_found()
    {
        Assert.Equal(
            "CSV, columns target and text",
            CorpusReader.Open(Data.Path("sentiment140/sentiment140_union.csv.gz")).Description
        );
        Assert.Equal(
            "CSV, columns Sentiment and SentimentText",
            CorpusReader.Open(Data.Path("sentiment140/kaggle_inclass_train.csv.gz")).Description
        );
        Assert.Equal(
            "CSV, no header, class and 2 columns of text",
            CorpusReader.Open(Data.Path("ag_news/test.csv")).Description
        );
        Assert.Equal(
            "Sentiment140, no header, target, ids, date, flag, user, text",
            CorpusReader.Open(Data.Path("sentiment140/testdata.manual.2009.06.14.csv")).Description
        );
        Assert.Equal(
            "one text a line, labels in val_labels.txt",
            CorpusReader.Open(Data.Path("tweeteval/hate/val_text.txt")).Description
        );
    }

    [Fact]
    public void Bytes_of_Windows_1252_are_read_and_end_no_line()
    {
        string all = string.Concat(CorpusReader.Open(Data.Path("kim2014/rt-polarity.all")).Select(row => row.Text));
        Assert.Contains('\u2026', all);
        Assert.Contains('\u2013', all);
        Assert.Contains("é", all, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', all);
    }

    [Fact]
    public void The_texts_of_the_union_file_are_those_that_the_golden_values_were_made_from() =>
        Assert.Equal(
            TextGolden.Read("notebook.json").GetProperty("raw_sha256").GetString(),
            TextGolden.Sha(
                CorpusReader.Open(Data.Path("sentiment140/sentiment140_union.csv.gz")).Select(row => row.Text)
            )
        );
}
