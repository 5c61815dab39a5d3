using System.Text.Json;
using Firn.Cli.Algebra;
using Firn.Vectors;
using Firn.Vectors.Storage;

namespace Firn.Tests.Vectors;

/// <summary>
/// Weighted queries, ranks, distances of texts and table algebra equal gensim, NumPy and SciPy
/// (tools/golden/vectors_queries.py).
/// </summary>
public class QueryGoldenTests
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "vectors_queries.json")))
        .RootElement;

    [Fact]
    public void Weighted_queries_equal_gensims()
    {
        var similarity = new Similarity(Table("table"));
        foreach (JsonElement query in Golden.GetProperty("queries").EnumerateArray())
        {
            WeightedWord[] words = [.. Weighted(query, "positive", 1), .. Weighted(query, "negative", -1)];
            IReadOnlyList<Neighbor> found = similarity.Nearest(words, 8);
            Assert.Equal(found, Similarity.NearestOnce(similarity.Vectors, words, 8));
            Assert.Equal(
                query.GetProperty("found").EnumerateArray().Select(f => f[0].GetString()),
                found.Select(n => n.Word)
            );
            Assert.All(
                query.GetProperty("found").EnumerateArray().Zip(found),
                pair => Assert.Equal(pair.First[1].GetDouble(), pair.Second.Similarity, 2e-6)
            );
        }
        Assert.Throws<ArgumentException>(() => similarity.Nearest(new WeightedWord[] { new("w1", float.NaN) }));
        Assert.Throws<ArgumentException>(() => similarity.Nearest(Array.Empty<WeightedWord>()));
        Assert.Throws<KeyNotFoundException>(() => similarity.Nearest(new WeightedWord[] { new("absent") }));
    }

    [Theory]
    [InlineData(1, 1f)]
    [InlineData(7, 1e-12f)]
    [InlineData(16, 1e15f)]
    [InlineData(50, 3f)]
    [Trait("Kernels", "all")]
    public void A_single_query_gets_the_bits_of_a_prepared_search(int size, float length)
    {
        var random = new Random(size);
        float[] table =
        [
            .. Enumerable
                .Range(0, 3000 * size)
                .Select(i => i / size % 50 == 7 ? 0 : (float)(random.NextDouble() - 0.5) * length),
        ];
        var vectors = new WordVectors([.. Enumerable.Range(0, 3000).Select(i => $"w{i}")], table, size);
        foreach (
            VectorPrecision precision in length == 3f
                ? new[] { VectorPrecision.Float32, VectorPrecision.Float16, VectorPrecision.Int8 }
                : [VectorPrecision.Float32]
        )
        {
            WordVectors stored = vectors.ToPrecision(precision);
            var similarity = new Similarity(stored);
            foreach (string word in new[] { "w0", "w7", "w2999" })
            {
                Assert.Equal(
                    similarity.Nearest(word, 12),
                    Similarity.NearestOnce(stored, [new WeightedWord(word)], 12)
                );
                Assert.Equal(
                    similarity.Nearest(word, 5, 100),
                    Similarity.NearestOnce(stored, [new WeightedWord(word)], 5, 100)
                );
            }
        }
        table[40] = float.NaN;
        Assert.Contains(
            "not finite",
            Assert
                .Throws<InvalidDataException>(() => Similarity.NearestOnce(vectors, [new WeightedWord("w2999")], 3))
                .Message
        );
    }

    [Fact]
    public void Ranks_equal_gensims()
    {
        var similarity = new Similarity(Table("table"));
        foreach (JsonElement test in Golden.GetProperty("closer").EnumerateArray())
        {
            (string word, string other) = (
                test.GetProperty("word").GetString()!,
                test.GetProperty("other").GetString()!
            );
            Assert.Equal(
                test.GetProperty("closer").EnumerateArray().Select(w => w.GetString()).Order(),
                similarity.CloserThan(word, other).Select(n => n.Word).Order()
            );
            Assert.Equal(test.GetProperty("rank").GetInt32(), similarity.Rank(word, other));
        }
    }

    [Fact]
    public void Distances_of_texts_equal_scipys_and_gensims()
    {
        var distance = new TextDistance(Table("table"));
        foreach (JsonElement test in Golden.GetProperty("texts").EnumerateArray())
        {
            string[] a = [.. Words(test, "a"), "absent"],
                b = Words(test, "b");
            Assert.Equal(test.GetProperty("exact").GetDouble(), distance.WordMovers(a, b), 1e-6);
            Assert.Equal(test.GetProperty("relaxed").GetDouble(), distance.RelaxedWordMovers(a, b), 1e-6);
            Assert.Equal(test.GetProperty("cosine").GetDouble(), distance.Cosine(a, b), 1e-6);
            Assert.True(distance.RelaxedWordMovers(a, b) <= distance.WordMovers(a, b) + 1e-12);
            Assert.Equal(0, distance.WordMovers(b, [.. b.Reverse()]), 1e-12);
        }
        Assert.Contains(
            "None of the 1 words",
            Assert.Throws<ArgumentException>(() => distance.WordMovers(["absent"], ["w1"])).Message
        );
    }

    [Fact]
    public void Transforms_equal_numpys()
    {
        using WordVectors table = Table("table");
        Same("centered", new TableTransform(true, 0, null, false).Apply(table));
        Same("without2", new TableTransform(false, 2, null, false).Apply(table));
        Same("reduced3", new TableTransform(false, 0, 3, false).Apply(table));
        WordVectors unit = new TableTransform(false, 0, null, true).Apply(table);
        Assert.All(
            Enumerable.Range(0, unit.Count),
            row => Assert.Equal(1, unit[row].ToArray().Sum(v => (double)v * v), 1e-6)
        );
    }

    [Fact]
    public void Alignment_equals_scipys_and_brings_words_together()
    {
        using WordVectors table = Table("table"),
            other = Table("other");
        var alignment = TableAlignment.Fit(
            other,
            table,
            table.Words.Select(word => (word, word)).Append(("absent", "w1"))
        );
        Same("aligned", alignment.Apply(other));
        Assert.Equal(table.Count, alignment.Pairs);
        Assert.InRange(alignment.After, 0.95, 1);
        Assert.True(alignment.Before < 0.5);
    }

    [Fact]
    public void Unions_take_the_mean_or_put_side_by_side()
    {
        var a = new WordVectors(["x", "y"], [3, 4, 0, 2], 2);
        var b = new WordVectors(["y", "z"], [1, 0, 0, 0, 0, 5], 3);
        WordVectors mean = TableUnion.Of([a, b], concatenate: false, common: false);
        Assert.Equal(["x", "y", "z"], mean.Words);
        Assert.Equal([0.6f, 0.8f, 0, 0.5f, 0.5f, 0, 0, 0, 1], mean.Table.ToArray());
        WordVectors both = TableUnion.Of([a, b], concatenate: true, common: true);
        Assert.Equal(["y"], both.Words);
        Assert.Equal([0, 1, 1, 0, 0], both.Table.ToArray());
    }

    private static void Same(string name, WordVectors actual) =>
        Assert.All(
            Golden.GetProperty(name).EnumerateArray().Select(v => v.GetDouble()).Zip(actual.Table.ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 2e-6)
        );

    private static WordVectors Table(string name) =>
        new(
            Words(Golden, "words"),
            [.. Golden.GetProperty(name).EnumerateArray().Select(v => v.GetSingle())],
            Golden.GetProperty("size").GetInt32()
        );

    private static IEnumerable<WeightedWord> Weighted(JsonElement query, string name, float sign) =>
        query
            .GetProperty(name)
            .EnumerateArray()
            .Select(w => new WeightedWord(w[0].GetString()!, sign * w[1].GetSingle()));

    private static string[] Words(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(w => w.GetString()!)];
}
