using Firn.Text;

namespace Firn.Vectors.Training;

/// <summary>
/// Trains word vectors: CBOW and skip-gram with negative sampling or hierarchical softmax (Mikolov et al. 2013). What
/// differs from gensim in the update rule, and that scores do not, is in docs/vectors.md. To go on from an earlier
/// table, to keep a checkpoint or to train with subwords, use <see cref="Word2VecTrainer"/>.
/// </summary>
public static class Word2Vec
{
    /// <summary>Trains on texts of ids.</summary>
    /// <param name="corpus">The texts; the ids are the vocabulary's, 0 is no word.</param>
    /// <param name="vocabulary">Gives the words of the ids. Counts are taken from the texts, not from it.</param>
    /// <param name="options">Parameters by gensim's names.</param>
    /// <param name="progress">Told a few times a second, from any thread.</param>
    /// <param name="cancellation">Stops between blocks of some ten thousand words.</param>
    /// <returns>The words with at least the minimum count, rows by falling count in the texts.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, an id is not the vocabulary's, or no word is frequent enough.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is returned.</exception>
    public static WordVectors Train(
        RaggedIds corpus,
        Vocabulary vocabulary,
        Word2VecOptions? options = null,
        IProgress<Word2VecProgress>? progress = null,
        CancellationToken cancellation = default
    ) =>
        new Word2VecTrainer(options ?? new Word2VecOptions()).Train(corpus, vocabulary, progress, cancellation).Vectors;

    internal static WordVectors Train(
        RaggedIds corpus,
        int idCount,
        Func<int, string> wordOf,
        Word2VecOptions options,
        IProgress<Word2VecProgress>? progress = null,
        CancellationToken cancellation = default
    ) => new Word2VecTrainer(options).Train(corpus, idCount, wordOf, progress, cancellation).Vectors;
}
