using Firn.Recipes;

namespace Firn.Tests.Recipes;

public sealed class SettingsBySizeTests
{
    [Theory] // the table of docs/training.md
    [InlineData(3_000, 32, 14, 2, 0.1, 5)]
    [InlineData(10_000, 32, 11, 2, 0.1, 5)]
    [InlineData(25_000, 32, 8, 5, 0.1, 0)]
    [InlineData(50_000, 64, 7, 5, 0.1, 0)]
    [InlineData(100_000, 128, 6, 5, 0.05, 0)]
    [InlineData(218_063, 256, 5, 5, 0.05, 0)]
    [InlineData(1_600_000, 256, 5, 5, 0.05, 0)]
    [InlineData(2, 32, 15, 2, 0.1, 5)]
    public void Settings_follow_from_the_number_of_texts(
        int texts,
        int batch,
        int epochs,
        int minCount,
        double validation,
        int characters
    )
    {
        RecipeOptions fitted = RecipeOptions.Tweets.ForTexts(texts, SizeSettings.All);
        Assert.Equal(
            (batch, epochs, minCount, validation),
            (fitted.Training.BatchSize, fitted.Training.Epochs, fitted.Word2Vec.MinCount, fitted.ValidationShare)
        );
        Assert.Equal(characters, fitted.LinearBranch!.LongestCharacters);
        Assert.Null((RecipeOptions.Tweets with { LinearBranch = null }).ForTexts(texts, SizeSettings.All).LinearBranch);
        Assert.Equal(RecipeOptions.Tweets, RecipeOptions.Tweets.ForTexts(texts, SizeSettings.None));
        Assert.Equal(
            RecipeOptions.Tweets.Training.Epochs,
            RecipeOptions.Tweets.ForTexts(texts, SizeSettings.All & ~SizeSettings.Epochs).Training.Epochs
        );
    }

    [Fact]
    public void A_recipe_chooses_only_what_it_is_asked_to_and_the_result_says_what()
    {
        RecipeOptions options = RecipeOptions.Tweets with
        {
            LinearBranch = null,
            Training = RecipeOptions.Tweets.Training with { Epochs = 1, Threads = 1 },
        };
        RecipeResult asked = Train(
            new Recipe(options) { BySize = SizeSettings.All & ~SizeSettings.Epochs & ~SizeSettings.Folds }
        );
        RecipeResult plain = Train(new Recipe(options));
        Assert.Equal(
            (32, 1, 2),
            (asked.Options.Training.BatchSize, asked.Options.Training.Epochs, asked.Options.Word2Vec.MinCount)
        );
        Assert.InRange(asked.ValidationTexts, 30, 36); // equal texts stay together, so there may be fewer than a tenth
        Assert.Equal(360, asked.ValidationTexts + asked.TrainTexts);
        Assert.Equal(
            (256, 1, 5),
            (plain.Options.Training.BatchSize, plain.Options.Training.Epochs, plain.Options.Word2Vec.MinCount)
        );
        Assert.Equal(SizeSettings.All, Recipe.Tweets.BySize);
        Assert.Equal(SizeSettings.None, Recipe.Notebook.BySize);
    }

    private static RecipeResult Train(Recipe recipe) =>
        recipe.Train(ToyCorpus.Make(400), cancellation: TestContext.Current.CancellationToken);
}
