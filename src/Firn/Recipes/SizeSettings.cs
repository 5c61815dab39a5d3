namespace Firn.Recipes;

/// <summary>Settings that suit a data set by its number of texts.</summary>
[Flags]
public enum SizeSettings
{
    /// <summary>None: all stay as they are.</summary>
    None = 0,

    /// <summary>Texts a step: some eight hundred steps an epoch where there are texts enough, 32 to 256 texts each.</summary>
    BatchSize = 1,

    /// <summary>Epochs: 5 from 200,000 texts on, more for fewer, with the fourth root; 15 at most.</summary>
    Epochs = 2,

    /// <summary>Least count of a word that gets a vector: 2 below 20,000 texts, else 5.</summary>
    MinCount = 4,

    /// <summary>Share of the texts that measure each epoch: a tenth below 100,000 texts, else a twentieth.</summary>
    ValidationShare = 8,

    /// <summary>Characters of words in the linear part, where there is one: runs of up to 5 below 20,000 texts, else none.</summary>
    Characters = 16,

    /// <summary>All of them.</summary>
    All = BatchSize | Epochs | MinCount | ValidationShare | Characters,
}

/// <summary>The values, found by measurement (docs/accuracy.md).</summary>
internal static class SettingsBySize
{
    private const int ManyTexts = 200_000, FewTexts = ManyTexts / 10, LongestCharacters = 5;

    /// <summary>The options with the named settings chosen for so many labelled texts.</summary>
    public static RecipeOptions ForTexts(this RecipeOptions options, int texts, SizeSettings which)
    {
        int batch = 32;
        while (batch < 256 && texts > batch * 1200)
            batch *= 2;
        int epochs = (int)Math.Clamp(Math.Round(5 * Math.Pow((double)ManyTexts / Math.Max(texts, 1), 0.25)), 5, 15);
        return options with
        {
            ValidationShare = which.HasFlag(SizeSettings.ValidationShare) ? (texts < ManyTexts / 2 ? 0.1 : 0.05) : options.ValidationShare,
            Word2Vec = which.HasFlag(SizeSettings.MinCount) ? options.Word2Vec with { MinCount = texts < FewTexts ? 2 : 5 } : options.Word2Vec,
            Wide = which.HasFlag(SizeSettings.Characters) && options.Wide is { } wide
                ? wide with { LongestCharacters = texts < FewTexts ? LongestCharacters : 0 } : options.Wide,
            Training = options.Training with
            {
                BatchSize = which.HasFlag(SizeSettings.BatchSize) ? batch : options.Training.BatchSize,
                Epochs = which.HasFlag(SizeSettings.Epochs) ? epochs : options.Training.Epochs,
            },
        };
    }
}
