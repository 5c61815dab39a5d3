namespace Firn.Files;

/// <summary>The archive, and the entry in it.</summary>
internal readonly record struct ArchivePath(string File, string? Entry);
