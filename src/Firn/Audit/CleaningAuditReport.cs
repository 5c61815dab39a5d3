namespace Firn.Audit;

/// <summary>How much of one kind of token cleaning leaves.</summary>
/// <param name="Kind">negations, emoticons, emoji, hash tags, sentiment punctuation.</param>
/// <param name="Before">How many the texts have.</param>
/// <param name="After">How many are left as tokens (of hash tags: texts with one whose words are left).</param>
public readonly record struct KindLoss(string Kind, long Before, long After);

/// <summary>What one rule does.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="TextsChanged">Texts whose tokens are others without the rule.</param>
/// <param name="Tokens">Tokens that there would be more (or, below 0, fewer) without the rule.</param>
/// <param name="Accuracy">Accuracy without the rule; null where it was not measured.</param>
public readonly record struct RuleEffect(string Rule, long TextsChanged, long Tokens, double? Accuracy);

/// <summary>A negation that cleaning takes from before a word that it keeps: "not good" becomes "good".</summary>
/// <param name="Before">The words in the text.</param>
/// <param name="After">What is left of them.</param>
/// <param name="Count">How often.</param>
public readonly record struct PolarityFlip(string Before, string After, long Count);

/// <summary>Share of the tokens of one class that a vocabulary of the other texts lacks.</summary>
/// <param name="Class">The class.</param>
/// <param name="Share">In [0, 1].</param>
public readonly record struct UnknownShare(string Class, double Share);

/// <summary>What label the texts with a hash tag have.</summary>
/// <param name="Tag">The hash tag, lower-cased, without its sign.</param>
/// <param name="Texts">Texts that have it.</param>
/// <param name="Class">The class most of them have.</param>
/// <param name="Share">Share of them with that class, in (0, 1].</param>
public readonly record struct HashTagLabel(string Tag, long Texts, string Class, double Share);

/// <summary>Texts of one file that another file has too.</summary>
/// <param name="File">The file whose texts are counted.</param>
/// <param name="In">The file that has them too.</param>
/// <param name="Texts">Texts of the first.</param>
/// <param name="Shared">Those that equal a text of the second after cleaning.</param>
/// <param name="Conflicting">Those of them that bear another label there.</param>
public readonly record struct FileOverlap(string File, string In, long Texts, long Shared, long Conflicting);

/// <summary>What a cleaning does to labeled texts.</summary>
public sealed record CleaningAuditReport
{
    /// <summary>Number of texts.</summary>
    public required long Texts { get; init; }

    /// <summary>Tokens that are left.</summary>
    public required long Tokens { get; init; }

    /// <summary>Texts without any token.</summary>
    public required long Empty { get; init; }

    /// <summary>Texts that others equal, with another label, before cleaning (white space and case aside).</summary>
    public required long ContradictionsBefore { get; init; }

    /// <summary>The same after cleaning.</summary>
    public required long ContradictionsAfter { get; init; }

    /// <summary>Texts that equal an earlier one after cleaning.</summary>
    public required long Repeated { get; init; }

    /// <summary>What each other file shares with the texts, in the order given; empty where none was given.</summary>
    public required IReadOnlyList<FileOverlap> Overlaps { get; init; }

    /// <summary>What is left of each kind of token.</summary>
    public required IReadOnlyList<KindLoss> Kinds { get; init; }

    /// <summary>Negations taken from before a word that stays.</summary>
    public required long Flips { get; init; }

    /// <summary>The most frequent of them.</summary>
    public required IReadOnlyList<PolarityFlip> TopFlips { get; init; }

    /// <summary>The most frequent hash tags that twenty texts or more have.</summary>
    public required IReadOnlyList<HashTagLabel> HashTags { get; init; }

    /// <summary>
    /// Texts with a hash tag of which 95% or more of its texts, twenty at least, have one label: a model may learn the
    /// tags instead of the language, and then fails where the tags are others or mean other things.
    /// </summary>
    public required long SettledByHashTag { get; init; }

    /// <summary>Each rule that is on.</summary>
    public required IReadOnlyList<RuleEffect> Rules { get; init; }

    /// <summary>
    /// Accuracy of logistic regression on words and word pairs with all rules; null where it was not measured.
    /// </summary>
    public required double? Accuracy { get; init; }

    /// <summary>Texts that the accuracies were measured on.</summary>
    public required int AccuracyTexts { get; init; }

    /// <summary>Unknown tokens by class, a tenth of the texts against the vocabulary of the others.</summary>
    public required IReadOnlyList<UnknownShare> Unknown { get; init; }
}
