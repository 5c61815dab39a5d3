namespace Firn.Layers;

/// <summary>The plain recurrent layer (Elman 1990): h = act(x W + h U + b).</summary>
/// <remarks>
/// Weights: <c>NAME.kernel</c> [F,H], <c>NAME.recurrent_kernel</c> [H,H], <c>NAME.bias</c> [H]. Default name <c>simple_rnn</c>.
/// </remarks>
/// <param name="Units">H, 1 to 8192.</param>
/// <param name="Activation">Any but GELU, SiLU and softmax.</param>
public sealed record SimpleRnn(int Units, Activation Activation = Activation.Tanh) : Recurrent
{
    /// <inheritdoc/>
    public override int Units { get; init; } = Units;
}
