using System.Text.Json;
using Firn.Interop.Gensim;
using Firn.Vectors;

namespace Firn.Tests.Interop;

public sealed class GensimVectorsTests : IDisposable
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "interop_gensim.json")))
        .RootElement;

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-gensim-").FullName;

    public static TheoryData<string> Cases =>
        [.. Golden.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Words_and_vectors_are_those_that_gensim_gives(string name)
    {
        (JsonElement golden, string path) = Write(name);
        Assert.True(GensimVectors.IsModel(path));
        using WordVectors vectors = GensimVectors.Load(path);
        string[] words = [.. golden.GetProperty("words").EnumerateArray().Select(w => w.GetString()!)];
        Assert.Equal(words, vectors.Words);
        for (int row = 0; row < words.Length; row++)
            AssertEqual(golden.GetProperty("vectors")[row], vectors[row]);
        Assert.Equal(
            golden.GetProperty("counts").EnumerateArray().Select(count => count.GetInt64()),
            vectors.Counts.ToArray()
        );
        JsonElement unseen = golden.GetProperty("unseen");
        Assert.Equal(unseen.EnumerateObject().Any(), GensimVectors.HasSubwords(path));
        if (!unseen.EnumerateObject().Any())
            return;
        FastTextVectors model = GensimVectors.LoadSubwords(path);
        var vector = new float[model.Dimension];
        foreach (JsonProperty word in unseen.EnumerateObject())
        {
            Assert.True(model.TryGetVector(word.Name, vector));
            AssertEqual(word.Value, vector);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_file_cut_anywhere_is_refused(string name)
    {
        (_, string path) = Write(name);
        byte[] bytes = File.ReadAllBytes(path);
        for (int length = 0; length < bytes.Length; length += 1 + length / 7)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<InvalidDataException>(() => GensimVectors.Load(path));
        }
    }

    [Fact]
    public void A_missing_file_of_numbers_is_named()
    {
        (_, string path) = Write("Word2Vec.save with its arrays beside it");
        File.Delete(path + ".wv.vectors.npy");
        Assert.Contains(
            "model.wv.vectors.npy",
            Assert.Throws<FileNotFoundException>(() => GensimVectors.Load(path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_of_numbers_that_is_cut_is_refused()
    {
        (_, string path) = Write("KeyedVectors.save with its arrays beside it");
        string beside = path + ".vectors.npy";
        byte[] bytes = File.ReadAllBytes(beside);
        File.WriteAllBytes(beside, bytes[..^4]);
        Assert.Contains(
            "the file holds fewer",
            Assert.Throws<InvalidDataException>(() => GensimVectors.Load(path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_pickle_of_something_else_is_named()
    {
        string path = Path.Combine(_folder, "other.pkl");
        File.WriteAllBytes(path, [0x80, 4, (byte)']', (byte)'.']);
        Assert.False(GensimVectors.IsModel(path));
        Assert.Contains(
            "no model of gensim",
            Assert.Throws<InvalidDataException>(() => GensimVectors.Load(path)).Message,
            StringComparison.Ordinal
        );
    }

    private static void AssertEqual(JsonElement expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.GetArrayLength(), actual.Length);
        for (int i = 0; i < actual.Length; i++)
            Assert.Equal(expected[i].GetSingle(), actual[i], 1e-6f);
    }

    private (JsonElement Golden, string Path) Write(string name)
    {
        JsonElement golden = Golden
            .GetProperty("cases")
            .EnumerateArray()
            .Single(c => c.GetProperty("name").GetString() == name);
        foreach (JsonProperty file in golden.GetProperty("files").EnumerateObject())
            File.WriteAllBytes(Path.Combine(_folder, file.Name), file.Value.GetBytesFromBase64());
        return (golden, Path.Combine(_folder, golden.GetProperty("main").GetString()!));
    }
}
