using System.Collections.Concurrent;
using Firn.Files;

namespace Firn.Data;

/// <summary>Readers of tables that are recognised by their first bytes; libraries at the edge add theirs.</summary>
internal static class CorpusTables
{
    private static readonly ConcurrentDictionary<FileKind, Func<string, CorpusTable>> Readers = new();

    /// <summary>Adds a reader, or replaces the one of that kind.</summary>
    public static void Add(FileKind kind, Func<string, CorpusTable> open) => Readers[kind] = open;

    /// <summary>Whether files of a kind are read.</summary>
    public static bool Reads(FileKind kind) => Readers.ContainsKey(kind);

    /// <summary>Opens a file where it is such a table; null for others.</summary>
    public static TableSource? Open(CorpusFile file, CorpusOptions options)
    {
        if (Readers.IsEmpty || Directory.Exists(file.Path) || !InputFile.Exists(file.Path))
            return null;
        (string outer, string? entry) = InputFile.Split(file.Path);
        // Behind the colon of a workbook stands a sheet; of a packed file, a file in it.
        FileKind kind = entry is null ? file.Kind() : InputFile.StoredKindOf(outer);
        if (kind.IsPacked())
            kind = file.Kind();
        return Readers.TryGetValue(kind, out Func<string, CorpusTable>? open)
            ? new TableSource(file.Path, open(file.Path), options)
            : null;
    }
}
