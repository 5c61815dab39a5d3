namespace Firn.Interop.NumPy;

/// <summary>A type of NumPy as its description says.</summary>
internal readonly record struct NumPyType(string Name, bool BigEndian);
