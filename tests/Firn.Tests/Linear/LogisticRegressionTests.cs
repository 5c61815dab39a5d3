using Firn.Linear;

namespace Firn.Tests.Linear;

public class LogisticRegressionTests
{
    [Fact]
    public void The_result_does_not_depend_on_the_threads()
    {
        (SparseMatrix rows, int[] labels) = Draw(300, 50, 3);
        double[] one = LogisticRegression.Fit(rows, labels, 3, [], new LogisticRegressionOptions(), 1).Weights;
        double[] four = LogisticRegression.Fit(rows, labels, 3, [], new LogisticRegressionOptions(), 4).Weights;
        Assert.Equal(one, four);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void The_gradient_is_zero_at_the_solution(int classes)
    {
        (SparseMatrix rows, int[] labels) = Draw(200, 30, classes);
        int k = classes == 2 ? 1 : classes;
        var model = LogisticRegression.Fit(
            rows,
            labels,
            classes,
            [],
            new LogisticRegressionOptions { InversePenalty = 2, Tolerance = 1e-9 },
            1
        );
        var objective = new LogisticObjective(rows, labels, k, [], 2, 1);
        double[] parameters = [.. model.Weights, .. model.Intercepts];
        double[] logits = new double[objective.LogitCount],
            gradient = new double[objective.Size];
        objective.Logits(parameters, logits);
        objective.Gradient(parameters, logits, gradient);
        Assert.All(gradient, g => Assert.Equal(0, g, 1e-5));
        Assert.Contains(model.Weights, w => Math.Abs(w) > 0.1);
    }

    [Fact]
    public void The_gradient_and_the_Hessian_are_those_of_the_loss()
    {
        (SparseMatrix rows, int[] labels) = Draw(40, 8, 3);
        float[] classWeights = [1, 2, 0.5f];
        var objective = new LogisticObjective(rows, labels, 3, classWeights, 1.5, 1);
        double[] x = [.. Enumerable.Range(0, objective.Size).Select(i => Math.Sin(i))];
        double[] gradient = Gradient(objective, x),
            product = new double[objective.Size];
        double[] direction = [.. Enumerable.Range(0, objective.Size).Select(i => Math.Cos(3 * i))];
        objective.HessianTimes(direction, product);
        const double step = 1e-5;
        double[] ahead = [.. x.Zip(direction, (a, d) => a + step * d)],
            behind = [.. x.Zip(direction, (a, d) => a - step * d)];
        double slope = (Loss(objective, ahead) - Loss(objective, behind)) / (2 * step);
        Assert.Equal(slope, gradient.Zip(direction, (g, d) => g * d).Sum(), 1e-5);
        double[] gradientAhead = Gradient(objective, ahead),
            gradientBehind = Gradient(objective, behind);
        for (int i = 0; i < product.Length; i++)
            Assert.Equal((gradientAhead[i] - gradientBehind[i]) / (2 * step), product[i], 1e-5);
    }

    [Fact]
    public void A_heavier_class_is_predicted_more_often()
    {
        (SparseMatrix rows, int[] labels) = Draw(400, 6, 2);
        float Mean(float[] weights) =>
            LogisticRegression
                .Fit(rows, labels, 2, weights, new LogisticRegressionOptions(), 1)
                .Predict(rows, 1)
                .Average();
        Assert.True(Mean([1, 5]) > Mean([1, 1]) + 0.1f);
    }

    [Fact]
    public void Parts_stand_side_by_side()
    {
        (SparseMatrix a, _) = Draw(20, 5, 2);
        (SparseMatrix b, _) = Draw(20, 7, 2);
        SparseMatrix both = SparseMatrix.Concatenate(a, b).SelectRows([3, 1]);
        double[] weights = [.. Enumerable.Range(0, 12).Select(i => i + 1.0)];
        double[] found = new double[2],
            left = new double[20],
            right = new double[20];
        both.Multiply(weights, 1, found, 1);
        a.Multiply(weights[..5], 1, left, 1);
        b.Multiply(weights[5..], 1, right, 1);
        Assert.Equal(left[3] + right[3], found[0], 1e-9);
        Assert.Equal(left[1] + right[1], found[1], 1e-9);
    }

    private static double Loss(LogisticObjective objective, double[] x)
    {
        var logits = new double[objective.LogitCount];
        objective.Logits(x, logits);
        return objective.Loss(logits, logits, 0, objective.WeightProduct(x, x));
    }

    private static double[] Gradient(LogisticObjective objective, double[] x)
    {
        double[] logits = new double[objective.LogitCount],
            gradient = new double[objective.Size];
        objective.Logits(x, logits);
        objective.Gradient(x, logits, gradient);
        return gradient;
    }

    /// <summary>Rows with a signal in the first columns, and noise.</summary>
    private static (SparseMatrix Rows, int[] Labels) Draw(int count, int width, int classes)
    {
        var random = new Random(count + width);
        var starts = new int[count + 1];
        var columns = new List<int>();
        var values = new List<float>();
        var labels = new int[count];
        for (int row = 0; row < count; row++)
        {
            labels[row] = random.Next(classes);
            for (int column = 0; column < width; column++)
            {
                if (random.NextDouble() < (column == labels[row] ? 0.6 : 0.2))
                {
                    columns.Add(column);
                    values.Add((float)random.NextDouble() + 0.2f);
                }
            }
            starts[row + 1] = columns.Count;
        }
        return (new SparseMatrix(starts, [.. columns], [.. values], width), labels);
    }
}
