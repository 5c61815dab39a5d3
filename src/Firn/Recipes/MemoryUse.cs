namespace Firn.Recipes;

/// <summary>Memory of the process, in bytes.</summary>
internal readonly record struct MemoryUse(long Peak, long Runtime, long Managed);
