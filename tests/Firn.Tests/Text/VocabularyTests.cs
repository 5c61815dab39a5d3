using System.Text;
using System.Text.Json;
using Firn.Data;
using Firn.Text;

namespace Firn.Tests.Text;

public class VocabularyTests
{
    private static Vocabulary Of(string text, VocabularyOptions? options = null)
    {
        var builder = new VocabularyBuilder();
        foreach (string token in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            builder.Add(token);
        return builder.Build(options);
    }

    private static Vocabulary Load(byte[] bytes) => Vocabulary.Load(new MemoryStream(bytes), "models/a/vocabulary.txt");

    [Fact]
    public void Ids_fall_by_count_and_ties_keep_the_order_of_first_sight()
    {
        Vocabulary vocabulary = Of("b a c a d c");
        Assert.Equal(["<pad>", "a", "c", "b", "d"], Enumerable.Range(0, vocabulary.Count).Select(i => vocabulary[i]));
        Assert.Equal(2, vocabulary.CountOf(2));
        Assert.Equal(4, vocabulary.IdOf("d"));
        Assert.Equal(-1, vocabulary.IdOf("e"));
        Assert.Equal(-1, vocabulary.IdOf("<pad>"));
    }

    [Fact]
    public void Equals_Keras_on_the_training_part_of_the_tweets()
    {
        JsonElement golden = TextGolden.Read("vocabulary.json");
        string[] tweets = TextGolden.Tweets();
        (int[] train, int[] test) = TrainTestSplit.Random(tweets.Length, 1 - 0.8, 42);
        var tokenizer = new Tokenizer(CleaningOptions.Notebook);
        var tokens = new TokenBuffer();
        var builder = new VocabularyBuilder();
        foreach (int i in train)
        {
            tokenizer.Tokenize(tweets[i], tokens);
            builder.Add(tokens);
        }
        Vocabulary vocabulary = builder.Build();

        Assert.Equal(golden.GetProperty("rows").GetInt32(), vocabulary.Count);
        Assert.Equal(
            golden.GetProperty("first").EnumerateArray().Select(w => w.GetString()),
            Enumerable.Range(1, 50).Select(i => vocabulary[i])
        );
        Assert.Equal(
            golden.GetProperty("counts_first").EnumerateArray().Select(c => c.GetInt64()),
            Enumerable.Range(1, 50).Select(vocabulary.CountOf)
        );
        Assert.Equal(golden.GetProperty("file_sha256").GetString(), vocabulary.Hash);
        Assert.Equal(
            golden.GetProperty("file_with_unknown_sha256").GetString(),
            builder.Build(new() { Unknown = UnknownWords.Row }).Hash
        );
        var ids = new List<int>();
        long total = 0;
        Assert.Equal(
            golden.GetProperty("test_ids_sha256").GetString(),
            TextGolden.Sha(
                test.Select(i =>
                {
                    tokenizer.Tokenize(tweets[i], tokens);
                    ids.Clear();
                    total += vocabulary.Encode(tokens, ids);
                    return string.Join(' ', ids);
                })
            )
        );
        Assert.Equal(golden.GetProperty("test_ids").GetInt64(), total);
    }

    [Fact]
    public void An_unknown_row_takes_id_1_and_the_words_that_are_cut()
    {
        Vocabulary vocabulary = Of(
            "a a b b c <unk> <pad>",
            new()
            {
                Unknown = UnknownWords.Row,
                MinCount = 2,
                MaxSize = 1,
            }
        );
        Assert.Equal(["<pad>", "<unk>", "a"], Enumerable.Range(0, vocabulary.Count).Select(i => vocabulary[i]));
        var tokens = new TokenBuffer();
        foreach (string token in (string[])["a", "b", "zebra", "<pad>", "a"])
            tokens.Add(token);
        var ids = new List<int> { 9 };
        Assert.Equal(5, vocabulary.Encode(tokens, ids));
        Assert.Equal([9, 2, 1, 1, 1, 2], ids);
        Assert.Equal(1, vocabulary.CountOf(1));
    }

    [Fact]
    public void Skipped_words_leave_no_id()
    {
        Vocabulary vocabulary = Of("a b <unk>");
        var tokens = new TokenBuffer();
        foreach (string token in (string[])["x", "a", "<unk>", "b"])
            tokens.Add(token);
        var ids = new List<int>();
        Assert.Equal(2, vocabulary.Encode(tokens, ids));
        Assert.Equal([1, 2], ids);
    }

    [Theory]
    [InlineData(UnknownWords.Skip)]
    [InlineData(UnknownWords.Row)]
    public void Comes_back_from_its_file(UnknownWords unknown)
    {
        Vocabulary vocabulary = Of("naïve 😀 don't a a", new() { Unknown = unknown });
        var file = new MemoryStream();
        vocabulary.Save(file);
        Vocabulary loaded = Load(file.ToArray());
        Assert.Equal(vocabulary.Hash, loaded.Hash);
        Assert.Equal(vocabulary.Unknown, loaded.Unknown);
        Assert.Equal(vocabulary.Count, loaded.Count);
        Assert.Equal(vocabulary.IdOf("😀"), loaded.IdOf("😀"));
        Assert.Equal(0, loaded.CountOf(1));
    }

    [Theory]
    [InlineData("<pad>\na\nb\na\n", "line 3: 'a' stands on line 1 already")]
    [InlineData("a\nb\n", "line 0: 'a' stands where <pad> is expected")]
    [InlineData("<pad>\na\n\n", "line 2: the line is empty")]
    [InlineData("<pad>\na", "the file was cut")]
    [InlineData("", "the file is empty")]
    [InlineData("<pad>\r\na\r\n", "line 0")]
    [InlineData("<pad>\na\n<unk>\n", "line 2: <unk> is allowed on line 1 alone")]
    public void A_damaged_file_is_refused_with_its_line(string content, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Load(Encoding.UTF8.GetBytes(content)));
        Assert.StartsWith("models/a/vocabulary.txt: ", error.Message);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_with_their_line()
    {
        var error = Assert.Throws<InvalidDataException>(() => Load([.. "<pad>\ncaf"u8, 0xE9, .. "\n"u8]));
        Assert.Contains("line 1, byte 3: the bytes are not UTF-8", error.Message);
    }

    [Fact]
    public void A_token_that_no_line_can_hold_is_refused()
    {
        foreach (string token in (string[])["", "a\nb", "half a pair: \uD83D"])
            Assert.Throws<ArgumentException>(() => new VocabularyBuilder().Add(token));
    }

    [Fact]
    public void Finds_every_one_of_many_words()
    {
        var builder = new VocabularyBuilder();
        for (int i = 0; i < 100_000; i++)
            builder.Add(i.ToString("x"));
        Vocabulary vocabulary = builder.Build();
        for (int i = 0; i < 100_000; i++)
            Assert.Equal(i + 1, vocabulary.IdOf(i.ToString("x")));
    }
}
