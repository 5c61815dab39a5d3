namespace Firn.Layers;

/// <summary>
/// Batch normalization (Ioffe, Szegedy 2015) of each unit, on a sequence over all steps of all texts of a batch, or on features
/// over its texts: y = gamma (x - mean) / sqrt(variance + epsilon) + beta. Training takes the batch's own mean and variance, and
/// lets the moving ones follow; prediction, and training while the layer is frozen, takes the moving ones.
/// </summary>
/// <remarks>
/// Weights: <c>NAME.gamma</c>, <c>NAME.beta</c>, <c>NAME.moving_mean</c>, <c>NAME.moving_variance</c>, each [F]; no optimizer trains
/// the last two. Default name <c>batch_normalization</c>.
/// </remarks>
/// <param name="Epsilon">Above 0.</param>
/// <param name="Momentum">Share of the moving values that stays in a step, in [0, 1).</param>
public sealed record BatchNormalization(double Epsilon = 1e-3, double Momentum = 0.99) : Layer;

/// <summary>
/// Layer normalization (Ba et al. 2016) of each row, on a sequence or on features: y = gamma (x - mean) / sqrt(variance + epsilon)
/// + beta, mean and variance over the row's values.
/// </summary>
/// <remarks>
/// Weights: <c>NAME.gamma</c>, <c>NAME.beta</c>, each [F]. Default name <c>layer_normalization</c>.
/// </remarks>
/// <param name="Epsilon">Above 0.</param>
public sealed record LayerNormalization(double Epsilon = 1e-3) : Layer;
