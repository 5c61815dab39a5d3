namespace Firn.Study;

/// <summary>Texts that became right, and that became wrong.</summary>
public readonly record struct SliceChange(int Gained, int Lost);
