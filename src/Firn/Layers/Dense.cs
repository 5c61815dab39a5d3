namespace Firn.Layers;

/// <summary>y = act(x D + d): features [F] to features [U], or on a sequence each step by itself, [T,F] to [T,U].</summary>
/// <remarks>
/// Weights: <c>NAME.kernel</c> [F,U], <c>NAME.bias</c> [U]. Default names <c>dense_1</c>, <c>dense_2</c> and so on; the output's,
/// which no list holds, is <c>dense</c>.
/// </remarks>
/// <param name="Units">U, 1 to 65536.</param>
/// <param name="Activation">Behind the sums.</param>
/// <param name="Bias">Whether there is one.</param>
public sealed record Dense(int Units, Activation Activation = Activation.Linear, bool Bias = true) : Layer;
