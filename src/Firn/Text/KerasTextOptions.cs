namespace Firn.Text;

/// <summary>Where a text is cut into words, in the ways of Keras.</summary>
public enum KerasCut
{
    /// <summary>At one separator alone, as Keras' <c>Tokenizer</c> cuts.</summary>
    Separator,

    /// <summary>At white space: Python's, or of a <c>TextVectorization</c> the six characters of ASCII.</summary>
    WhiteSpace,

    /// <summary>Between characters, of any plane of Unicode.</summary>
    Characters,

    /// <summary>Nowhere: the text is one word.</summary>
    Nowhere,
}

/// <summary>
/// How a model that was made with Keras gets its words: what its author's program did to a text first, then the rules
/// of Keras' <c>Tokenizer</c> or <c>TextVectorization</c>, exactly. See docs/import.md.
/// </summary>
public sealed record KerasTextOptions
{
    /// <summary>What the author's program did before Keras saw the text, in order; empty for nothing.</summary>
    public IReadOnlyList<CleaningStep> Before { get; init; } = [];

    /// <summary>
    /// The ways of the layer <c>TextVectorization</c>, not of the <c>Tokenizer</c>: A to Z alone become lower case, and
    /// filters vanish.
    /// </summary>
    public bool Vectorization { get; init; }

    /// <summary>Upper-case letters become lower-case: by Python's <c>str.lower</c>, or A to Z alone.</summary>
    public bool LowerCase { get; init; }

    /// <summary>Characters that become the separator, or vanish.</summary>
    public string Filters { get; init; } = "";

    /// <summary>Where the text is cut.</summary>
    public KerasCut Cut { get; init; }

    /// <summary>What stands between words, for <see cref="KerasCut.Separator"/>; not empty.</summary>
    public string Separator { get; init; } = " ";

    /// <summary>
    /// Lengths of the runs of words that are the tokens, joined by a space, all of the first length first; empty for
    /// words alone.
    /// </summary>
    public IReadOnlyList<int> Ngrams { get; init; } = [];

    /// <summary>The id of words that the vocabulary lacks; -1 leaves them out.</summary>
    public int UnknownId { get; init; } = -1;

    /// <inheritdoc/>
    public bool Equals(KerasTextOptions? other) =>
        other is not null
        && (Vectorization, LowerCase, Filters, Cut, Separator, UnknownId)
            == (other.Vectorization, other.LowerCase, other.Filters, other.Cut, other.Separator, other.UnknownId)
        && Before.SequenceEqual(other.Before)
        && Ngrams.SequenceEqual(other.Ngrams);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Vectorization, LowerCase, Filters, Cut, Separator, UnknownId, Before.Count, Ngrams.Count);
}
