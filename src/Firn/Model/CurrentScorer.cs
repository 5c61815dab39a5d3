namespace Firn.Model;

/// <summary>
/// A scorer of a model's weights as they are now: made at first use, and again after they were trained on.
/// </summary>
internal sealed class CurrentScorer(TextClassifier model)
{
    private readonly Lock _making = new();
    private Scorer? _scorer;

    /// <summary>The scorer; it folds a word when it first meets it, so that it is made at once.</summary>
    public Scorer Value
    {
        get
        {
            Scorer? known = Volatile.Read(ref _scorer);
            if (known is { IsCurrent: true })
                return known;
            lock (_making)
            {
                if (_scorer is not { IsCurrent: true })
                    Volatile.Write(ref _scorer, new Scorer(model, FoldPrecision.Float32, time: FoldTime.AtFirstUse));
                return _scorer!;
            }
        }
    }
}
