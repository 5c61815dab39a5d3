using Firn.Text;

namespace Firn.Audit;

/// <summary>One switch of <see cref="CleaningOptions"/>.</summary>
/// <param name="Name">In words.</param>
/// <param name="IsOn">Whether the options have it.</param>
/// <param name="Without">The options without it.</param>
internal sealed record CleaningRule(
    string Name,
    Func<CleaningOptions, bool> IsOn,
    Func<CleaningOptions, CleaningOptions> Without
)
{
    /// <summary>Every rule, in the order of the options.</summary>
    public static IReadOnlyList<CleaningRule> All { get; } =
    [
        new("lower case", o => o.LowerCase, o => o with { LowerCase = false }),
        new("replace users", o => o.ReplaceUsers, o => o with { ReplaceUsers = false }),
        new("replace addresses", o => o.ReplaceUrls, o => o with { ReplaceUrls = false }),
        new("unescape HTML", o => o.UnescapeHtml, o => o with { UnescapeHtml = false }),
        new("remove markup", o => o.RemoveMarkup, o => o with { RemoveMarkup = false }),
        new("split hash tags", o => o.SplitHashTags, o => o with { SplitHashTags = false }),
        new("keep hash tags", o => o.KeepHashTags, o => o with { KeepHashTags = false }),
        new("drop hash tags", o => o.DropHashTags, o => o with { DropHashTags = false }),
        new("keep emoticons", o => o.KeepEmoticons, o => o with { KeepEmoticons = false }),
        new("keep emoji", o => o.KeepEmoji, o => o with { KeepEmoji = false }),
        new("keep tone", o => o.KeepTone, o => o with { KeepTone = false }),
        new("keep punctuation", o => o.KeepPunctuation, o => o with { KeepPunctuation = false }),
        new("keep contractions", o => o.KeepContractions, o => o with { KeepContractions = false }),
        new("restore apostrophes", o => o.RestoreApostrophes, o => o with { RestoreApostrophes = false }),
        new("drop possessives", o => o.DropPossessives, o => o with { DropPossessives = false }),
        new("squeeze repeats", o => o.SqueezeRepeats, o => o with { SqueezeRepeats = false }),
        new("replace numbers", o => o.ReplaceNumbers, o => o with { ReplaceNumbers = false }),
        new("split scripts without spaces", o => o.SplitUnspacedScripts, o => o with { SplitUnspacedScripts = false }),
        new("remove stop words", o => o.RemoveStopWords, o => o with { RemoveStopWords = false }),
        new("stem", o => o.Stem, o => o with { Stem = false }),
    ];
}
