namespace Firn.Data;

/// <summary>Rows to train on and rows to test on, ascending or in the order drawn.</summary>
public readonly record struct SplitRows(int[] Train, int[] Test);
