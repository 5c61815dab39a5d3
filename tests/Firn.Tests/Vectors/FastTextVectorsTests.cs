using System.Text.Json;
using Firn.Vectors;
using Firn.Vectors.Subwords;

namespace Firn.Tests.Vectors;

/// <summary>
/// fastText models give known and unknown words the vectors that fastText gives (tools/golden/vectors_fasttext.py).
/// </summary>
public class FastTextVectorsTests
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden");

    [Theory]
    [InlineData("lee_fasttext_new.bin")]
    [InlineData("pang_lee_polarity_fasttext.bin")]
    [InlineData("crime-and-punishment.bin")]
    [InlineData("lee_fasttext.bin")]
    [InlineData("non_ascii_fasttext.bin")]
    [InlineData("vectors_fasttext_norm.ftz")]
    [InlineData("vectors_fasttext_pruned.ftz")]
    public void Vectors_equal_fastTexts(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden, "vectors_fasttext.json")));
        JsonElement expected = golden
            .RootElement.EnumerateArray()
            .Single(e => e.GetProperty("file").GetString() == file);
        bool quantized = file.EndsWith(".ftz", StringComparison.Ordinal);
        FastTextVectors vectors = FastTextVectors.Load(
            quantized ? Path.Combine(Golden, file) : Data.Path("vectors/" + file)
        );
        Assert.Equal(quantized, vectors.IsQuantized);
        string[] words = [.. expected.GetProperty("words").EnumerateArray().Select(w => w.GetString()!)];
        var vector = new float[vectors.Dimension];
        Assert.Contains(words, word => !vectors.Contains(word));
        for (int i = 0; i < words.Length; i++)
        {
            vectors.TryGetVector(words[i], vector);
            float[] wanted = [.. expected.GetProperty("vectors")[i].EnumerateArray().Select(v => v.GetSingle())];
            Assert.Equal(wanted.Length, vector.Length);
            // fastText prints five significant digits.
            for (int c = 0; c < wanted.Length; c++)
                Assert.True(
                    Math.Abs(wanted[c] - vector[c]) <= 6e-5 * Math.Max(Math.Abs(wanted[c]), 1e-3),
                    $"{words[i]} {c}: {vector[c]}, expected {wanted[c]}"
                );
        }
    }

    [Fact]
    public void The_table_of_known_words_is_the_vec_file()
    {
        WordVectors computed = FastTextVectors.Load(Data.Path("vectors/crime-and-punishment.bin")).ToWordVectors();
        WordVectors written = WordVectors.Load(Data.Path("vectors/crime-and-punishment.vec"));
        Assert.Equal(written.Words, computed.Words);
        Assert.All(
            written.Table.ToArray().Zip(computed.Table.ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5f)
        );
    }

    [Fact]
    public void Bytes_are_hashed_with_their_sign()
    {
        // fastText 0.9.2, Dictionary::hash.
        Assert.Equal(3826002220u, SubwordHash.Hash("a"u8));
        uint unsigned = 2166136261;
        foreach (byte b in "é"u8)
            unsigned = (unsigned ^ b) * 16777619;
        Assert.NotEqual(unsigned, SubwordHash.Hash("é"u8));
    }

    [Fact]
    public void Every_cut_and_many_damaged_bytes_are_refused_or_read_but_never_crash()
    {
        using var files = new VectorFiles();
        byte[] whole = File.ReadAllBytes(Path.Combine(Golden, "vectors_fasttext_norm.ftz"));
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = i < 150 ? whole[..random.Next(whole.Length - 4000)] : [.. whole];
            for (int k = 0; k < 3 && i >= 150; k++)
                bytes[random.Next(Math.Min(bytes.Length, i < 250 ? 200 : int.MaxValue))] = (byte)random.Next(256);
            try
            {
                FastTextVectors vectors = FastTextVectors.Load(files.Bytes("bad.ftz", bytes));
                vectors.TryGetVector("reddish", new float[vectors.Dimension]);
            }
            catch (InvalidDataException error)
            {
                Assert.Contains("byte", error.Message);
                refused++;
            }
        }
        Assert.InRange(refused, 150, 300);
    }
}
