using Firn.Files;
using SharpCompress.Archives;
using SharpCompress.Archives.Rar;
using SharpCompress.Archives.SevenZip;
using SharpCompress.Readers;

namespace Firn.Formats;

/// <summary>One file of a 7z or RAR archive.</summary>
internal static class ArchivedFile
{
    /// <summary>Opens the file that is meant of a 7z archive.</summary>
    public static Stream OfSevenZip(PackedInput input) =>
        Open(input, FileKind.SevenZip, stream => SevenZipArchive.OpenArchive(stream, new ReaderOptions()));

    /// <summary>Opens the file that is meant of a RAR archive.</summary>
    public static Stream OfRar(PackedInput input) =>
        Open(input, FileKind.Rar, stream => RarArchive.OpenArchive(stream, new ReaderOptions()));

    private static GuardedStream Open(PackedInput input, FileKind kind, Func<Stream, IArchive> open)
    {
        Stream packed = input.OpenSeekable();
        try
        {
            IArchiveEntry[] entries = [.. open(packed).Entries.Where(e => !e.IsDirectory && e.Key is not null)];
            string name = ArchiveEntries.Choose(input.Path, [.. entries.Select(NameOf)], input.Entry);
            IArchiveEntry entry = entries.First(e => NameOf(e) == name);
            if (entry.IsEncrypted)
                throw new InvalidDataException($"{input.Path}: '{name}' is encrypted. {kind.Remedy(input.Path)}");
            return new GuardedStream(input.Path, kind, packed, _ => entry.OpenEntryStream());
        }
        catch (InvalidDataException error) when (error.Message.StartsWith(input.Path, StringComparison.Ordinal))
        {
            packed.Dispose();
            throw;
        }
        catch (Exception error) when (GuardedStream.IsOfContent(error))
        {
            packed.Dispose();
            throw GuardedStream.Damaged(input.Path, kind, 0, error);
        }
    }

    private static string NameOf(IArchiveEntry entry) => entry.Key!.Replace('\\', '/');
}
