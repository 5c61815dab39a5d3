namespace Firn.Client;

/// <summary>Ids of all texts behind one another, and where each text begins; the last offset is their number.</summary>
public readonly record struct UnpackedIds(int[] Ids, int[] Offsets);
