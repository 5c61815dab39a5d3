using Firn.Layers;
using Firn.Model;
using Firn.Text;
using Firn.Vectors;

namespace Firn.Drift;

/// <summary>
/// A model's word vectors before and after training, and how often training saw each word: what drift is measured on
/// and what a repair starts from. Words are token ids, [V]. Immutable.
/// </summary>
public sealed class DriftTable
{
    private readonly PretrainedRows _before;
    private readonly int[] _placeOf; // [R]: the row's place in before, -1 where it did not move
    private readonly int[]? _counts;

    private DriftTable(Vocabulary vocabulary, EmbeddingTable after, PretrainedRows before, int[]? counts)
    {
        Vocabulary = vocabulary;
        After = after;
        _before = before;
        _counts = counts;
        _placeOf = new int[after.RowCount];
        Array.Fill(_placeOf, -1);
        for (int i = 0; i < before.Count; i++)
            _placeOf[before.Rows[i]] = i;
    }

    /// <summary>The words.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The vectors after training.</summary>
    public EmbeddingTable After { get; }

    /// <summary>The rows that differ, as they were before training.</summary>
    public PretrainedRows Before => _before;

    /// <summary>Whether it is known how often training saw each word.</summary>
    public bool KnowsCounts => _counts is not null;

    /// <summary>What a predictor that was trained, or loaded from a bundle, knows of its own training.</summary>
    /// <exception cref="InvalidDataException">
    /// It does not know where its vectors stood before; the message says what to do.
    /// </exception>
    public static DriftTable Of(Predictor predictor)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        if (predictor.Trace?.Pretrained is not { } pretrained)
        {
            throw new InvalidDataException(
                "The model does not hold its word vectors as they were before training; "
                    + "give them (PretrainedVectors), or train again and keep them."
            );
        }
        return new DriftTable(
            predictor.Vocabulary,
            predictor.Classifier.Embedding,
            pretrained,
            [.. predictor.Trace.Counts]
        );
    }

    /// <summary>Compares a predictor's vectors with those it began with.</summary>
    /// <param name="predictor">The trained model.</param>
    /// <param name="pretrained">The vectors before training; words that are not among them are not measured.</param>
    /// <exception cref="InvalidDataException">
    /// The vectors have another width, or share no word with the model.
    /// </exception>
    public static DriftTable Of(Predictor predictor, WordVectors pretrained)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(pretrained);
        EmbeddingTable table = predictor.Classifier.Embedding;
        if (pretrained.Dimension != table.Dimension)
        {
            throw new InvalidDataException(
                $"The vectors from before have {pretrained.Dimension} values and the model's have {table.Dimension}; "
                    + "give the file that it was trained with."
            );
        }
        var rows = new SortedDictionary<int, float[]>();
        int shared = 0;
        for (int id = 1; id < predictor.Vocabulary.Count; id++)
        {
            int row = table.RowOf[id];
            bool has = pretrained.TryGetVector(predictor.Vocabulary[id], out ReadOnlySpan<float> vector);
            shared += has ? 1 : 0;
            // A word whose place before is not known stands at zero, and so is measured nowhere.
            if (row > 0 && !(has && vector.SequenceEqual(table.VectorOf(id))))
                rows[row] = has ? vector.ToArray() : new float[table.Dimension];
        }
        if (shared == 0)
            throw new InvalidDataException(
                "The vectors from before hold none of the model's words; give the file that it was trained with."
            );
        var before = new PretrainedRows([.. rows.Keys], rows.Values.SelectMany(v => v).ToArray(), table.Dimension);
        return new DriftTable(
            predictor.Vocabulary,
            table,
            before,
            predictor.Trace is { } trace ? [.. trace.Counts] : null
        );
    }

    /// <summary>A table put together by hand.</summary>
    /// <param name="vocabulary">The words, [V].</param>
    /// <param name="before">The vectors before training.</param>
    /// <param name="after">The vectors after it; the same row for each word.</param>
    /// <param name="counts">How often training saw each word, [V]; null where that is not known.</param>
    /// <exception cref="ArgumentException">The sizes, or the rows of the words, differ.</exception>
    public static DriftTable Of(Vocabulary vocabulary, EmbeddingTable before, EmbeddingTable after, int[]? counts)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        Throw.IfLengthDiffers(before.Rows.Length, after.Rows.Length, nameof(before));
        Throw.IfLengthDiffers(before.Dimension, after.Dimension, nameof(before));
        Throw.IfLengthDiffers(after.VocabularySize, vocabulary.Count, nameof(after));
        if (!before.RowOf.SequenceEqual(after.RowOf))
            throw new ArgumentException("Each word must have the same row before and after.", nameof(after));
        if (counts is not null)
            Throw.IfLengthDiffers(counts.Length, vocabulary.Count, nameof(counts));
        return new DriftTable(vocabulary, after, PretrainedRows.Between(before.Rows, after), counts);
    }

    /// <summary>Where a word stood before training, [E].</summary>
    public ReadOnlySpan<float> BeforeOf(int id)
    {
        int place = _placeOf[After.RowOf[id]];
        return place < 0 ? After.VectorOf(id) : _before[place];
    }

    /// <summary>Where it stands now, [E].</summary>
    public ReadOnlySpan<float> AfterOf(int id) => After.VectorOf(id);

    /// <summary>Whether training changed the word's vector in any bit.</summary>
    public bool Moved(int id) => _placeOf[After.RowOf[id]] >= 0;

    /// <summary>Whether the word had a vector before training; the others are not measured.</summary>
    public bool HasVector(int id) => BeforeOf(id).ContainsAnyExcept(0f);

    /// <summary>How often training saw the word; null where that is not known.</summary>
    public int? CountOf(int id) => _counts?[id];

    /// <summary>Whether training saw the word; where counts are not known, whether the word moved.</summary>
    public bool Seen(int id) => _counts is null ? Moved(id) : _counts[id] > 0;

    /// <summary>
    /// The ids of all words that had a vector, rising: the more frequent word of the training texts first.
    /// </summary>
    public int[] WordsWithVector() => [.. Enumerable.Range(1, Vocabulary.Count - 1).Where(HasVector)];

    /// <summary>The id of a word that has a vector.</summary>
    /// <exception cref="ArgumentException">
    /// The model does not know the word, or it has no vector; the message says which.
    /// </exception>
    public int Require(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        int id = Vocabulary.IdOf(word);
        if (id < 0 || (id == Vocabulary.UnknownId && word != Vocabulary.UnknownToken))
            throw new ArgumentException(
                $"The model does not know the word '{word}'; write it as the cleaning leaves it, in lower case as a "
                    + $"rule.",
                nameof(word)
            );
        if (!HasVector(id))
            throw new ArgumentException(
                $"The word '{word}' had no vector before training, so it cannot have drifted; choose another.",
                nameof(word)
            );
        return id;
    }

    /// <summary>
    /// A copy of the vectors after training, changed by <paramref name="change"/>, which gets all rows, [R,E].
    /// </summary>
    internal EmbeddingTable Copy(Action<float[]> change)
    {
        float[] rows = After.CopyRows();
        change(rows);
        return new EmbeddingTable(After.RowOf.ToArray(), rows, After.Dimension);
    }

    /// <summary>The same words and counts with other vectors after; what moved is found anew.</summary>
    internal DriftTable With(EmbeddingTable after)
    {
        var rows = new SortedDictionary<int, int>();
        for (int id = 1; id < Vocabulary.Count; id++)
        {
            if (!BeforeOf(id).SequenceEqual(after.VectorOf(id)))
                rows.TryAdd(after.RowOf[id], id);
        }
        var values = new float[rows.Count * after.Dimension];
        int place = 0;
        foreach (int id in rows.Values)
            BeforeOf(id).CopyTo(values.AsSpan(place++ * after.Dimension));
        return new DriftTable(Vocabulary, after, new PretrainedRows([.. rows.Keys], values, after.Dimension), _counts);
    }

    /// <summary>What a predictor with these vectors knows of its training.</summary>
    internal TrainingTrace? Trace => _counts is null ? null : new TrainingTrace(_counts, _before);
}
