namespace Firn.Vectors.Storage;

/// <summary>Rows that are stored, and which of them a word has; null where each has its own.</summary>
internal readonly record struct StoredRows(int[] Stored, int[]? RowOf);
