namespace Firn.Text;

/// <summary>What becomes of a word that the vocabulary lacks.</summary>
public enum UnknownWords
{
    /// <summary>It is left out of the ids, as Keras' Tokenizer does without an <c>oov_token</c>.</summary>
    Skip,

    /// <summary>
    /// It gets the id 1, the row of the token <c>&lt;unk&gt;</c>, as Keras does with an <c>oov_token</c>.
    /// </summary>
    Row,
}

/// <summary>Which words a vocabulary keeps.</summary>
public sealed record VocabularyOptions
{
    /// <summary>What becomes of other words.</summary>
    public UnknownWords Unknown { get; init; } = UnknownWords.Skip;

    /// <summary>
    /// The most words kept, the frequent ones first; pad and unknown row not counted. Null keeps all.
    /// </summary>
    public int? MaxSize { get; init; }

    /// <summary>Words seen fewer times are left out; 1 keeps all.</summary>
    public int MinCount { get; init; } = 1;
}
