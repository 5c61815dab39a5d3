namespace Firn.Layers;

/// <summary>
/// Long short-term memory (Hochreiter, Schmidhuber 1997; Gers et al. 2000): i, f, o = gate(x W + h U + b), g =
/// act(...), c = f c + i g, h = o act(c).
/// </summary>
/// <remarks>
/// Weights: <c>NAME.kernel</c> [F,4H], <c>NAME.recurrent_kernel</c> [H,4H], <c>NAME.bias</c> [4H]; gates in the order
/// i, f, g, o (Keras' i, f, c, o). Default name <c>lstm</c>.
/// </remarks>
/// <param name="Units">H, 1 to 8192.</param>
/// <param name="Activation">Of the candidate g and of the cell; any but GELU, SiLU and softmax.</param>
/// <param name="GateActivation">Of the gates, likewise (Keras' <c>recurrent_activation</c>).</param>
public sealed record Lstm(
    int Units,
    Activation Activation = Activation.Tanh,
    Activation GateActivation = Activation.Sigmoid
) : Recurrent
{
    /// <inheritdoc/>
    public override int Units { get; init; } = Units;

    internal override string Kind => "lstm";

    private protected override Activation[] Functions => [Activation, GateActivation];

    private protected override SequenceLayer Create(string name, RecurrentPlace at, WeightSource weights)
    {
        InputMap map = LstmLayer.CreateMap(name, at.Place, at.Width, Units, weights, out Parameter recurrent);
        return new LstmLayer(map, recurrent, at.Place, Activation, GateActivation)
        {
            GivesReversed = at.GivesReversed,
            InputDropout = at.InputDropout,
            RecurrentDropout = RecurrentDropout,
        };
    }
}
