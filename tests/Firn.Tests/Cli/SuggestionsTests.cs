using Firn.Cli.Output;

namespace Firn.Tests.Cli;

public sealed class SuggestionsTests
{
    private static readonly string[] Names = ["--epochs", "--batch-size", "--validation", "--vectors", "--json"];

    [Theory]
    [InlineData("--epoch", "--epochs")]
    [InlineData("--ephocs", "--epochs")]
    [InlineData("--batchsize", "--batch-size")]
    [InlineData("--val", "--validation")]
    [InlineData("--jsno", "--json")]
    [InlineData("--color", null)]
    [InlineData("x", null)]
    public void The_nearest_name_or_none(string word, string? expected) =>
        Assert.Equal(expected, Suggestions.Nearest(word, Names));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("tarin", "train", 1)]
    public void A_swap_of_neighbours_costs_one(string a, string b, int distance) =>
        Assert.Equal(distance, Suggestions.Distance(a, b));
}
