using System.Text.Json;
using Firn.Vectors;
using Firn.Vectors.Evaluation;

namespace Firn.Tests.Vectors;

/// <summary>
/// Neighbors and evaluation scores equal gensim's on the same vectors (tools/golden/vectors_eval.py).
/// </summary>
[Trait("Kernels", "all")]
public class SimilarityGoldenTests
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "vectors_eval.json")))
        .RootElement;

    private static readonly Dictionary<string, string> Files = new()
    {
        ["google"] = "googlenews_1000common_300d.txt",
        ["glove"] = "glove.6B.100d.171words.txt",
        ["euclid"] = "euclidean_vectors.bin",
    };

    [Fact]
    public void Word_pairs()
    {
        foreach ((string name, string file) in Files)
        {
            Similarity vectors = Load(file);
            foreach (
                JsonElement pair in Golden.GetProperty("pairs").EnumerateArray().Where(p => p[0].GetString() == name)
            )
            {
                string set = pair[1].GetString()!;
                SimilarityScore score = VectorEvaluation.Similarity(
                    vectors,
                    Data.Path("word_eval/similarity/" + set),
                    new() { DummyForUnknown = pair[2].GetBoolean() }
                );
                // Equal cosines of different pairs may round apart and swap ranks.
                Assert.Equal(pair[3].GetDouble(), score.Spearman, 1e-6);
                Assert.Equal(pair[4].GetDouble(), score.Pearson, 1e-6);
                Assert.Equal(pair[5].GetDouble(), 100 * (1 - score.Coverage), 1e-9);
            }
        }
    }

    [Fact]
    public void Analogies_section_by_section()
    {
        foreach (JsonElement analogy in Golden.GetProperty("analogies").EnumerateArray())
        {
            AnalogyScore score = VectorEvaluation.Analogies(
                Load(Files[analogy[0].GetString()!]),
                Data.Path("word_eval/analogy/questions-words.txt"),
                new() { RestrictVocabulary = analogy[1].GetInt32() }
            );
            Assert.Equal(
                analogy[2]
                    .EnumerateArray()
                    .Select(s => new AnalogySection(s[0].GetString()!, s[1].GetInt32(), s[2].GetInt32())),
                score.Sections
            );
        }
    }

    [Fact]
    public void Nearest_words()
    {
        Similarity vectors = Load(Files["google"]);
        foreach (JsonElement query in Golden.GetProperty("nearest").EnumerateArray())
            Compare(query[1], vectors.Nearest(query[0].GetString()!));
    }

    [Theory]
    [InlineData("add", AnalogyMethod.Add)]
    [InlineData("multiply", AnalogyMethod.Multiply)]
    public void Analogies_by_either_method(string key, AnalogyMethod method)
    {
        Similarity vectors = Load(Files["google"]);
        foreach (JsonElement query in Golden.GetProperty(key).EnumerateArray())
            Compare(
                query[3],
                vectors.Analogy([query[1].GetString()!, query[2].GetString()!], [query[0].GetString()!], 10, method)
            );
    }

    [Fact]
    public void The_odd_one_out()
    {
        Similarity vectors = Load(Files["google"]);
        foreach (JsonElement query in Golden.GetProperty("odd").EnumerateArray())
            Assert.Equal(
                query[1].GetString(),
                vectors.DoesNotMatch([.. query[0].EnumerateArray().Select(w => w.GetString()!)])
            );
    }

    private static Similarity Load(string file) => new(WordVectors.Load(Data.Path("vectors/" + file)));

    private static void Compare(JsonElement expected, IReadOnlyList<Neighbor> found)
    {
        Assert.Equal(expected.EnumerateArray().Select(e => e[0].GetString()), found.Select(n => n.Word));
        Assert.All(
            expected.EnumerateArray().Zip(found),
            pair => Assert.Equal(pair.First[1].GetDouble(), pair.Second.Similarity, 1e-5)
        );
    }
}
