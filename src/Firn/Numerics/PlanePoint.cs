namespace Firn.Numerics;

/// <summary>A place in the plane.</summary>
public readonly record struct PlanePoint(double X, double Y);
