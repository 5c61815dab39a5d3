using Firn.Linear;

namespace Firn.Tests.Linear;

public class LogCountRatiosTests
{
    // Four texts, three features: the first in texts of class 1 alone, the second in all, the third in one of class 0.
    private static readonly SparseMatrix Rows = new([0, 2, 4, 5, 7], [0, 1, 0, 1, 1, 1, 2], [1, 1, 2, 1, 1, 1, 3], 3);
    private static readonly int[] Labels = [1, 1, 0, 0];

    [Fact]
    public void Ratios_by_hand()
    {
        double[] ratios = LogCountRatios.Of(Rows, Labels, 2);
        Assert.Equal(
            [Math.Log(4.0 / 3) - Math.Log(1.0 / 3), 0, Math.Log(1.0 / 3) - Math.Log(4.0 / 3)],
            ratios,
            (a, b) => Math.Abs(a - b) < 1e-12
        );
        double[] each = LogCountRatios.Of(Rows, [2, 0, 1, 1], 3);
        // feature 0 in class 2, one text, value 1; elsewhere value 2 in three
        Assert.Equal(Math.Log(2.0 / 2) - Math.Log(3.0 / 4), each[2], 12);
    }

    [Fact]
    public void It_is_the_regression_on_features_multiplied_by_the_ratios()
    {
        double[] ratios = LogCountRatios.Of(Rows, Labels, 2);
        var scaled = new SparseMatrix(
            Rows.RowStarts,
            Rows.Columns,
            [.. Rows.Values.Zip(Rows.Columns, (v, c) => (float)(v * ratios[c]))],
            3
        );
        var options = new LogisticRegressionOptions { InversePenalty = 2, Tolerance = 1e-10 };
        LogisticRegression direct = LogisticRegression.Fit(Rows, Labels, 2, [], options with { NaiveBayes = true }, 1);
        LogisticRegression reference = LogisticRegression.Fit(scaled, Labels, 2, [], options, 1);
        Assert.Equal(reference.Decide(scaled, 1), direct.Decide(Rows, 1), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.True(direct.Decide(Rows, 1)[0] > 0.5, "features that differ must be used");
    }

    [Fact]
    public void With_many_classes_the_solution_is_where_the_penalised_loss_has_no_slope()
    {
        int[] labels = [2, 0, 1, 1];
        double[] ratios = LogCountRatios.Of(Rows, labels, 3);
        LogisticRegression model = LogisticRegression.Fit(
            Rows,
            labels,
            3,
            [],
            new LogisticRegressionOptions
            {
                InversePenalty = 4,
                Tolerance = 1e-9,
                NaiveBayes = true,
            },
            1
        );
        double least = Loss(model.Weights);
        for (int w = 0; w < 9; w++)
        {
            if (ratios[w] == 0)
                continue;
            foreach (double step in new[] { -0.01, 0.01 })
            {
                double[] moved = [.. model.Weights];
                moved[w] += step;
                Assert.True(Loss(moved) > least, $"weight {w} by {step}");
            }
        }

        // 1/2 sum (w / r)^2 + C sum cross-entropies
        double Loss(double[] weights)
        {
            double sum = 0;
            for (int w = 0; w < 9; w++)
                sum += ratios[w] == 0 ? 0 : Math.Pow(weights[w] / ratios[w], 2) / 2;
            for (int i = 0; i < 4; i++)
            {
                double[] z = [.. model.Intercepts];
                for (int at = Rows.RowStarts[i]; at < Rows.RowStarts[i + 1]; at++)
                {
                    for (int c = 0; c < 3; c++)
                        z[c] += Rows.Values[at] * weights[Rows.Columns[at] * 3 + c];
                }
                sum += 4 * (Math.Log(z.Sum(Math.Exp)) - z[labels[i]]);
            }
            return sum;
        }
    }
}
