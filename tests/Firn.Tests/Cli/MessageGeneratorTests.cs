using System.Security.Cryptography;
using System.Text;
using Firn.Cli.Quickstart;

namespace Firn.Tests.Cli;

public sealed class MessageGeneratorTests
{
    [Fact]
    public void Equal_seeds_give_the_same_messages_on_every_machine()
    {
        string all = string.Join('\n', new MessageGenerator(42).Generate(1000).Select(m => $"{m.Label}\t{m.Text}"));
        Assert.Equal("49945b351797e147", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..16]);
        Assert.NotEqual(new MessageGenerator(1).Generate(20), new MessageGenerator(2).Generate(20));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 500)]
    [InlineData(1001, 500)]
    public void Labels_are_balanced(int count, int positive) =>
        Assert.Equal(
            positive,
            new MessageGenerator(3).Generate(count).Count(m => m.Label == MessageGenerator.PositiveLabel)
        );

    [Fact]
    public void Of_a_set_of_synonyms_the_last_is_rare_and_present()
    {
        var words = new MessageGenerator(5)
            .Generate(20_000)
            .SelectMany(m => m.Text.ToLowerInvariant().Split(' '))
            .CountBy(w => w)
            .ToDictionary();
        Assert.InRange(words["television"], 5, 200);
        Assert.True(words["tv"] > 8 * words["television"], $"tv {words["tv"]}, television {words["television"]}");
        Assert.True(words["telly"] > words["television"]);
    }

    [Fact]
    public void Words_alone_do_not_tell_the_label()
    {
        // Every word votes by the labels it was seen with; if that settled nearly every message, the task would be
        // trivial.
        var messages = new MessageGenerator(11).Generate(12_000);
        var score = new Dictionary<string, (double Positive, double All)>();
        foreach (var (label, text) in messages.AsSpan(0, 10_000).ToArray())
        {
            foreach (string word in text.ToLowerInvariant().Split(' ').Distinct())
            {
                var (positive, all) = score.GetValueOrDefault(word, (1, 2));
                score[word] = (positive + (label == MessageGenerator.PositiveLabel ? 1 : 0), all + 1);
            }
        }
        int right = 0;
        foreach (var (label, text) in messages.AsSpan(10_000).ToArray())
        {
            double odds = text.ToLowerInvariant()
                .Split(' ')
                .Distinct()
                .Where(score.ContainsKey)
                .Sum(word => Math.Log(score[word].Positive / (score[word].All - score[word].Positive)));
            right += odds > 0 == (label == MessageGenerator.PositiveLabel) ? 1 : 0;
        }
        Assert.InRange(right / 2000.0, 0.65, 0.85);
    }
}
