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
        RecipeOptions fitted = RecipeOptions.Tweets.ForTexts(new CorpusSize(texts, 0), SizeSettings.Tweets);
        Assert.Equal(
            (batch, epochs, minCount, validation),
            (fitted.Training.BatchSize, fitted.Training.Epochs, fitted.Word2Vec.MinCount, fitted.ValidationShare)
        );
        Assert.Equal(characters, fitted.LinearBranch!.LongestCharacters);
        Assert.Null(
            (RecipeOptions.Tweets with { LinearBranch = null })
                .ForTexts(new CorpusSize(texts, 0), SizeSettings.Tweets)
                .LinearBranch
        );
        Assert.Equal(RecipeOptions.Tweets, RecipeOptions.Tweets.ForTexts(new CorpusSize(texts, 0), SizeSettings.None));
        Assert.Equal(
            RecipeOptions.Tweets.Training.Epochs,
            RecipeOptions
                .Tweets.ForTexts(new CorpusSize(texts, 0), SizeSettings.Tweets & ~SizeSettings.Epochs)
                .Training.Epochs
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
            new Recipe(options) { BySize = SizeSettings.Tweets & ~SizeSettings.Epochs & ~SizeSettings.Folds }
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
        Assert.Equal(SizeSettings.Tweets, Recipe.Tweets.BySize);
        Assert.Equal(SizeSettings.All, Recipe.Default.BySize);
        Assert.Equal(SizeSettings.None, Recipe.Notebook.BySize);
    }

    [Theory] // texts, tokens; then passes, skip-gram, whether the table thaws and all texts train again, folds
    [InlineData(2_000, 30_000, 30, true, false, 5)]
    [InlineData(8_000, 160_000, 30, true, true, 0)]
    [InlineData(20_000, 400_000, 20, true, true, 0)]
    [InlineData(5_000, 1_200_000, 10, true, true, 0)]
    [InlineData(30_000, 6_000_000, 10, false, true, 0)]
    [InlineData(218_063, 3_400_000, 10, false, false, 0)]
    public void The_default_follows_texts_and_tokens(
        int texts,
        long tokens,
        int passes,
        bool skipGram,
        bool thaws,
        int folds
    )
    {
        RecipeOptions chosen = RecipeOptions.Default.ForTexts(new CorpusSize(texts, tokens), SizeSettings.All);
        Assert.Equal((passes, skipGram, folds), (chosen.Word2Vec.Epochs, chosen.Word2Vec.SkipGram, chosen.Folds));
        Assert.Equal((thaws, thaws), (chosen.Refit, chosen.Training.Schedule.LastsUntilBest));
        Assert.Equal(
            thaws
                ? 24
                : RecipeOptions.Default.ForTexts(new CorpusSize(texts, tokens), SizeSettings.Tweets).Training.Epochs,
            chosen.Training.Epochs
        );
        // Without texts that validate there is no best epoch to find, and nothing to train on again.
        RecipeOptions blind = (RecipeOptions.Default with { ValidationShare = 0 }).ForTexts(
            new CorpusSize(texts, tokens),
            SizeSettings.All & ~SizeSettings.ValidationShare & ~SizeSettings.Folds
        );
        Assert.Equal((false, false), (blind.Refit, blind.Training.Schedule.LastsUntilBest));
    }

    [Fact]
    public void What_was_chosen_is_told_with_its_evidence_in_result_and_bundle()
    {
        RecipeOptions options = RecipeOptions.Default with
        {
            Training = RecipeOptions.Default.Training with { Epochs = 2, Threads = 1 },
        };
        RecipeResult result = Train(
            new Recipe(options)
            {
                BySize =
                    SizeSettings.SkipGram
                    | SizeSettings.VectorEpochs
                    | SizeSettings.Linear
                    | SizeSettings.ValidationShare,
            }
        );
        Assert.Equal(["word vectors", "linear part"], result.Choices.Select(choice => choice.Setting));
        Assert.Contains("skip-gram, 30 passes over", result.Choices[0].Because, StringComparison.Ordinal);
        Assert.Contains("validation loss", result.Choices[1].Because, StringComparison.Ordinal);
        string record = result.Predictor.Card.Training!.Value.GetProperty("choices").ToString();
        Assert.Contains("skip-gram, 30 passes", record, StringComparison.Ordinal);
        RecipeResult again = Train(new Recipe(result.Options));
        Assert.Equal(result.Test!.Loss, again.Test!.Loss); // what was chosen can be given, and gives the same
    }

    private static RecipeResult Train(Recipe recipe) =>
        recipe.Train(ToyCorpus.Make(400), cancellation: TestContext.Current.CancellationToken);
}
