namespace Firn.Cli.Mapping;

/// <summary>The divergence, and where it falls.</summary>
internal readonly record struct EmbeddingSlope(double Divergence, double[,] Gradient);
