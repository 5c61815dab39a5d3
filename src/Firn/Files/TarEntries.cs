using System.Formats.Tar;

namespace Firn.Files;

/// <summary>One file of a tar archive. The archive is read twice: for its names, and for the file.</summary>
internal static class TarEntries
{
    public static Stream Open(PackedInput input)
    {
        // TarReader loses its place behind padded entries of a stream that cannot seek.
        Stream packed = input.OpenSeekable();
        try
        {
            string name = ArchiveEntries.Choose(input.Path, Names(input.Path, packed), input.Entry);
            packed.Position = 0;
            var reader = new TarReader(packed, leaveOpen: false);
            while (Next(input.Path, reader) is { } entry)
            {
                if (entry.Name == name && entry.DataStream is { } content)
                    return new EntryStream(input.Path, reader, content);
            }
            throw Damaged(input.Path, $"'{name}' is empty", null);
        }
        catch
        {
            packed.Dispose();
            throw;
        }
    }

    private static List<string> Names(string path, Stream packed)
    {
        using var reader = new TarReader(packed, leaveOpen: true);
        var names = new List<string>();
        while (Next(path, reader) is { } entry)
        {
            if (
                entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile
            )
                names.Add(entry.Name);
        }
        return names;
    }

    private static TarEntry? Next(string path, TarReader reader)
    {
        try
        {
            return reader.GetNextEntry();
        }
        catch (Exception error)
            when (ArchiveEntries.IsDamage(error) && !error.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw Damaged(path, error.Message.TrimEnd('.'), error);
        }
    }

    private static InvalidDataException Damaged(string path, string how, Exception? error) =>
        new($"{path}: the tar archive is damaged or cut short ({how}). Copy or download the file again.", error);

    private sealed class EntryStream(string path, TarReader reader, Stream content) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            try
            {
                return content.Read(buffer);
            }
            catch (Exception error)
                when (ArchiveEntries.IsDamage(error) && !error.Message.StartsWith(path, StringComparison.Ordinal))
            {
                throw Damaged(path, error.Message.TrimEnd('.'), error);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                reader.Dispose();
            base.Dispose(disposing);
        }
    }
}
