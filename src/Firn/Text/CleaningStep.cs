using System.Text.Json.Serialization;

namespace Firn.Text;

/// <summary>
/// One step of an author's own cleaning, before Keras saw the text. As JSON it is an object of one kind:
/// <c>{"lower_case": true}</c>, <c>{"replace": "https?://\\S+", "by": " "}</c>, <c>{"drop_words": ["the", "a"]}</c>,
/// <c>{"drop_stop_words": "english"}</c>, <c>{"stem": "english"}</c>, <c>{"preset": "notebook"}</c>.
/// </summary>
/// <remarks>
/// Patterns are matched in time linear in the text (no look-around, no back references); they are data, and no code of
/// a file is run. Steps that speak of words cut at white space and join by one space.
/// </remarks>
public sealed record CleaningStep
{
    /// <summary>Python's <c>str.lower</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LowerCase { get; init; }

    /// <summary>A regular expression whose matches are replaced, as <c>re.sub</c> does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Replace { get; init; }

    /// <summary>What stands in a match's place, as it is; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? By { get; init; }

    /// <summary>Words that go, as they stand.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? DropWords { get; init; }

    /// <summary>The language whose stop words go: <c>english</c>, NLTK's 179.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DropStopWords { get; init; }

    /// <summary>The language by whose Snowball stemmer words are stemmed: <c>english</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Stem { get; init; }

    /// <summary>
    /// A cleaning of Firn's whose tokens, with a space between, are the text: <c>notebook</c> or <c>tweets</c>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Preset { get; init; }

    /// <inheritdoc/>
    public bool Equals(CleaningStep? other) =>
        other is not null
        && (LowerCase, Replace, By, DropStopWords, Stem, Preset)
            == (other.LowerCase, other.Replace, other.By, other.DropStopWords, other.Stem, other.Preset)
        && (DropWords ?? []).SequenceEqual(other.DropWords ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(LowerCase, Replace, By, DropStopWords, Stem, Preset, DropWords?.Count);
}
