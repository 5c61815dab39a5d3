namespace Firn.Vectors.Training;

/// <summary>The first position of a window and the one behind its last.</summary>
internal readonly record struct WindowSpan(int Low, int High);
