using Firn.Recipes;

namespace Firn;

/// <content>Recipes made of others.</content>
public sealed partial class Recipe
{
    /// <summary>
    /// The same recipe with changed options, and all else as it is: <c>Recipe.Tweets.With(o => o with { MaxTokens = 50
    /// })</c>. What is changed is taken as it is given, and no longer chosen by the number of texts
    /// (<see cref="BySize"/>).
    /// </summary>
    /// <param name="change">Gets the options and returns changed ones.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Recipe With(Func<RecipeOptions, RecipeOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        RecipeOptions changed =
            change(Options)
            ?? throw new ArgumentException("The changed options are null; return options.", nameof(change));
        return new Recipe(changed)
        {
            CheckpointPath = CheckpointPath,
            Validation = Validation,
            BySize = BySize & ~SettingsBySize.ChangedIn(Options, changed),
            MemoryLimit = MemoryLimit,
            Start = Start,
        };
    }
}
