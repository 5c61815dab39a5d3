using Firn.Text;

namespace Firn.Tests.Text;

public class SnowballEnglishTests
{
    [Fact]
    public void Stems_the_whole_classic_vocabulary_as_Snowball_does()
    {
        string[] words = File.ReadAllLines(Data.Path("text/snowball_english_classic/voc.txt"));
        string[] stems = File.ReadAllLines(Data.Path("text/snowball_english_classic/output.txt"));
        Assert.Equal(29_417, words.Length);
        string[] wrong =
        [
            .. words
                .Zip(stems)
                .Where(p => SnowballEnglish.Stem(p.First) != p.Second)
                .Select(p => $"{p.First} gave {SnowballEnglish.Stem(p.First)}, not {p.Second}"),
        ];
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("'", "'")]
    [InlineData("y", "y")]
    [InlineData("skies", "sky")]
    [InlineData("generously", "generous")]
    [InlineData("hopping", "hop")]
    [InlineData("hoping", "hope")]
    [InlineData("'''", "'")]
    [InlineData("realization", "realiz")]
    [InlineData("don't", "don't")]
    public void Stems_single_words(string word, string stem) => Assert.Equal(stem, SnowballEnglish.Stem(word));
}
