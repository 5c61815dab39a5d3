using System.Diagnostics;
using Firn.Data;
using Firn.Evaluation;
using Firn.Files;
using Firn.Kernels;
using Firn.Model;
using Firn.Text;

namespace Firn.Training;

/// <summary>
/// Trains a classifier on texts as ids: mini-batches in a new order each epoch, Adam, the schedule of what thaws when,
/// validation after each epoch, and the callbacks that <see cref="TrainingOptions"/> asks for.
/// </summary>
public sealed class Trainer
{
    private readonly TextClassifier _model;
    private readonly TrainingOptions _options;

    /// <summary>A trainer that changes the weights of <paramref name="model"/> in place.</summary>
    public Trainer(TextClassifier model, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        _model = model;
        _options = options;
    }

    /// <summary>
    /// Where the run is kept after each epoch, and from where it goes on if it was broken off: the weights are then the
    /// same bit for bit as without a break. Null keeps nothing.
    /// </summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>
    /// The sets of classes that labels are numbers of, for a model of several labels a text
    /// (<see cref="ClassifierOptions.MultiLabel"/>); class weights are then those of classes that a text has. Null for
    /// others.
    /// </summary>
    public LabelSets? Sets { get; init; }

    /// <summary>
    /// Learning rates of the epochs, one each, where another run has decided them and how many there are; null decides
    /// anew.
    /// </summary>
    internal IReadOnlyList<double>? Rates { get; init; }

    /// <summary>Trains.</summary>
    /// <param name="train">Training texts; at least one.</param>
    /// <param name="trainLabels">Their classes, each in [0, C).</param>
    /// <param name="validation">Texts to measure each epoch on; null or empty for none.</param>
    /// <param name="validationLabels">Their classes.</param>
    /// <param name="observer">Told of each batch and epoch.</param>
    /// <param name="cancellation">
    /// Ends the run after the batch in hand; the model then holds the weights of its best finished epoch.
    /// </param>
    /// <exception cref="ArgumentException">
    /// Options, texts and labels do not fit; found before any work is done.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model is being trained by another trainer.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is no longer finite; the message names the step.</exception>
    public TrainingResult Run(
        RaggedIds train,
        int[] trainLabels,
        RaggedIds? validation = null,
        int[]? validationLabels = null,
        ITrainingObserver? observer = null,
        CancellationToken cancellation = default
    )
    {
        bool validates = validation is { Count: > 0 };
        Check(train, trainLabels, validates ? validation : null, validationLabels);
        using MappedHold hold = _model.Embedding.Hold();
        _model.BeginTraining();
        try
        {
            return RunAlone(
                train,
                trainLabels,
                validates ? validation : null,
                validationLabels,
                observer,
                cancellation
            );
        }
        finally
        {
            _model.EndTraining();
        }
    }

    private TrainingResult RunAlone(
        RaggedIds train,
        int[] trainLabels,
        RaggedIds? validation,
        int[]? validationLabels,
        ITrainingObserver? observer,
        CancellationToken cancellation
    )
    {
        bool validates = validation is not null;
        var run = new TrainingRun(_model, _options, train, trainLabels, Sets, validates, observer);
        Checkpoint?.Resume(run);
        while (run.Stopped is null)
        {
            int epoch = run.History.Count + 1;
            long start = Stopwatch.GetTimestamp();
            if (run.Epochs.Run(epoch, Rates?[epoch - 1] ?? run.Rate.Rate, cancellation) is not { } record)
            {
                run.Stopped = StopReason.Cancelled;
                break;
            }
            Heap.Compact(); // buffers that had to grow
            if (validates)
            {
                record = Validated(record, validation!, validationLabels!);
                Heap.Compact();
            }
            record = record with { Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds };
            PhaseEnd? end = run.Finish(record);
            if (epoch == Rates?.Count)
                run.Stopped = StopReason.Completed;
            Checkpoint?.Save(run);
            observer?.OnEpoch(record);
            if (end is { } phase)
                observer?.OnPhaseEnd(phase);
        }
        return run.End();
    }

    private EpochRecord Validated(EpochRecord record, RaggedIds texts, int[] labels)
    {
        int columns = _model.Options.OutputSize;
        var probabilities = new float[texts.Count * columns];
        _model.Predict(texts, probabilities, _options.Threads);
        (double loss, double accuracy) = Sets is { } sets
            ? MultiLabelEvaluation.LossAndAccuracy(probabilities, labels, sets)
            : SingleLabelEvaluation.LossAndAccuracy(probabilities, columns, labels);
        if (!double.IsFinite(loss))
            throw new NotFiniteNumberException(
                $"The validation loss is {loss} after epoch {record.Epoch}; try a smaller learning rate.",
                loss
            );
        return record with { ValidationLoss = loss, ValidationAccuracy = accuracy };
    }

    private void Check(RaggedIds train, int[] trainLabels, RaggedIds? validation, int[]? validationLabels)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(trainLabels);
        if (
            _model.Options.MultiLabel != Sets is not null
            || (Sets is { } sets && sets.Classes != _model.Options.Classes)
        )
            throw new ArgumentException(
                "A model of several labels a text is trained on sets of its classes, and another on single labels; "
                    + "give Sets to the one and none to the other.",
                nameof(trainLabels)
            );
        _options.Validate(_model.Options.Classes, validation is not null);
        Throw.IfNotPositive(train.Count, "number of training texts");
        CheckLabels(train, trainLabels, "training");
        if (validation is not null)
            CheckLabels(validation, validationLabels ?? [], "validation");
    }

    private void CheckLabels(RaggedIds texts, int[] labels, string part)
    {
        Throw.IfLengthDiffers(labels.Length, texts.Count, $"{part} labels");
        for (int i = 0; i < labels.Length; i++)
            Throw.IfOutside(labels[i], 0, (Sets?.Count ?? _model.Options.Classes) - 1, $"{part} labels[{i}]");
    }
}
