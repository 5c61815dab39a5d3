using Firn.Linear;
using Firn.Text;

namespace Firn.Tests.Linear;

public class NgramClassifierTests
{
    private static readonly Vocabulary Words = WordsOf([
        .. Enumerable.Range(1, 29).Select(i => $"token{(char)('a' + i % 26)}{i}"),
    ]);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void One_text_scores_as_the_matrix_does(int classes)
    {
        (RaggedIds texts, int[] labels) = Draw(300, classes);
        var options = new LinearBranchOptions { Longest = 2 };
        NgramClassifier model = NgramClassifier.Fit(texts, Words, labels, classes, [], options, 2);
        SparseMatrix rows = model.Vectorizer.Transform(new IdSource(texts, model.Vectorizer.Options), 2);
        var expected = new double[texts.Count * model.OutputSize];
        rows.Multiply([.. model.Weights.Select(w => (double)w)], model.OutputSize, expected, 1);
        var scratch = new NgramScratch();
        for (int text = 0; text < texts.Count; text++)
        {
            var logits = new float[model.OutputSize];
            model.AddLogits(texts[text], logits, scratch);
            for (int k = 0; k < logits.Length; k++)
                Assert.Equal(expected[text * logits.Length + k] + model.Intercepts[k], logits[k], 1e-4);
        }
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(2, 5)]
    [InlineData(3, 5)]
    public void The_shares_of_the_tokens_sum_to_the_logit(int classes, int characters)
    {
        (RaggedIds texts, int[] labels) = Draw(300, classes);
        NgramClassifier model = NgramClassifier.Fit(
            texts,
            Words,
            labels,
            classes,
            [],
            new LinearBranchOptions { LongestCharacters = characters },
            1
        );
        for (int text = 0; text < 40; text++)
        {
            var logits = new float[model.OutputSize];
            model.AddLogits(texts[text], logits, new NgramScratch());
            int output = logits.Length - 1;
            double[] shares = model.TokenShares(texts[text], output).Shares;
            Assert.Equal(texts.LengthOf(text), shares.Length);
            Assert.Equal(logits[output] - model.Intercepts[output], shares.Sum(), 1e-4);
        }
    }

    [Fact]
    public void The_token_that_tells_the_class_has_the_largest_share()
    {
        (RaggedIds texts, int[] labels) = Draw(400, 2);
        NgramClassifier model = NgramClassifier.Fit(
            texts,
            Words,
            labels,
            2,
            [],
            new LinearBranchOptions { Longest = 1 },
            1
        );
        double[] shares = model.TokenShares([7, 2, 9], 0).Shares;
        Assert.True(
            shares[1] > 3 * Math.Abs(shares[0]) && shares[1] > 3 * Math.Abs(shares[2]),
            string.Join(" ", shares)
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Scoring_allocates_nothing_once_the_lists_have_grown(int characters)
    {
        (RaggedIds texts, int[] labels) = Draw(200, 2);
        NgramClassifier model = NgramClassifier.Fit(
            texts,
            Words,
            labels,
            2,
            [],
            new LinearBranchOptions { LongestCharacters = characters },
            1
        );
        var scratch = new NgramScratch();
        var logits = new float[1];
        for (int text = 0; text < texts.Count; text++)
            model.AddLogits(texts[text], logits, scratch);
        Assert.Equal(
            0,
            Allocations.Of(() =>
            {
                for (int text = 0; text < texts.Count; text++)
                    model.AddLogits(texts[text], logits, scratch);
            })
        );
    }

    private static Vocabulary WordsOf(IReadOnlyList<string> words)
    {
        var builder = new VocabularyBuilder();
        for (int i = 0; i < words.Count; i++)
            builder.Add(words[i], 1000 - i);
        return builder.Build();
    }

    /// <summary>Texts of ids 4 to 29, in which id 1 + class tells the class four times out of five.</summary>
    private static (RaggedIds Texts, int[] Labels) Draw(int count, int classes)
    {
        var random = new Random(11);
        var labels = new int[count];
        var texts = new int[count][];
        for (int i = 0; i < count; i++)
        {
            labels[i] = random.Next(classes);
            texts[i] = [.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => random.Next(4, 30))];
            if (random.NextDouble() < 0.8)
                texts[i] = [.. texts[i], 1 + labels[i]];
        }
        return (RaggedIds.From(texts), labels);
    }
}
