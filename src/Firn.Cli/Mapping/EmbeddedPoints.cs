namespace Firn.Cli.Mapping;

/// <summary>Points in the plane, and how far their neighborhoods are from those of the vectors.</summary>
internal readonly record struct EmbeddedPoints(double[,] Points, double Divergence);
