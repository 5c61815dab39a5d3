namespace Firn.Training;

/// <summary>What one epoch gave.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Loss">Mean loss of the epoch's batches as they were trained, dropout on, class weights applied.</param>
/// <param name="Accuracy">Accuracy on the same batches.</param>
/// <param name="ValidationLoss">
/// Loss on the validation texts after the epoch, dropout off; null without such texts.
/// </param>
/// <param name="ValidationAccuracy">Accuracy on the validation texts; null without such texts.</param>
/// <param name="LearningRate">The rate the epoch was trained with.</param>
/// <param name="Seconds">Wall time, validation included.</param>
/// <param name="TokensPerSecond">Training tokens a second, validation not included.</param>
public sealed record EpochRecord(
    int Epoch,
    double Loss,
    double Accuracy,
    double? ValidationLoss,
    double? ValidationAccuracy,
    double LearningRate,
    double Seconds,
    double TokensPerSecond
)
{
    /// <summary>The value of a figure; NaN when it was not measured.</summary>
    public double ValueOf(Monitored figure) =>
        figure switch
        {
            Monitored.Loss => Loss,
            Monitored.Accuracy => Accuracy,
            Monitored.ValidationLoss => ValidationLoss ?? double.NaN,
            _ => ValidationAccuracy ?? double.NaN,
        };
}

/// <summary>Where a run stands after a batch.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Epochs">Epochs at most.</param>
/// <param name="Batch">Batches of the epoch that are done.</param>
/// <param name="Batches">Batches an epoch has.</param>
/// <param name="Loss">Mean loss of the epoch so far.</param>
/// <param name="Accuracy">Accuracy of the epoch so far.</param>
/// <param name="TokensPerSecond">Training tokens a second in the epoch so far.</param>
/// <param name="Remaining">Estimate of the time left for all epochs, early stopping not foreseen.</param>
public readonly record struct BatchProgress(
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    double Loss,
    double Accuracy,
    double TokensPerSecond,
    TimeSpan Remaining
);

/// <summary>Watches a run; called on the training thread, so it should return at once.</summary>
public interface ITrainingObserver
{
    /// <summary>A batch is done.</summary>
    void OnBatch(BatchProgress progress) { }

    /// <summary>An epoch is done and validated.</summary>
    void OnEpoch(EpochRecord record) { }

    /// <summary>A phase that lasts until its best epoch is over; epochs are counted on from that one.</summary>
    void OnPhaseEnd(PhaseEnd phase) { }
}

/// <summary>A phase that lasts until its best epoch is over, and training stands where that epoch left it.</summary>
/// <param name="BestEpoch">Its best epoch, which is now its last.</param>
/// <param name="RolledBack">Epochs that were trained after it and rolled back.</param>
/// <param name="Next">What is trained from the next epoch on.</param>
public readonly record struct PhaseEnd(int BestEpoch, int RolledBack, ThawPhase Next);

/// <summary>Why a run ended.</summary>
public enum StopReason
{
    /// <summary>All epochs were trained.</summary>
    Completed,

    /// <summary>The watched figure no longer improved.</summary>
    EarlyStopping,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}

/// <summary>How a run went.</summary>
/// <param name="History">One record a finished epoch.</param>
/// <param name="StoppedBy">Why it ended.</param>
/// <param name="BestEpoch">The epoch with the best watched figure, from 1; 0 when none was finished.</param>
/// <param name="KeptEpoch">
/// The epoch whose weights the model holds now; 0 when it was cancelled in its first epoch and holds what that left.
/// </param>
public sealed record TrainingResult(
    IReadOnlyList<EpochRecord> History,
    StopReason StoppedBy,
    int BestEpoch,
    int KeptEpoch
)
{
    /// <summary>
    /// The schedule as it was trained: phases that last until their best epoch with the lengths that were found
    /// (<c>thaw-all@best</c> as <c>thaw-all@4</c>), and without phases that were never reached because such a one had
    /// not ended.
    /// </summary>
    public required ThawSchedule Schedule { get; init; }

    /// <summary>
    /// Epochs that showed a phase to be past its best, in the order in which they were trained; no part of the history.
    /// </summary>
    public IReadOnlyList<EpochRecord> RolledBack { get; init; } = [];

    /// <summary>
    /// The table's rows as training found them, [R,E]; null when no phase of the schedule trains them.
    /// </summary>
    public ReadOnlyMemory<float>? StartRows { get; init; }
}
