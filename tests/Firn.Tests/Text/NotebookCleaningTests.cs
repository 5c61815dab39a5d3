using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Firn.Text;

namespace Firn.Tests.Text;

/// <summary>
/// The preset <c>notebook</c> against Python's re, str.lower and NLTK (tools/golden/text_notebook.py).
/// </summary>
public class NotebookCleaningTests
{
    private static readonly JsonElement Golden = TextGolden.Read("notebook.json");

    [Fact]
    public void Cleans_nasty_cases_as_Python_does()
    {
        var cleaner = new Cleaner(CleaningOptions.Notebook);
        foreach (JsonElement pair in Golden.GetProperty("cases").EnumerateArray())
            Assert.Equal(pair[1].GetString(), cleaner.Clean(pair[0].GetString()!));
    }

    [Fact]
    public void Cleans_every_tweet_as_Python_does()
    {
        string[] tweets = TextGolden.Tweets();
        Assert.Equal(Golden.GetProperty("raw_sha256").GetString(), TextGolden.Sha(tweets));
        var cleaner = new Cleaner(CleaningOptions.Notebook);
        int i = 0;
        foreach (JsonElement expected in Golden.GetProperty("cleaned_first").EnumerateArray())
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(cleaner.Clean(tweets[i++])));
            Assert.True(
                Convert.ToHexStringLower(hash).StartsWith(expected.GetString()!, StringComparison.Ordinal),
                tweets[i - 1]
            );
        }
        Assert.Equal(Golden.GetProperty("cleaned_sha256").GetString(), TextGolden.Sha(tweets.Select(cleaner.Clean)));
    }

    [Theory]
    [InlineData(false, "tokens_sha256")]
    [InlineData(true, "stemmed_sha256")]
    public void Tokens_of_every_tweet_are_those_of_NLTK(bool stem, string golden)
    {
        var tokenizer = new Tokenizer(CleaningOptions.Notebook with { Stem = stem });
        var tokens = new TokenBuffer();
        Assert.Equal(
            Golden.GetProperty(golden).GetString(),
            TextGolden.Sha(
                TextGolden
                    .Tweets()
                    .Select(tweet =>
                    {
                        tokenizer.Tokenize(tweet, tokens);
                        return string.Join(' ', tokens.ToArray());
                    })
            )
        );
    }

    [Fact]
    public void Tokens_of_nasty_cases_are_the_words_of_the_cleaned_text()
    {
        var cleaner = new Cleaner(CleaningOptions.Notebook);
        var tokenizer = new Tokenizer(CleaningOptions.Notebook with { RemoveStopWords = false });
        foreach (JsonElement pair in Golden.GetProperty("cases").EnumerateArray())
            Assert.Equal(
                pair[1].GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                tokenizer.Tokenize(pair[0].GetString()!)
            );
    }
}
