namespace Firn.Vectors.Training;

/// <summary>Segments of a round, and the words of each.</summary>
internal readonly record struct Round(int Segments, int Size);
