using System.Text.Json;
using Firn.Numerics;

namespace Firn.Tests.Study;

/// <summary>Ridge regression and principal components against scikit-learn (tools/golden/drift_sklearn.py).</summary>
public class ScikitLearnTests
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "drift.json")))
        .RootElement;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Ridge_equals_scikit_learn_with_weights_and_intercept(int index)
    {
        JsonElement golden = Golden.GetProperty("ridge")[index];
        double[][] x = Rows(golden.GetProperty("x")),
            y = Rows(golden.GetProperty("y"));
        double[] weights = Numbers(golden.GetProperty("weights"));
        RegressionSums all = new(x[0].Length),
            held = new(x[0].Length);
        for (int i = 0; i < x.Length; i++)
        {
            all.Add(weights[i], x[i], y[i]);
            if (i % 5 == 0)
                held.Add(weights[i], x[i], y[i]);
        }
        foreach (JsonElement fit in golden.GetProperty("fits").EnumerateArray())
        {
            double alpha = fit.GetProperty("alpha").GetDouble();
            LinearMap map = all.Ridge(alpha);
            Assert.All(
                Rows(fit.GetProperty("slope")).SelectMany(r => r).Zip(map.Slope.SelectMany(r => r)),
                p => Assert.Equal(p.First, p.Second, 1e-9)
            );
            Assert.All(
                Numbers(fit.GetProperty("intercept")).Zip(map.Intercept),
                p => Assert.Equal(p.First, p.Second, 1e-9)
            );
            // Leaving a part out by subtraction, and the error by sums, as cross-validation does.
            LinearMap rest = new RegressionSums(x[0].Length).Add(all, 1).Add(held, -1).Ridge(alpha);
            Assert.Equal(1, held.SquaredError(rest) / fit.GetProperty("held_out_error").GetDouble(), 1e-9);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Principal_plane_equals_scikit_learn(int index)
    {
        JsonElement golden = Golden.GetProperty("pca")[index];
        double[][] x = Rows(golden.GetProperty("x"));
        PrincipalPlane plane = PrincipalPlane.Fit([.. x.SelectMany(r => r).Select(v => (float)v)], x[0].Length);
        double[] explained = Numbers(golden.GetProperty("explained"));
        Assert.Equal(explained[0], plane.ExplainedX, 1e-9);
        Assert.Equal(explained[1], plane.ExplainedY, 1e-9);
        double[][] other = Rows(golden.GetProperty("other")),
            projected = Rows(golden.GetProperty("projected"));
        PlanePoint[] found = [.. other.Select(row => plane.Project([.. row.Select(v => (float)v)]))];
        // An axis has no direction: scikit-learn's may point the other way.
        double across = Math.Sign(found[0].X * projected[0][0]),
            up = Math.Sign(found[0].Y * projected[0][1]);
        Assert.All(projected.Zip(found), p => Assert.Equal(p.First[0], across * p.Second.X, 1e-7));
        Assert.All(projected.Zip(found), p => Assert.Equal(p.First[1], up * p.Second.Y, 1e-7));
    }

    [Fact]
    public void A_plane_of_equal_vectors_is_refused() =>
        Assert.Contains(
            "all the same",
            Assert.Throws<ArgumentException>(() => PrincipalPlane.Fit([1, 2, 1, 2, 1, 2], 2)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_matrix_that_is_not_positive_definite_is_refused() =>
        Assert.Throws<ArithmeticException>(() =>
            new Cholesky([
                [1, 2],
                [2, 1],
            ])
        );

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    private static double[][] Rows(JsonElement array) => [.. array.EnumerateArray().Select(Numbers)];
}
