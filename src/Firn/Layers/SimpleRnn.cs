namespace Firn.Layers;

/// <summary>The plain recurrent layer (Elman 1990): h = act(x W + h U + b).</summary>
/// <remarks>
/// Weights: <c>NAME.kernel</c> [F,H], <c>NAME.recurrent_kernel</c> [H,H], <c>NAME.bias</c> [H]. Default name
/// <c>simple_rnn</c>.
/// </remarks>
/// <param name="Units">H, 1 to 8192.</param>
/// <param name="Activation">Any but GELU, SiLU and softmax.</param>
public sealed record SimpleRnn(int Units, Activation Activation = Activation.Tanh) : Recurrent
{
    /// <inheritdoc/>
    public override int Units { get; init; } = Units;

    internal override string Kind => "simple_rnn";

    private protected override Activation[] Functions => [Activation];

    private protected override SequenceLayer Create(string name, RecurrentPlace at, WeightSource weights)
    {
        Kernels.CounterRandom random = at.Place.Stream(weights.Random);
        Parameter kernel = weights.Get(
            name + ".kernel",
            ParameterGroup.Encoder,
            [at.Width, Units],
            values => Initializers.GlorotUniform(random.Derive(0), at.Width, Units, values)
        );
        Parameter recurrent = weights.Get(
            name + ".recurrent_kernel",
            ParameterGroup.Encoder,
            [Units, Units],
            values => Initializers.Orthogonal(random.Derive(1), Units, Units, values)
        );
        var map = new InputMap(kernel, weights.Get(name + ".bias", ParameterGroup.Encoder, [Units]));
        return new SimpleRnnLayer(map, recurrent, at.Place, Activation)
        {
            GivesReversed = at.GivesReversed,
            InputDropout = at.InputDropout,
            RecurrentDropout = RecurrentDropout,
        };
    }
}
