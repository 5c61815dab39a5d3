namespace Firn.Layers;

/// <summary>Sets a share of the values to zero in training, each by itself, and divides the others by 1 - rate; on a sequence or on features.</summary>
/// <param name="Rate">In [0, 1).</param>
public sealed record Dropout(double Rate) : Layer;

/// <summary>Sets whole units of a sequence to zero in training, one mask a text held over time (Tompson et al. 2015; Keras' <c>SpatialDropout1D</c>).</summary>
/// <param name="Rate">In [0, 1).</param>
public sealed record SpatialDropout(double Rate) : Layer;
