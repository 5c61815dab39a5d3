using Firn.Layers;

namespace Firn.Training;

/// <summary>What becomes of the optimizer's state when a phase begins.</summary>
public enum OptimizerStart
{
    /// <summary>Weights that go on training keep their moments; those that join start fresh.</summary>
    Keep,

    /// <summary>All weights start fresh.</summary>
    Reset,
}

/// <summary>A stretch of epochs in which the same weights train.</summary>
public sealed record ThawPhase
{
    /// <summary>
    /// Epochs it lasts, 1 or more; null where it has a <see cref="Patience"/>, and in the last phase: until training
    /// ends.
    /// </summary>
    public int? Epochs { get; init; }

    /// <summary>
    /// The phase lasts until the figure that says which epoch is best has not improved for so many epochs, 1 or more,
    /// and no longer than half of the epochs that are left when it begins. Those after its best epoch are rolled back,
    /// so that it ends with that one, and the next phase goes on from there. It needs validation texts, and is not for
    /// the last phase. Null: it lasts <see cref="Epochs"/>.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>The groups that train; at least one.</summary>
    public required IReadOnlySet<ParameterGroup> Trainable { get; init; }

    /// <summary>Which rows of the table move, where the embedding trains.</summary>
    public RowRule Rows { get; init; } = RowRule.WithVector;

    /// <summary>Factor of the learning rate for the word vectors; above 0.</summary>
    public double EmbeddingRate { get; init; } = 1;

    /// <summary>Factor of the learning rate for the layers over time; above 0.</summary>
    public double EncoderRate { get; init; } = 1;

    /// <summary>Factor of the learning rate for the pooling and the dense layer; above 0.</summary>
    public double DenseRate { get; init; } = 1;

    /// <summary>
    /// Strength a of the pull of moving rows w back to where training found them, w0 (L2-SP, Xuhong et al. 2018, eq.
    /// 2): a * (w - w0) is added to the gradient of each row that a step updates, before Adam scales it (it is not
    /// decoupled) and after the gradients' norm was limited. 0 for none.
    /// </summary>
    public double AnchorStrength { get; init; }

    /// <summary>What becomes of the optimizer's state when the phase begins.</summary>
    public OptimizerStart Optimizer { get; init; }

    /// <summary>Whether the phase trains a group.</summary>
    public bool Trains(ParameterGroup group) => Trainable.Contains(group);

    /// <summary>The factor of a group's learning rate.</summary>
    public double RateOf(ParameterGroup group) =>
        group switch
        {
            ParameterGroup.Embedding => EmbeddingRate,
            ParameterGroup.Encoder => EncoderRate,
            _ => DenseRate,
        };

    /// <inheritdoc/>
    public bool Equals(ThawPhase? other) =>
        other is not null
        && (Epochs, Patience, Rows, EmbeddingRate, EncoderRate, DenseRate, AnchorStrength, Optimizer)
            == (
                other.Epochs,
                other.Patience,
                other.Rows,
                other.EmbeddingRate,
                other.EncoderRate,
                other.DenseRate,
                other.AnchorStrength,
                other.Optimizer
            )
        && Trainable.SetEquals(other.Trainable);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Epochs, Patience, Rows, Trainable.Count, EmbeddingRate, AnchorStrength);

    internal ThawPhase WithRate(ParameterGroup group, double rate) =>
        group switch
        {
            ParameterGroup.Embedding => this with { EmbeddingRate = rate },
            ParameterGroup.Encoder => this with { EncoderRate = rate },
            _ => this with { DenseRate = rate },
        };

    /// <summary>Refuses what cannot be meant; <paramref name="place"/> names the phase.</summary>
    internal void Validate(string place, bool last)
    {
        if (Trainable is not { Count: > 0 })
            throw new ArgumentException(
                $"{place} trains nothing; name at least one of embedding, encoder, dense, or leave the phase out."
            );
        if (Trainable.Contains(ParameterGroup.Statistics))
            throw new ArgumentException(
                $"{place} trains moving statistics, which follow the batches by themselves; leave them out."
            );
        if (Epochs is null && Patience is null && !last)
            throw new ArgumentException(
                $"{place} has no number of epochs; give one, or let it last until its best epoch: only the last "
                    + $"phase may go on until training ends."
            );
        if (Patience is not null && last)
            throw new ArgumentException(
                $"{place} is the last and lasts until its best epoch; leave that out, for the last phase goes on "
                    + $"until training ends."
            );
        if (Patience is not null && Epochs is not null)
            throw new ArgumentException(
                $"{place} has a number of epochs and lasts until its best one; leave one of the two out."
            );
        if (Patience is { } patience)
            Throw.IfOutside(patience, 1, 100_000, $"{place}: patience");
        if (Epochs is { } epochs)
            Throw.IfOutside(epochs, 1, 100_000, $"{place}: epochs");
        foreach (ParameterGroup group in ThawSchedule.Groups)
        {
            double rate = RateOf(group);
            if (!(rate > 0 && rate <= 1e6))
                throw new ArgumentException(
                    $"{place}: the rate of {ThawSchedule.NameOf(group)} is {rate}; give a factor above 0, or leave "
                        + $"the group out of those that train."
                );
            if (rate != 1 && !Trains(group))
                throw new ArgumentException(
                    $"{place} has a rate for {ThawSchedule.NameOf(group)} and does not train it; leave the rate out, "
                        + $"or let the group train."
                );
        }
        if (!(AnchorStrength >= 0 && AnchorStrength <= 1e6))
            throw new ArgumentException(
                $"{place}: the anchor is {AnchorStrength}; give a strength of 0 or more, such as 0.01."
            );
        if (Rows is null || Rows.SeenAtLeast < 1 || Rows.TopByCount < 1)
            throw new ArgumentException($"{place}: the rule for rows needs whole numbers of 1 or more.");
        if (!Trains(ParameterGroup.Embedding) && (AnchorStrength > 0 || Rows != RowRule.WithVector))
            throw new ArgumentException(
                $"{place} has {(AnchorStrength > 0 ? "an anchor" : "a rule for rows")} and does not train the word "
                    + $"vectors; leave it out, or let embedding train."
            );
    }
}
