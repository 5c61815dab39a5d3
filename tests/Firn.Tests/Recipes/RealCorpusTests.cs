using Firn.Data;
using Firn.Model;
using Firn.Recipes;
using Firn.Training;
using Firn.Vectors.Training;

namespace Firn.Tests.Recipes;

/// <summary>
/// Real sets of different layouts go through the whole recipe with no preparation; one epoch, for speed.
/// </summary>
public class RealCorpusTests
{
    [Theory]
    [InlineData(
        "tweeteval/emotion/train_text.txt",
        "tweeteval/emotion/test_text.txt",
        "anger,joy,optimism,sadness",
        3257,
        1421
    )]
    [InlineData("tweeteval/irony/train_text.txt", "tweeteval/irony/test_text.txt", "non_irony,irony", 2862, 784)]
    [InlineData("kim2014/TREC.train.all", "kim2014/TREC.test.all", "0,1,2,3,4,5", 5452, 500)]
    [InlineData(
        "reuters_r8/r8-train.txt",
        "reuters_r8/r8-test.txt",
        "acq,crude,earn,grain,interest,money-fx,ship,trade",
        5485,
        2189
    )]
    [InlineData("sentiment140/testdata.manual.2009.06.14.csv", null, "negative,neutral,positive", 398, 100)]
    public void Trains_and_tests(string train, string? test, string labels, int trainTexts, int testTexts)
    {
        RecipeOptions options = RecipeOptions.Notebook with
        {
            Word2Vec = new Word2VecOptions
            {
                VectorSize = 16,
                MinCount = 3,
                Epochs = 1,
            },
            Classifier = new ClassifierOptions { HiddenSize = 8 },
            Training = new TrainingOptions
            {
                Epochs = 1,
                BatchSize = 256,
                LearningRate = 0.01,
            },
        };
        RecipeResult result = new Recipe(options).Train(
            CorpusReader.Open(Data.Path(train)),
            test is null ? null : CorpusReader.Open(Data.Path(test)),
            null,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(labels.Split(','), result.Predictor.Labels);
        Assert.Equal((trainTexts, testTexts), (result.TrainTexts + result.ValidationTexts, result.TestTexts));
        Assert.Equal(testTexts, result.Test!.Confusion.Sum(row => row.Sum()));
        Assert.All(result.Errors, error => Assert.NotEmpty(error.Text));
    }
}
