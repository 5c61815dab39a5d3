namespace Firn.Tests.Cli;

public sealed class ShellTests
{
    [Theory]
    [InlineData("models/tweets", "models/tweets")]
    [InlineData("", "''")]
    [InlineData("my data.csv", "'my data.csv'")]
    [InlineData("it's.csv", "\"it's.csv\"")]
    [InlineData("it's $5.csv", "'it'\\''s $5.csv'")]
    public void A_word_can_be_copied_into_a_shell(string word, string expected) =>
        Assert.Equal(expected, global::Firn.Cli.Output.Shell.Quoted(word));
}
