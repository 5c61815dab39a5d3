using Firn.Vectors;
using Firn.Vectors.Evaluation;
using Firn.Vectors.Search;

namespace Firn.Tests.Vectors;

public class SimilarityTests
{
    private static readonly Similarity Small = new(
        new WordVectors(["right", "up", "diagonal", "left", "nothing"], [1, 0, 0, 2, 3, 3, -1, 0, 0, 0], 2)
    );

    [Fact]
    public void Nearest_orders_by_cosine_whatever_the_length_and_leaves_the_word_out()
    {
        Assert.Equal(["diagonal", "up", "nothing", "left"], Small.Nearest("right").Select(n => n.Word));
        Assert.Equal(Math.Sqrt(0.5), Small.Cosine("right", "diagonal"), 6);
        Assert.Equal(0, Small.Cosine("right", "nothing"));
        Assert.Equal(["up"], Small.Nearest([0f, 0.1f], 1).Select(n => n.Word));
        Assert.Equal(["diagonal"], Small.NearestToText(["right", "up", "unseen"], 1).Select(n => n.Word));
        Assert.Empty(Small.NearestToText(["unseen"]));
        Assert.Equal(["up"], Small.Nearest("right", 10, restrict: 2).Select(n => n.Word));
        Assert.Equal(-1f, Small.Matrix(["right", "up"], ["left"])[0, 0]);
    }

    [Fact]
    public void Wrong_questions_are_refused()
    {
        Assert.Contains(
            "'unseen' has no vector",
            Assert.Throws<KeyNotFoundException>(() => Small.Nearest("unseen")).Message
        );
        Assert.Throws<ArgumentException>(() => Small.Nearest([1f, 2f, 3f]));
        Assert.Throws<ArgumentException>(() => Small.Analogy([], ["up"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.Nearest("up", 0));
        Assert.Throws<ArgumentException>(() => Small.DoesNotMatch(["up"]));
    }

    [Fact]
    public void Batches_find_what_single_queries_find()
    {
        var table = new UnitTable(VectorFiles.Sample(1003, 37));
        float[][] queries = [.. Enumerable.Range(0, 70).Select(q => table[q * 7].ToArray())];
        (int Row, float Score)[][] found = BatchSearch.Nearest(table, queries, 9, 1000);
        for (int q = 0; q < queries.Length; q++)
        {
            (int Row, float Score)[] single = table.Nearest(queries[q], 9, 1000, []);
            Assert.Equal(single.Select(s => s.Row), found[q].Select(s => s.Row));
            Assert.All(single.Zip(found[q]), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5f));
        }
    }

    [Fact]
    public void Spearman_gives_ties_their_mean_rank()
    {
        // scipy.stats.spearmanr([1, 2, 2, 3, 5], [2, 1, 4, 4, 9])
        Assert.Equal(0.7631578947368421, Correlation.Spearman([1, 2, 2, 3, 5], [2, 1, 4, 4, 9]), 12);
        Assert.Equal(-1, Correlation.Spearman([1, 2, 3], [3, 2, 1]), 12);
        Assert.True(double.IsNaN(Correlation.Pearson([1, 1, 1], [1, 2, 3])));
    }

    [Fact]
    public void Purity_counts_the_most_frequent_category_of_each_cluster()
    {
        Assert.Equal(5.0 / 7, CategoryTest.Purity([0, 0, 0, 1, 1, 1, 1], [0, 0, 1, 2, 2, 1, 2], 3), 12);
        using var files = new VectorFiles();
        var words = new List<string>();
        var table = new List<float>();
        var lines = new List<string> { ",category,word" };
        for (int i = 0; i < 30; i++)
        {
            words.Add($"w{i}");
            table.AddRange([i % 3 == 0 ? 1 : 0.01f * i, i % 3 == 1 ? 1 : 0, i % 3 == 2 ? 1 : 0]);
            lines.Add($"{i},\"kind {i % 3}\",W{i}");
        }
        lines.Add("30,x,unseen");
        string path = files.Text("set.csv", string.Join('\n', lines));
        CategorizationScore score = VectorEvaluation.Categorization(new(new WordVectors(words, [.. table], 3)), path);
        Assert.Equal(new CategorizationScore(1, 30, 3, 1), score);
    }

    [Fact]
    public void Bad_test_sets_are_named()
    {
        using var files = new VectorFiles();
        Assert.Contains(
            "no pair whose words both",
            Assert
                .Throws<InvalidDataException>(() => VectorEvaluation.Similarity(Small, files.Text("p", "a b 1\n")))
                .Message
        );
        Assert.Contains(
            "line 1: a question stands before",
            Assert
                .Throws<InvalidDataException>(() => VectorEvaluation.Analogies(Small, files.Text("a", "a b c d\n")))
                .Message
        );
        SimilarityScore score = VectorEvaluation.Similarity(
            Small,
            files.Text("s", "# words\nUP diagonal 9\nright,left,1\nup left\nup right x\n")
        );
        Assert.Equal((1.0, 2, 0, 2), (score.Spearman, score.Pairs, score.OutOfVocabulary, score.InvalidLines));
    }
}
