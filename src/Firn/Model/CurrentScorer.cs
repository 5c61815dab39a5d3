namespace Firn.Model;

/// <summary>A scorer of a model's weights as they are now: made at first use, and again after they were trained on.</summary>
internal sealed class CurrentScorer(TextClassifier model)
{
    private readonly Lock making = new();
    private Scorer? scorer;

    /// <summary>The scorer; not folded, so that it is made at once.</summary>
    public Scorer Value
    {
        get
        {
            Scorer? known = Volatile.Read(ref scorer);
            if (known is { IsCurrent: true })
                return known;
            lock (making)
            {
                if (scorer is not { IsCurrent: true })
                    Volatile.Write(ref scorer, new Scorer(model, FoldPrecision.None));
                return scorer!;
            }
        }
    }
}
