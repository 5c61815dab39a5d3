namespace Firn.Layers;

/// <summary>The largest value of each unit in windows over time: a sequence [T,F] to [T',F].</summary>
/// <param name="Window">Steps, 1 to 1024 (Keras' <c>pool_size</c>).</param>
/// <param name="Stride">Steps between windows; 0 for as many as the window has.</param>
/// <param name="Padding">Valid or same; steps beyond the text count for nothing.</param>
public sealed record MaxPooling(int Window, int Stride = 0, WindowPadding Padding = WindowPadding.Valid) : Layer;

/// <summary>The mean of each unit in windows over time: a sequence [T,F] to [T',F].</summary>
/// <param name="Window">Steps, 1 to 1024 (Keras' <c>pool_size</c>).</param>
/// <param name="Stride">Steps between windows; 0 for as many as the window has.</param>
/// <param name="Padding">Valid or same; steps beyond the text count for nothing, in the divisor neither.</param>
public sealed record AveragePooling(int Window, int Stride = 0, WindowPadding Padding = WindowPadding.Valid) : Layer;
