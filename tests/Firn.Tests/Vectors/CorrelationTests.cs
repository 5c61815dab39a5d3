using Firn.Vectors.Evaluation;

namespace Firn.Tests.Vectors;

public class CorrelationTests
{
    /// <summary>scipy.stats.pearsonr's p for coefficients of n values.</summary>
    [Theory]
    [InlineData(0.8, 5, 0.10408803866182788)]
    [InlineData(-0.8, 5, 0.10408803866182788)]
    [InlineData(0.3, 100, 0.0024257334625830316)]
    [InlineData(0.05, 353, 0.34892898994225907)]
    [InlineData(1, 10, 0)]
    [InlineData(0, 10, 1)]
    public void Probabilities_are_SciPys(double coefficient, int count, double expected) =>
        Assert.Equal(expected, Correlation.Probability(coefficient, count), 1e-12);

    [Fact]
    public void Two_pairs_say_nothing() => Assert.True(double.IsNaN(Correlation.Probability(1, 2)));
}
