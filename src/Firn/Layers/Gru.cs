namespace Firn.Layers;

/// <summary>
/// Gated recurrent units (Cho et al. 2014): z, r = gate(...), h = z h + (1 - z) c. With the reset behind the product
/// (Keras' <c>reset_after</c>, cuDNN, PyTorch) c = act(x W + b + r (h U + b')), before it c = act(x W + b + (r h) U).
/// </summary>
/// <remarks>
/// Weights: <c>NAME.kernel</c> [F,3H], <c>NAME.recurrent_kernel</c> [H,3H], <c>NAME.bias</c> [3H] and, where the reset
/// stands behind the product, <c>NAME.recurrent_bias</c> [3H]; in the order z, r, c (Keras' z, r, h; the two biases are
/// the rows of Keras' [2,3H]). Default name <c>gru</c>.
/// </remarks>
/// <param name="Units">H, 1 to 8192.</param>
/// <param name="Activation">Of the candidate c; any but GELU, SiLU and softmax.</param>
/// <param name="GateActivation">Of the gates, likewise (Keras' <c>recurrent_activation</c>).</param>
/// <param name="ResetAfter">Whether the reset stands behind the recurrent product.</param>
public sealed record Gru(
    int Units,
    Activation Activation = Activation.Tanh,
    Activation GateActivation = Activation.Sigmoid,
    bool ResetAfter = true
) : Recurrent
{
    /// <inheritdoc/>
    public override int Units { get; init; } = Units;

    internal override string Kind => "gru";

    private protected override Activation[] Functions => [Activation, GateActivation];

    private protected override SequenceLayer Create(string name, RecurrentPlace at, WeightSource weights)
    {
        InputMap map = GruLayer.CreateMap(name, at.Place, at.Width, Units, weights, out Parameter recurrent);
        return ResetAfter
            ? new GruLayer(
                map,
                recurrent,
                weights.Get(name + ".recurrent_bias", ParameterGroup.Encoder, [3 * Units]),
                at.Place,
                Activation,
                GateActivation
            )
            {
                GivesReversed = at.GivesReversed,
                InputDropout = at.InputDropout,
                RecurrentDropout = RecurrentDropout,
            }
            : new ResetBeforeGruLayer(map, recurrent, at.Place, Activation, GateActivation)
            {
                GivesReversed = at.GivesReversed,
                InputDropout = at.InputDropout,
                RecurrentDropout = RecurrentDropout,
            };
    }
}
