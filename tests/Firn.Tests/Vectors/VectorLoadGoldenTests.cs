using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Firn.Vectors;
using Firn.Vectors.Formats;

namespace Firn.Tests.Vectors;

/// <summary>
/// Real files, read to the same words and the same bits as gensim reads (tools/golden/vectors_load.py).
/// </summary>
public class VectorLoadGoldenTests
{
    public static TheoryData<string> Files =>
        [
            "googlenews_1000common_300d.txt",
            "word2vec_pre_kv_c",
            "euclidean_vectors.bin",
            "pang_lee_polarity_fasttext.vec",
            "lee_fasttext.vec",
            "crime-and-punishment.vec",
            "glove.6B.100d.171words.txt",
            "glove.6B.100d.sample.txt.gz",
            "glove.6B.300d.sample.txt.gz",
            "test_glove.txt",
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Words_and_values_equal_gensims(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "vectors_load.json"))
        );
        JsonElement expected = golden
            .RootElement.EnumerateArray()
            .Single(e => e.GetProperty("file").GetString() == file);
        // pang_lee_polarity_fasttext.vec holds bytes that are not UTF-8.
        WordVectors vectors = WordVectors.Load(
            Data.Path("vectors/" + file),
            new() { InvalidUtf8 = InvalidUtf8Policy.Replace }
        );
        Assert.Equal(expected.GetProperty("count").GetInt32(), vectors.Count);
        Assert.Equal(expected.GetProperty("dimension").GetInt32(), vectors.Dimension);
        Assert.Equal(
            expected.GetProperty("words_sha256").GetString(),
            Hash(Encoding.UTF8.GetBytes(string.Join('\n', vectors.Words)))
        );
        Assert.Equal(expected.GetProperty("table_sha256").GetString(), Hash(MemoryMarshal.AsBytes(vectors.Table)));
        Assert.Equal(file.EndsWith(".gz", StringComparison.Ordinal), vectors.LoadReport!.Compressed);
    }

    [Theory]
    [InlineData("crime-and-punishment.bin")]
    [InlineData("lee_fasttext.bin")]
    [InlineData("non_ascii_fasttext.bin")]
    public void A_fastText_model_is_named_as_such(string file)
    {
        var error = Assert.Throws<InvalidDataException>(() => WordVectors.Load(Data.Path("vectors/" + file)));
        Assert.Contains("fastText model", error.Message);
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
