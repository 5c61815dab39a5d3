namespace Firn.Training;

/// <summary>Remembers the weights of the epoch whose watched figure is best; the first of equals.</summary>
internal sealed class BestEpoch(Monitored figure, WeightSnapshot snapshot)
{
    /// <summary>Its value.</summary>
    public double Best { get; private set; } = MonitoredNames.Worst(figure);

    /// <summary>Its weights.</summary>
    public WeightSnapshot Weights => snapshot;

    /// <summary>The best epoch so far; 0 before any.</summary>
    public int Epoch => snapshot.Epoch;

    /// <summary>Takes an epoch's figures, with its weights still in the model.</summary>
    public void OnEpoch(EpochRecord record)
    {
        double value = record.ValueOf(figure);
        if (!MonitoredNames.Improves(figure, value, Best, 0))
            return;
        Best = value;
        snapshot.Take(record.Epoch);
    }

    /// <summary>Goes on from a checkpoint, its weights being in the snapshot already.</summary>
    public void Resume(double best, int epoch)
    {
        Best = best;
        snapshot.Filled(epoch);
    }

    /// <summary>
    /// Puts the best weights back and returns their epoch; leaves the model as it is when there are none.
    /// </summary>
    public int Restore()
    {
        if (snapshot.Epoch > 0)
            snapshot.Restore();
        return snapshot.Epoch;
    }
}
