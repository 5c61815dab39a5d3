using System.Globalization;
using Firn.Training;

namespace Firn.Recipes;

/// <summary>Settings that suit a data set by its number of texts.</summary>
[Flags]
public enum SizeSettings
{
    /// <summary>None: all stay as they are.</summary>
    None = 0,

    /// <summary>
    /// Texts a step: some eight hundred steps an epoch where there are texts enough, 32 to 256 texts each.
    /// </summary>
    BatchSize = 1,

    /// <summary>Epochs: 5 from 200,000 texts on, more for fewer, with the fourth root; 15 at most.</summary>
    Epochs = 2,

    /// <summary>Least count of a word that gets a vector: 2 below 20,000 texts, else 5.</summary>
    MinCount = 4,

    /// <summary>Share of the texts that measure each epoch: a tenth below 100,000 texts, else a twentieth.</summary>
    ValidationShare = 8,

    /// <summary>
    /// Characters of words in the linear part, where there is one: runs of up to 5 below 20,000 texts, else none.
    /// </summary>
    Characters = 16,

    /// <summary>Tokens a text, at most: what 99.9% of the training texts need, 100 to 512.</summary>
    MaxTokens = 32,

    /// <summary>
    /// Folds in the place of validation texts, and word vectors that repeat bit for bit: five from 20 to 3,000 texts,
    /// else none.
    /// </summary>
    Folds = 64,

    /// <summary>Those that the preset tweets leaves to the number of texts.</summary>
    Tweets = BatchSize | Epochs | MinCount | ValidationShare | Characters | MaxTokens | Folds,

    /// <summary>Skip-gram where there are few tokens, else CBOW.</summary>
    SkipGram = 128,

    /// <summary>Passes over the texts for word vectors: until eight million tokens are seen, 10 to 30.</summary>
    VectorEpochs = 256,

    /// <summary>
    /// Below 50,000 texts that are not cross-validated the table stays frozen until the model is at its best and then
    /// trains alone, 24 epochs in all.
    /// </summary>
    Schedule = 512,

    /// <summary>A second training on validation texts too, below 50,000 texts that are not cross-validated.</summary>
    Refit = 1024,

    /// <summary>Penalty and weighting of the linear part, by texts that it has not seen.</summary>
    Linear = 2048,

    /// <summary>All of them.</summary>
    All = Tweets | SkipGram | VectorEpochs | Schedule | Refit | Linear,
}

/// <summary>The values, found by measurement (docs/accuracy.md).</summary>
internal static class SettingsBySize
{
    private const int ManyTexts = 200_000,
        FewTexts = ManyTexts / 10,
        LongestCharacters = 5,
        MinTokens = 100,
        MaxTokens = 512,
        DefaultFolds = 5,
        FewestForFolds = 20,
        MaxForFolds = 3000;
    private const int MaxForThaw = 50_000,
        ThawEpochs = 24,
        FewestPasses = 10,
        MaxPasses = 30;
    private const long TokensToSee = 8_000_000,
        MaxForSkipGram = 2_000_000;

    /// <summary>
    /// The length that 999 of 1,000 training texts keep to. A token costs time and memory of training, so long texts
    /// are bounded; short ones leave room for longer texts to come.
    /// </summary>
    /// <param name="texts">The training texts.</param>
    public static int MaxTokensFor(IEnumerable<ReadOnlyMemory<int>> texts)
    {
        int[] lengths = [.. texts.Select(text => text.Length).Order()];
        return lengths.Length == 0
            ? MinTokens
            : Math.Clamp(lengths[(int)((lengths.Length - 1) * 0.999)], MinTokens, MaxTokens);
    }

    /// <summary>What was chosen, and what it follows from.</summary>
    public static IEnumerable<RecipeChoice> Explained(RecipeOptions chosen, CorpusSize size, SizeSettings which)
    {
        string tokens = string.Create(CultureInfo.InvariantCulture, $"{size.Tokens:N0} tokens"),
            texts = string.Create(CultureInfo.InvariantCulture, $"{size.Texts:N0} texts");
        if (
            (which & (SizeSettings.SkipGram | SizeSettings.VectorEpochs)) != 0
            && chosen is { VectorsPath: null, From: null }
        )
            yield return new(
                "word vectors",
                $"{(chosen.Word2Vec.SkipGram ? "skip-gram" : "CBOW")}, {chosen.Word2Vec.Epochs} passes over {tokens}"
            );
        if (which.HasFlag(SizeSettings.Schedule))
        {
            yield return new(
                "schedule",
                chosen.Folds > 0
                    ? $"{chosen.Training.Schedule.Name}, {chosen.Folds} folds in the place of validation texts, for "
                        + $"{texts} are few"
                    : $"{chosen.Training.Schedule.Name}, {chosen.Training.Epochs} epochs at most, by {texts}"
            );
        }
        if (which.HasFlag(SizeSettings.Refit) && chosen.Refit)
            yield return new("second training", $"on validation texts too, by {texts}");
    }

    private static int PassesOver(long tokens) =>
        (int)Math.Clamp((TokensToSee + tokens - 1) / Math.Max(tokens, 1), FewestPasses, MaxPasses);

    /// <summary>Whether nothing is asked for that needs validation texts.</summary>
    private static bool CanFold(RecipeOptions options) =>
        !options.Refit
        && options.Training is { ReduceLearningRate: null, EarlyStopping: null, Schedule.LastsUntilBest: false }
        && options.ValidationShare > 0;

    /// <summary>The settings that differ between two sets of options.</summary>
    public static SizeSettings ChangedIn(RecipeOptions before, RecipeOptions after)
    {
        SizeSettings changed = SizeSettings.None;
        Mark(SizeSettings.BatchSize, before.Training.BatchSize != after.Training.BatchSize);
        Mark(SizeSettings.Epochs, before.Training.Epochs != after.Training.Epochs);
        Mark(SizeSettings.MinCount, before.Word2Vec.MinCount != after.Word2Vec.MinCount);
        Mark(SizeSettings.ValidationShare, before.ValidationShare != after.ValidationShare);
        Mark(SizeSettings.Characters, before.LinearBranch?.LongestCharacters != after.LinearBranch?.LongestCharacters);
        Mark(SizeSettings.MaxTokens, before.MaxTokens != after.MaxTokens);
        Mark(SizeSettings.Folds, before.Folds != after.Folds);
        return changed;

        void Mark(SizeSettings setting, bool differs) => changed |= differs ? setting : SizeSettings.None;
    }

    /// <summary>The options with the named settings chosen for so many labeled texts.</summary>
    /// <param name="options">What is not named.</param>
    /// <param name="size">Of the corpus.</param>
    /// <param name="which">The settings to choose.</param>
    /// <param name="validated">Whether texts of their own validate.</param>
    public static RecipeOptions ForTexts(
        this RecipeOptions options,
        CorpusSize size,
        SizeSettings which,
        bool validated = false
    )
    {
        int texts = size.Texts;
        int batch = 32;
        while (batch < 256 && texts > batch * 1200)
            batch *= 2;
        bool folds =
            which.HasFlag(SizeSettings.Folds) && texts is >= FewestForFolds and <= MaxForFolds && CanFold(options);
        int epochs = (int)Math.Clamp(Math.Round(5 * Math.Pow((double)ManyTexts / Math.Max(texts, 1), 0.25)), 5, 15);
        bool second = !folds && options.Folds == 0 && texts < MaxForThaw && (validated || options.ValidationShare > 0);
        bool thaw = second && which.HasFlag(SizeSettings.Schedule);
        bool vectors = options is { VectorsPath: null, From: null };
        return options with
        {
            Refit = second && which.HasFlag(SizeSettings.Refit) || options.Refit,
            ValidationShare = which.HasFlag(SizeSettings.ValidationShare)
                ? (texts < ManyTexts / 2 ? 0.1 : 0.05)
                : options.ValidationShare,
            Folds = folds ? DefaultFolds : options.Folds,
            Word2Vec = options.Word2Vec with
            {
                MinCount = which.HasFlag(SizeSettings.MinCount)
                    ? (texts < FewTexts ? 2 : 5)
                    : options.Word2Vec.MinCount,
                Deterministic = folds || options.Word2Vec.Deterministic,
                SkipGram =
                    vectors && which.HasFlag(SizeSettings.SkipGram)
                        ? size.Tokens < MaxForSkipGram
                        : options.Word2Vec.SkipGram,
                Epochs =
                    vectors && which.HasFlag(SizeSettings.VectorEpochs)
                        ? PassesOver(size.Tokens)
                        : options.Word2Vec.Epochs,
            },
            LinearBranch =
                which.HasFlag(SizeSettings.Characters) && options.LinearBranch is { } linear
                    ? linear with
                    {
                        LongestCharacters = texts < FewTexts ? LongestCharacters : 0,
                    }
                    : options.LinearBranch,
            Training = options.Training with
            {
                BatchSize = which.HasFlag(SizeSettings.BatchSize) ? batch : options.Training.BatchSize,
                Epochs = which.HasFlag(SizeSettings.Epochs)
                    ? thaw
                        ? ThawEpochs
                        : epochs
                    : options.Training.Epochs,
                Schedule = thaw ? ThawSchedule.ThawEmbeddingAtBest : options.Training.Schedule,
            },
        };
    }
}
