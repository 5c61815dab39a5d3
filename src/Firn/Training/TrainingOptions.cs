namespace Firn.Training;

/// <summary>How a classifier is trained. The defaults are the notebook's, its callbacks apart.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training texts at most; 1 or more.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>Texts a step, B; 1 or more. The last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>Adam's learning rate at the start; above 0.</summary>
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Largest norm of all gradients together; larger ones are scaled down. Null: no limit.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Weight of each class in the loss, [C], each above 0; null or empty: all 1.</summary>
    public IReadOnlyList<float>? ClassWeights { get; init; }

    /// <summary>Decides shuffles and dropout masks; with the same seed the weights are the same bit for bit.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Threads to use; 0 for all of the machine. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Which weights train in which epoch.</summary>
    public ThawSchedule Schedule { get; init; } = ThawSchedule.Frozen;

    /// <summary>Lowers the learning rate on a plateau; null: it stays.</summary>
    public ReduceLearningRateOptions? ReduceLearningRate { get; init; }

    /// <summary>Stops when a figure no longer improves; null: all epochs are trained.</summary>
    public EarlyStoppingOptions? EarlyStopping { get; init; }

    /// <summary>Ends with the weights of the best epoch instead of the last one.</summary>
    public bool RestoreBest { get; init; }

    /// <summary>
    /// The figure that says which epoch is best: early stopping's, else the validation loss, else the loss.
    /// </summary>
    internal Monitored BestBy(bool hasValidation) =>
        EarlyStopping?.Monitor ?? (hasValidation ? Monitored.ValidationLoss : Monitored.Loss);

    /// <summary>Refuses values out of range, before any work is done.</summary>
    /// <exception cref="ArgumentException">
    /// A value is out of range; the message names it and what is allowed.
    /// </exception>
    public void Validate(int classes, bool hasValidation)
    {
        Throw.IfNotPositive(Epochs);
        Throw.IfNotPositive(BatchSize);
        Throw.IfOutside(LearningRate, double.Epsilon, 1e3, "learning rate");
        if (ClipNorm is { } norm)
            Throw.IfNotPositive(norm, "limit of the gradients' norm");
        Throw.IfOutside(Threads, 0, 1024);
        if (ClassWeights is { Count: > 0 } weights)
        {
            Throw.IfLengthDiffers(weights.Count, classes, nameof(ClassWeights));
            foreach (float weight in weights)
                Throw.IfOutside(weight, float.Epsilon, 1e6f, "class weight");
        }
        Schedule.Validate(Epochs);
        ReduceLearningRate?.Validate();
        EarlyStopping?.Validate();
        RequireValidation(ReduceLearningRate?.Monitor, hasValidation, "The learning rate's fall");
        RequireValidation(EarlyStopping?.Monitor, hasValidation, "Early stopping");
        if (!Schedule.LastsUntilBest)
            return;
        if (!hasValidation)
            throw new ArgumentException(
                $"The schedule {Schedule} ends a phase with the epoch that is best on the validation texts, and "
                    + $"there are none; keep some apart, or give the phase a number of epochs."
            );
        if (EarlyStopping is { Monitor: var watched } && !MonitoredNames.NeedsValidation(watched))
            throw new ArgumentException(
                $"The schedule {Schedule} ends a phase with the epoch that is best on the validation texts, and "
                    + $"early stopping says that {MonitoredNames.NameOf(watched)} tells the best; watch val_loss or "
                    + $"val_accuracy."
            );
    }

    private static void RequireValidation(Monitored? figure, bool hasValidation, string who)
    {
        if (!hasValidation && figure is { } watched && MonitoredNames.NeedsValidation(watched))
        {
            throw new ArgumentException(
                $"{who} watches {MonitoredNames.NameOf(watched)} and there are no validation texts; keep some apart, "
                    + $"or watch loss or accuracy."
            );
        }
    }
}
