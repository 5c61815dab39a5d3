using Firn.Evaluation;

namespace Firn.Tests.Training;

public class RiskCoverageTests
{
    // Confidence, falling: .95 right, .9 wrong, .8 right, .8 right, .7 right, .6 wrong.
    private static readonly float[] Scores = [0.95f, 0.1f, 0.8f, 0.8f, 0.3f, 0.6f];
    private static readonly int[] Labels = [1, 1, 1, 1, 0, 0];

    [Theory]
    [InlineData(0.0, 1 / 6.0, 0.0, 0.95)]
    [InlineData(0.2, 5 / 6.0, 0.2, 0.7)]
    [InlineData(0.25, 5 / 6.0, 0.2, 0.7)]
    [InlineData(0.34, 1.0, 1 / 3.0, 0.6)]
    public void The_most_answers_within_an_error(double most, double coverage, double error, double threshold)
    {
        AbstentionPoint point = new RiskCoverage(Scores, 1, Labels).AtError(most);
        Assert.Equal(coverage, point.Coverage, 1e-9);
        Assert.Equal(error, point.Error, 1e-9);
        Assert.Equal(threshold, point.Threshold, 1e-6);
    }

    [Fact]
    public void Where_no_answer_is_good_enough_none_is_given()
    {
        AbstentionPoint point = new RiskCoverage([0.9f, 0.2f], 1, [0, 0]).AtError(0);
        Assert.Equal(0, point.Coverage);
        Assert.True(point.Threshold > 1);
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(0.6, 5 / 6.0)]
    [InlineData(0.0, 1 / 6.0)]
    public void Silence_pays_where_it_costs_less_than_the_errors_it_saves(double silence, double coverage) =>
        Assert.Equal(coverage, new RiskCoverage(Scores, 1, Labels).AtCost(silence).Coverage, 1e-9);

    [Fact]
    public void With_more_classes_the_top_probability_is_the_confidence()
    {
        AbstentionPoint point = new RiskCoverage([0.5f, 0.3f, 0.2f, 0.1f, 0.1f, 0.8f], 3, [1, 2]).AtError(0.4);
        Assert.Equal((0.5, 0.0), (point.Coverage, point.Error));
        Assert.Equal(0.8, point.Threshold, 1e-6);
    }
}
