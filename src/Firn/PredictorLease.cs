namespace Firn;

/// <summary>
/// A hold on the model that a <see cref="PredictorPool"/> had at one moment: it stays while this is not disposed of.
/// Dispose of it once, and do not copy it.
/// </summary>
public readonly struct PredictorLease : IDisposable, IEquatable<PredictorLease>
{
    private readonly CountedHold? _hold;

    internal PredictorLease(Predictor predictor, CountedHold hold) => (Predictor, _hold) = (predictor, hold);

    /// <summary>The model; the pool disposes of it.</summary>
    public Predictor Predictor { get; }

    /// <summary>Lets the model go.</summary>
    public void Dispose() => _hold?.LetGo();

    /// <summary>Whether both hold the same model.</summary>
    public bool Equals(PredictorLease other) => ReferenceEquals(Predictor, other.Predictor);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PredictorLease other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Predictor?.GetHashCode() ?? 0;

    /// <summary>Whether both hold the same model.</summary>
    public static bool operator ==(PredictorLease left, PredictorLease right) => left.Equals(right);

    /// <summary>Whether they hold different models.</summary>
    public static bool operator !=(PredictorLease left, PredictorLease right) => !left.Equals(right);
}
