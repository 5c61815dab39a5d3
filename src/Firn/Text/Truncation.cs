namespace Firn.Text;

/// <summary>Which tokens of a text stay where it has more than a model uses.</summary>
public enum Truncation
{
    /// <summary>The last ones, as Keras' <c>pad_sequences</c> keeps.</summary>
    Tail,

    /// <summary>The first ones.</summary>
    Head,

    /// <summary>Those around the text's middle.</summary>
    Middle,

    /// <summary>
    /// The first half and the last half, nothing between them: where news and reviews say what they mean (Sun et al.
    /// 2019, "How to fine-tune BERT for text classification", <c>head+tail</c>). Of an odd number the first half has
    /// one more.
    /// </summary>
    Ends,
}

/// <summary>The part of a text that stays.</summary>
/// <param name="Start">Place of the first token that stays.</param>
/// <param name="Length">Tokens that stay from there on.</param>
/// <param name="Ending">Tokens that stay at the end besides; 0 but for <see cref="Truncation.Ends"/>.</param>
public readonly record struct TokenWindow(int Start, int Length, int Ending)
{
    /// <summary>Tokens that stay.</summary>
    public int Count => Length + Ending;

    /// <summary>What stays of a text.</summary>
    /// <param name="length">Its tokens.</param>
    /// <param name="most">Tokens that may stay.</param>
    /// <param name="truncation">Which.</param>
    public static TokenWindow Of(int length, int most, Truncation truncation)
    {
        if (length <= most)
            return new(0, length, 0);
        return truncation switch
        {
            Truncation.Head => new(0, most, 0),
            Truncation.Middle => new((length - most) / 2, most, 0),
            Truncation.Ends => new(0, most - most / 2, most / 2),
            _ => new(length - most, most, 0),
        };
    }

    /// <summary>
    /// Whether a place between tokens, one that has <paramref name="before"/> of the text's <paramref name="length"/>
    /// before it, lies in what stays.
    /// </summary>
    internal bool Holds(int before, int length) =>
        Count == length || before >= Start && before <= Start + Length || Ending > 0 && before >= length - Ending;

    /// <summary>Copies what stays.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="destination">[<see cref="Count"/>] at least.</param>
    public void CopyTo(ReadOnlySpan<int> text, Span<int> destination)
    {
        text.Slice(Start, Length).CopyTo(destination);
        text[^Ending..].CopyTo(destination[Length..]);
    }

    /// <summary>Cuts the text that begins at <paramref name="start"/> and is the list's last.</summary>
    public void Cut(List<int> ids, int start)
    {
        ArgumentNullException.ThrowIfNull(ids);
        int length = ids.Count - start;
        ids.RemoveRange(start + Start + Length, length - Ending - (Start + Length));
        ids.RemoveRange(start, Start);
    }
}
