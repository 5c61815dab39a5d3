using Firn.Server.Models;
using Firn.Server.Settings;

namespace Firn.Server.Tests.Models;

public class VersionPolicyTests
{
    [Theory]
    [InlineData("latest", new long[] { 9 })]
    [InlineData("latest:2", new long[] { 9, 5 })]
    [InlineData("all", new long[] { 9, 5, 3, 1 })]
    [InlineData("specific:3,77", new long[] { 3 })]
    public void PoliciesChoose(string policy, long[] expected) =>
        Assert.Equal(expected, VersionSelection.Choose([1, 3, 5, 9], VersionPolicy.Parse(policy), [], _ => false));

    [Fact]
    public void ABrokenNewestVersionIsPassedOverForTheNext() =>
        Assert.Equal([9, 5], VersionSelection.Choose([1, 5, 9], VersionPolicy.Newest, [], v => v == 9));

    [Fact]
    public void LabeledVersionsAreServedWhateverThePolicy() =>
        Assert.Equal([9, 1], VersionSelection.Choose([1, 5, 9], VersionPolicy.Newest, [1, 4], _ => false));

    [Theory]
    [InlineData("newest")]
    [InlineData("latest:0")]
    [InlineData("latest:x")]
    [InlineData("specific:")]
    [InlineData("specific:1,,2")]
    [InlineData("specific:-1")]
    [InlineData("all:3")]
    public void OtherWordsAreRefused(string policy)
    {
        var error = Assert.Throws<FormatException>(() => VersionPolicy.Parse(policy));
        Assert.Contains("latest:2", error.Message, StringComparison.Ordinal);
    }
}
