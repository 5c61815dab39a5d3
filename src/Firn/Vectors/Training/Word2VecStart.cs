namespace Firn.Vectors.Training;

/// <summary>
/// An earlier table that training goes on from. Its words keep their rows; words that the new texts do not hold keep
/// their vectors as they are.
/// </summary>
public sealed record Word2VecStart
{
    /// <summary>The word vectors; of the size that is trained.</summary>
    public required WordVectors Vectors { get; init; }

    /// <summary>
    /// The output vectors that the earlier training left (<see cref="Word2VecModel.Outputs"/>). Without them they begin
    /// with zeros again, and the first words read have to teach them anew.
    /// </summary>
    public WordVectors? Outputs { get; init; }

    /// <summary>
    /// Words of the texts that the table lacks get a row if they are frequent enough; otherwise they are left out.
    /// </summary>
    public bool AddWords { get; init; } = true;

    /// <summary>
    /// Words of the table whose vectors do not move, bit for bit; their output vectors still learn. Null for none.
    /// </summary>
    public IReadOnlyCollection<string>? Fixed { get; init; }

    internal void Validate(Word2VecOptions options)
    {
        if (options.Subwords is not null)
            throw new ArgumentException(
                "A table of whole words cannot be trained further with subwords: its rows are no sums of n-grams. "
                    + "Train without subwords, anew, or from a FastTextStart."
            );
        if (Vectors.Dimension != options.VectorSize)
            throw new ArgumentException(
                $"The table has {Vectors.Dimension} values a word and VectorSize is {options.VectorSize}; they must "
                    + $"be equal."
            );
        if (Outputs is not null && options.Negative == 0)
            throw new ArgumentException(
                "Output vectors belong to negative sampling, and Negative is 0; leave them out."
            );
        if (Outputs is not null && Outputs.Dimension != options.VectorSize)
            throw new ArgumentException(
                $"The output vectors have {Outputs.Dimension} values and the word vectors {options.VectorSize}; give "
                    + $"those that were saved with the table."
            );
        foreach (string word in Fixed ?? [])
        {
            if (!Vectors.TryGetRow(word, out _))
                throw new ArgumentException($"'{word}' is to be kept fixed, and the table has no such word.");
        }
    }
}
