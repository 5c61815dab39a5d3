using Firn.Data;

namespace Firn.Tests.Text;

public sealed class CorpusTablesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firn-tables-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("[{\"text\":\"a b\",\"label\":1},{\"text\":\"c\\nd\",\"label\":0}]", CorpusFormat.Json, "1=a b;0=c\nd")]
    [InlineData(
        "[\n {\n  \"text\": \"a } ] b\",\n  \"label\": \"x\"\n },\n {\"label\": \"y\", \"text\": \"c \\\"d\"}\n]\n",
        CorpusFormat.Json,
        "x=a } ] b;y=c \"d"
    )]
    [InlineData(
        "{\n \"text\": \"a b\",\n \"label\": 1\n}\n{\n \"text\": \"c d\",\n \"label\": 0\n}\n",
        CorpusFormat.Json,
        "1=a b;0=c d"
    )]
    [InlineData(
        "{\"text\":{\"0\":\"a b\",\"1\":\"c d\"},\"label\":{\"0\":1,\"1\":0}}",
        CorpusFormat.Json,
        "1=a b;0=c d"
    )]
    [InlineData("{\"text\":[\"a b\",\"c d\"],\"label\":[1,0]}", CorpusFormat.Json, "1=a b;0=c d")]
    [InlineData(
        "{\"data\":[{\"text\":\"a b\",\"label\":1},{\"text\":\"c d\",\"label\":0}],\"version\":2}",
        CorpusFormat.Json,
        "1=a b;0=c d"
    )]
    [InlineData(
        "{\"intents\":[\n {\"tag\":\"hi\",\"patterns\":[\"Hi there\",\"Hello\"],\"responses\":[\"x\"]},\n "
            + "{\"tag\":\"bye\",\"patterns\":[\"Bye now\"],\"responses\":[\"y\"]}]}",
        CorpusFormat.Json,
        "hi=Hi there;hi=Hello;bye=Bye now"
    )]
    [InlineData(
        "[[\"a b\",\"x\"],[\"c d e\",\"x\"],[\"f g\",\"y\"],[\"h i\",\"y\"]]",
        CorpusFormat.Json,
        "x=a b;x=c d e;y=f g;y=h i"
    )]
    [InlineData(
        "{\"doc\":{\"text\":\"a b\"},\"meta\":{\"label\":\"x\"}}\n{\"doc\":{\"text\":\"c "
            + "d\"},\"meta\":{\"label\":\"y\"}}\n",
        CorpusFormat.JsonLines,
        "x=a b;y=c d",
        "doc.text",
        "meta.label"
    )]
    [InlineData(
        "{\"text\":\"a b\",\"label\":\"X\",\"answer\":\"accept\"}\n{\"text\":\"c "
            + "d\",\"label\":\"X\",\"answer\":\"reject\"}\n{\"text\":\"e f\",\"label\":\"Y\",\"answer\":\"accept\"}\n",
        CorpusFormat.JsonLines,
        "X=a b;Y=e f"
    )]
    [InlineData(
        "{\"text\":\"a b\",\"labels\":[\"x\"]}\n{\"text\":\"c d\",\"labels\":[\"y\"]}\n",
        CorpusFormat.JsonLines,
        "x=a b;y=c d"
    )]
    [InlineData(
        "% a remark\n@relation 'my data'\n@attribute 'text here' string\n@attribute n numeric\n@attribute class "
            + "{a,b}\n@data\n'it\\'s, fine',1,a\n\"so so\",?,b\n",
        CorpusFormat.Arff,
        "a=it's, fine;b=so so",
        "text here",
        "class"
    )]
    [InlineData(
        "(3 (2 It) (4 (2 works) (2 -LRB-)))\n(1 (2 Bad) (1 film))\n",
        CorpusFormat.SentimentTrees,
        "3=It works (;1=Bad film"
    )]
    [InlineData("good film __label__pos\nbad film __label__neg\n", CorpusFormat.FastText, "pos=good film;neg=bad film")]
    public void Reads(string content, CorpusFormat format, string rows, string? text = null, string? label = null)
    {
        var corpus = CorpusReader.Open(Write(content), new CorpusOptions { TextColumn = text, LabelColumn = label });
        Assert.Equal(rows, Rows(corpus));
        Assert.Equal(rows, Rows(corpus));
        Assert.Equal(format, corpus.Format);
        Assert.False(corpus.HasSeveralLabels);
    }

    [Theory]
    [InlineData("text,a,b,c\nx y,1,0,1\nz w,0,0,0\nq r,0,1,0\n", "a|c=x y;|=z w;b=q r")]
    [InlineData("id,comment_text,toxic,insult\n01,\"x, y\",1,1\n02,z w,0,0\n", "toxic|insult=x, y;|=z w")]
    [InlineData("text,labels\nx y,\"['a', 'b']\"\nz w,[]\nq r,['c']\n", "a|b=x y;|=z w;c=q r")]
    [InlineData("text,labels\nx y,['a' 'b']\nz w,['it''s']\n", null)]
    [InlineData("text,labels\nx y,\"{'a', 'b'}\"\nz w,set()\n", "a|b=x y;|=z w")]
    [InlineData("text,labels\nx y,\"[\"\"a\"\", \"\"b\"\"]\"\nz w,\"[\"\"c\"\"]\"\n", "a|b=x y;c=z w")]
    [InlineData("text,labels\nx y,[1 2]\nz w,[3]\n", "1|2=x y;3=z w")]
    [InlineData(
        "text,labels\nx y,a|b\nz w,a\nq r,b|c\ns t,\nu v,c\nw x,a|b|c\n",
        "a|b=x y;a=z w;b|c=q r;|=s t;c=u v;a|b|c=w x"
    )]
    [InlineData(
        "text,labels\nx y,\"a, b\"\nz w,a\nq r,\"b,c\"\nu v,c\nw x,\"a,b,c\"\n",
        "a|b=x y;a=z w;b|c=q r;c=u v;a|b|c=w x"
    )]
    [InlineData("__label__a __label__b x y\n__label__a z w\n", "a|b=x y;a=z w")]
    [InlineData("x __label__a y __label__b\n__label__a z w\nq r __label__c\n", "a|b=x y;a=z w;c=q r")]
    [InlineData("{\"text\":\"x y\",\"labels\":[\"a\",\"b\"]}\n{\"text\":\"z w\",\"labels\":[]}\n", "a|b=x y;|=z w")]
    [InlineData(
        "{\"text\":\"x y\",\"cats\":{\"POS\":1.0,\"NEG\":1.0}}\n{\"text\":\"z "
            + "w\",\"cats\":{\"POS\":0.0,\"NEG\":1.0}}\n",
        "POS|NEG=x y;NEG=z w"
    )]
    public void Several_labels_are_seen_where_the_evidence_is_clear(string content, string? rows)
    {
        string path = Write(content);
        var corpus = CorpusReader.Open(path);
        if (rows is null)
            return;
        Assert.True(corpus.HasSeveralLabels);
        Assert.Equal(rows, Rows(corpus));
    }

    [Theory]
    [InlineData("text,label\nx y,a|b\nz w,c|d\nq r,a|b\ns t,c|d\n", "a|b=x y;c|d=z w;a|b=q r;c|d=s t")]
    [InlineData(
        "text,label\nx y,rec.autos\nz w,\"sci, med\"\nq r,rec.autos\ns t,\"sci, med\"\n",
        "rec.autos=x y;sci, med=z w;rec.autos=q r;sci, med=s t"
    )]
    [InlineData("text,pos,neg,neu\nx y,1,0,0\nz w,0,1,0\nq r,0,0,1\n", "pos=x y;neg=z w;neu=q r")]
    [InlineData("text,labels\nx y,['a']\nz w,['b']\n", "a=x y;b=z w")]
    [InlineData("text,label,is_reply,is_short\nx y,a,1,0\nz w,b,0,1\nq r,a,1,1\n", "a=x y;b=z w;a=q r")]
    public void Single_labels_stay_single(string content, string rows)
    {
        var corpus = CorpusReader.Open(Write(content));
        Assert.False(corpus.HasSeveralLabels);
        Assert.Equal(rows, Rows(corpus));
    }

    [Fact]
    public void Several_labels_can_be_asked_for_and_refused()
    {
        string path = Write("text,label\nx y,a;b\nz w,c\n");
        Assert.Equal("a;b=x y;c=z w", Rows(CorpusReader.Open(path)));
        Assert.Equal("a|b=x y;c=z w", Rows(CorpusReader.Open(path, new CorpusOptions { SeveralLabels = true })));
        path = Write("text,labels\nx y,a|b\nz w,a\nq r,b|c\nu v,c\nw x,a|b|c\n");
        Assert.Equal(
            "a|b=x y;a=z w;b|c=q r;c=u v;a|b|c=w x",
            Rows(CorpusReader.Open(path, new CorpusOptions { SeveralLabels = false }))
        );
        path = Write("text,toxic,insult,other\nx y,1,1,0\nz w,0,0,1\n");
        Assert.Equal(
            "toxic|insult=x y;|=z w",
            Rows(CorpusReader.Open(path, new CorpusOptions { LabelColumn = "toxic,insult" }))
        );
    }

    [Fact]
    public void Rows_of_tables_that_are_wrong_are_skipped_and_counted()
    {
        string path = Write(
            "[{\"text\":\"a b\",\"label\":1},\n{\"text\":null,\"label\":1},\n{\"text\":\"c d\"},\n{\"text\":\"e "
                + "f\",\"label\":0}]"
        );
        Assert.Contains(
            "line 2: there is no text in text",
            Assert.Throws<CorpusException>(() => Rows(CorpusReader.Open(path))).Message,
            StringComparison.Ordinal
        );
        var corpus = CorpusReader.Open(path, new CorpusOptions { OnError = RowErrorPolicy.Skip });
        Assert.Equal("1=a b;0=e f", Rows(corpus));
        Assert.Equal([2L, 3L], corpus.Errors.Select(e => e.Line));
    }

    private static string Rows(CorpusReader corpus) =>
        string.Join(';', corpus.Select(row => $"{row.Label}={row.Text}"));

    private string Write(string content)
    {
        string path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.txt");
        File.WriteAllText(path, content);
        return path;
    }
}
