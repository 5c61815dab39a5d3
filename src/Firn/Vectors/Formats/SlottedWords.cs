namespace Firn.Vectors.Formats;

/// <summary>Words as bytes behind one another, where each ends, and their hash table.</summary>
internal readonly record struct SlottedWords(byte[] Bytes, int[] Ends, int[] Slots);
