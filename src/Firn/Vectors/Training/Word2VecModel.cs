using Firn.Vectors.Subwords;

namespace Firn.Vectors.Training;

/// <summary>What training leaves: the word vectors, and what further training or unseen words need.</summary>
public sealed class Word2VecModel
{
    private readonly FastTextWriter? _writer;

    internal Word2VecModel(
        WordVectors vectors,
        WordVectors? outputs,
        FastTextVectors? subwords = null,
        FastTextWriter? writer = null
    )
    {
        Vectors = vectors;
        Outputs = outputs;
        Subwords = subwords;
        _writer = writer;
    }

    /// <summary>
    /// The word vectors: rows by falling count in the texts, after those of the table that training went on from.
    /// </summary>
    public WordVectors Vectors { get; }

    /// <summary>
    /// The output vectors of the same words, for <see cref="Word2VecStart.Outputs"/>; null with hierarchical softmax
    /// alone, whose tree belongs to its texts.
    /// </summary>
    public WordVectors? Outputs { get; }

    /// <summary>Vectors of any word, by its n-grams; null when trained without subwords.</summary>
    public FastTextVectors? Subwords { get; }

    /// <summary>
    /// Writes a model with subwords as fastText does (.bin, version 12): fastText and gensim read it, and so does
    /// <see cref="FastTextVectors.Load"/>. The file appears whole or not at all.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model has no subwords; save <see cref="Vectors"/>.</exception>
    public void SaveFastText(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (_writer is null)
            throw new InvalidOperationException(
                "The model has no subwords and is no fastText model; save its Vectors."
            );
        _writer.Write(path);
    }
}
