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

    /// <summary>All of them.</summary>
    All = BatchSize | Epochs | MinCount | ValidationShare | Characters | MaxTokens | Folds,
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
    public static RecipeOptions ForTexts(this RecipeOptions options, int texts, SizeSettings which)
    {
        int batch = 32;
        while (batch < 256 && texts > batch * 1200)
            batch *= 2;
        bool folds =
            which.HasFlag(SizeSettings.Folds) && texts is >= FewestForFolds and <= MaxForFolds && CanFold(options);
        int epochs = (int)Math.Clamp(Math.Round(5 * Math.Pow((double)ManyTexts / Math.Max(texts, 1), 0.25)), 5, 15);
        return options with
        {
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
                Epochs = which.HasFlag(SizeSettings.Epochs) ? epochs : options.Training.Epochs,
            },
        };
    }
}
