using Firn.Text;

namespace Firn.Vectors.Training;

/// <summary>
/// Trains word vectors, from the beginning or further from an earlier table, and can keep a checkpoint from which a run
/// that was stopped goes on.
/// </summary>
public sealed class Word2VecTrainer
{
    /// <summary>A trainer of these options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Word2VecTrainer(Word2VecOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
    }

    /// <summary>The choices.</summary>
    public Word2VecOptions Options { get; }

    /// <summary>The table that training goes on from; null begins at random.</summary>
    public Word2VecStart? Start { get; init; }

    /// <summary>The fastText model that training with subwords goes on from; null begins at random.</summary>
    public FastTextStart? SubwordStart { get; init; }

    /// <summary>
    /// A file that keeps the run when it is stopped, and at ends of epochs that come a minute or more after the last.
    /// Where it is there already, of the same texts, start and options, training goes on from it: with
    /// <see cref="Word2VecOptions.Deterministic"/>, or on one thread, to the same result as without a stop, bit for
    /// bit. It is deleted at the end. Null keeps nothing.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>The least time between two reports of progress.</summary>
    internal TimeSpan ReportInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Trains on texts of ids.</summary>
    /// <param name="corpus">The texts; the ids are the vocabulary's, 0 is no word.</param>
    /// <param name="vocabulary">Gives the words of the ids. Counts are taken from the texts, not from it.</param>
    /// <param name="progress">Told a few times a second, from any thread.</param>
    /// <param name="cancellation">Stops between blocks of some ten thousand words, and keeps the checkpoint.</param>
    /// <exception cref="ArgumentException">
    /// The start does not fit, an id is not the vocabulary's, or no word is frequent enough.
    /// </exception>
    /// <exception cref="InvalidDataException">
    /// The checkpoint is damaged, or of another run; or the model to start from is damaged.
    /// </exception>
    /// <exception cref="NotFiniteNumberException">
    /// Training has diverged: at the end of an epoch a vector was not finite, or far outside; nothing was kept.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// Cancelled; the checkpoint, if there is to be one, is written.
    /// </exception>
    public Word2VecModel Train(
        RaggedIds corpus,
        Vocabulary vocabulary,
        IProgress<Word2VecProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(vocabulary);
        return Train(corpus, vocabulary.Count, id => vocabulary[id], progress, cancellation);
    }

    internal Word2VecModel Train(
        RaggedIds corpus,
        int idCount,
        Func<int, string> wordOf,
        IProgress<Word2VecProgress>? progress,
        CancellationToken cancellation
    )
    {
        if (Start is not null && SubwordStart is not null)
            throw new ArgumentException("Training goes on from one table or model; leave Start or SubwordStart out.");
        Start?.Validate(Options);
        SubwordStart?.Validate(Options);
        Func<int, bool>? known =
            Start is not null ? id => Start.Vectors.TryGetRow(wordOf(id), out _)
            : SubwordStart is not null ? id => SubwordStart.TryGetRow(wordOf(id), out _)
            : null;
        TrainingWords words = TrainingWords.From(
            corpus,
            idCount,
            Options,
            known,
            Start?.AddWords ?? SubwordStart?.AddWords ?? true
        );
        string[] names = [.. words.Ids.Select(wordOf)];
        using var parameters = new TrainingParameters(words, names, Options, Start, SubwordStart);
        var loop = new TrainingLoop(corpus, words, parameters.State, progress, ReportInterval);
        TrainingCheckpoint? checkpoint = CheckpointPath is null
            ? null
            : new TrainingCheckpoint(
                CheckpointPath,
                TrainingCheckpoint.RunOf(Options, corpus, names, parameters),
                parameters
            );
        if (checkpoint is not null && File.Exists(CheckpointPath))
            loop.Position = checkpoint.Resume(loop.Position.Done.Length);
        var lengths = new LengthCheck(parameters.State, row => row < names.Length ? $"'{names[row]}'" : "an n-gram");
        if (!loop.Run(lengths.Check, () => checkpoint?.SaveIfDue(loop.Position), cancellation))
        {
            checkpoint?.Save(loop.Position);
            throw new OperationCanceledException(cancellation);
        }
        Word2VecModel model = parameters.ToModel(Start);
        checkpoint?.Delete();
        return model;
    }
}
