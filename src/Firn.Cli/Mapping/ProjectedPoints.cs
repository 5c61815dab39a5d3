namespace Firn.Cli.Mapping;

/// <summary>Points in the plane, and the share of the variance along each axis.</summary>
internal readonly record struct ProjectedPoints(double[,] Points, double[] Share);
