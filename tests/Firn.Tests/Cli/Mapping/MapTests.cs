using System.Text.Json;
using Firn.Cli.Mapping;
using Firn.Vectors;

namespace Firn.Tests.Cli.Mapping;

/// <summary>Maps beside scikit-learn's (tools/golden/map_sklearn.py).</summary>
public sealed class MapTests
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "map_sklearn.json")))
        .RootElement;

    private static double[][] Matrix(string name) =>
        [
            .. Golden
                .GetProperty(name)
                .EnumerateArray()
                .Select(row => row.EnumerateArray().Select(v => v.GetDouble()).ToArray()),
        ];

    [Fact]
    public void Principal_axes_are_scikit_learns_up_to_sign()
    {
        double[][] expected = Matrix("pca");
        var (points, share) = PrincipalAxes.Project(Matrix("rows"));
        for (int axis = 0; axis < 2; axis++)
        {
            Assert.Equal(Golden.GetProperty("pca_share")[axis].GetDouble(), share[axis], 7);
            double sign = Math.Sign(points[0, axis] * expected[0][axis]);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i][axis], sign * points[i, axis], 1e-7); // the rows are given to nine places
        }
    }

    [Fact]
    public void Joint_probabilities_are_scikit_learns()
    {
        double[][] expected = Matrix("joint");
        double[,] joint = Neighborhoods.Joint(Matrix("rows"), Golden.GetProperty("perplexity").GetDouble());
        for (int i = 0; i < expected.Length; i++)
        {
            for (int j = 0; j < expected.Length; j++)
                // its distances are float32, and both end the search at an entropy within 1e-5
                Assert.Equal(expected[i][j], joint[i, j], 1e-7);
        }
    }

    [Fact]
    public void Divergence_and_gradient_are_scikit_learns()
    {
        double[][] points = Matrix("points"),
            expected = Matrix("gradient"),
            joint = Matrix("joint");
        var (divergence, gradient) = new NeighborEmbedding(Rectangular(joint), Rectangular(points)).Evaluate(1);
        Assert.Equal(Golden.GetProperty("divergence").GetDouble(), divergence, 6);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i][0], gradient[i, 0], 8);
            Assert.Equal(expected[i][1], gradient[i, 1], 8);
        }
    }

    [Fact]
    public void The_map_is_as_good_as_scikit_learns_and_repeats()
    {
        double[][] rows = Matrix("rows");
        var (points, divergence) = NeighborEmbedding.Draw(
            rows,
            10,
            1000,
            (_, _) => { },
            TestContext.Current.CancellationToken
        );
        Assert.InRange(divergence, 0, Golden.GetProperty("final_divergence").GetDouble() * 1.05);
        Assert.Equal(
            points,
            NeighborEmbedding.Draw(rows, 10, 1000, (_, _) => { }, TestContext.Current.CancellationToken).Points
        );
        // Three clusters of twenty: the nearest point of nearly every point is of its own.
        int own = Enumerable.Range(0, 60).Count(i => Nearest(points, i) / 20 == i / 20);
        Assert.InRange(own, 55, 60);
    }

    [Fact]
    public void Equal_rows_do_no_harm()
    {
        double[][] rows = [.. Enumerable.Range(0, 9).Select(i => new double[] { i < 5 ? 1 : 0, i < 5 ? 0 : 1 })];
        var (points, divergence) = NeighborEmbedding.Draw(
            rows,
            30,
            300,
            (_, _) => { },
            TestContext.Current.CancellationToken
        );
        Assert.True(double.IsFinite(divergence));
        Assert.All(points.Cast<double>(), value => Assert.True(double.IsFinite(value)));
        Assert.All(
            PrincipalAxes
                .Project([
                    [1, 1],
                    [1, 1],
                    [1, 1],
                ])
                .Points.Cast<double>(),
            value => Assert.Equal(0, value)
        );
    }

    [Fact]
    public void Written_words_do_not_cover_each_other_and_the_first_comes_first()
    {
        var map = new WordMap(
            "",
            "",
            ["a", "b", "c"],
            new double[,]
            {
                { 0.5, 0.5 },
                { 0.5001, 0.5 },
                { 0.1, 0.9 },
            },
            []
        );
        Assert.Equal([true, false, true], MapLabels.Place(map, 1000, _ => 50, 20, 5));
        double[,] fitted = WordMap.Fitted(
            new double[,]
            {
                { -3, 10 },
                { 7, 12 },
                { 0, 11 },
            }
        );
        Assert.Equal([0, 0.4, 1, 0.6, 0.3, 0.5], fitted.Cast<double>().Select(v => Math.Round(v, 12)));
    }

    [Fact]
    public void The_page_carries_any_word_safely_and_asks_nothing_of_a_network()
    {
        string page = MapPage.Render(
            new WordMap(
                "a<b>.bin",
                "m & n",
                ["</script>", "\"quote\"", "é"],
                new double[3, 2],
                [
                    [new Neighbor("<i>", 1, 0.5f)],
                    [],
                    [],
                ]
            )
        );
        Assert.Contains("a&lt;b&gt;.bin", page);
        Assert.Contains("3 words, m &amp; n", page);
        Assert.DoesNotContain("<i>", page);
        Assert.Equal(1, page.Split("</script>").Length - 1);
        Assert.DoesNotContain("http://", page);
        Assert.DoesNotContain("https://", page);
        Assert.DoesNotContain("{{", page);
    }

    private static int Nearest(double[,] points, int i) =>
        Enumerable
            .Range(0, points.GetLength(0))
            .Where(j => j != i)
            .MinBy(j => Math.Pow(points[i, 0] - points[j, 0], 2) + Math.Pow(points[i, 1] - points[j, 1], 2));

    private static double[,] Rectangular(double[][] rows)
    {
        var table = new double[rows.Length, rows[0].Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < rows[0].Length; j++)
                table[i, j] = rows[i][j];
        }
        return table;
    }
}
