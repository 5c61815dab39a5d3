using System.Text.Json;
using Firn.Interop.Gensim;
using Firn.Vectors;

namespace Firn.Tests.Interop;

/// <summary>Files of gensim 4 as people published them beside their models.</summary>
public class PublicGensimTests
{
    [Theory]
    [InlineData("gensim4-kv-ml", "vectors.kv")]
    [InlineData("gensim4-word2vec", "word2vec.model")]
    public void A_public_file_has_the_recorded_words_and_numbers(string folder, string file)
    {
        string path = Data.Path($"keras_zoo/{folder}/{file}");
        string reference = Path.Combine(Path.GetDirectoryName(path)!, "reference.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(reference));
        JsonElement root = document.RootElement,
            words = root.GetProperty("first_words");
        using WordVectors vectors = GensimVectors.Load(path);
        int[] shape = [.. root.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32())];
        Assert.Equal((shape[0], shape[1]), (vectors.Count, vectors.Dimension));
        Assert.Equal(words.EnumerateArray().Select(w => w.GetString()), vectors.Words.Take(words.GetArrayLength()));
        double sum = Enumerable.Range(0, vectors.Count).Sum(row => vectors[row].ToArray().Sum(v => (double)v));
        Assert.Equal(root.GetProperty("sum").GetDouble(), sum, 1e-4);
    }

    [Fact]
    public void The_vectors_beside_a_public_keras_model_are_read()
    {
        using WordVectors vectors = GensimVectors.Load(Data.Path("keras_zoo/farm-tweets-lstm-k28/model.w2v"));
        Assert.Equal((11, 100), (vectors.Count, vectors.Dimension));
    }
}
