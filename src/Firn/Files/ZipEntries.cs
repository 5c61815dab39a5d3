using System.IO.Compression;

namespace Firn.Files;

/// <summary>One file of a zip archive.</summary>
internal static class ZipEntries
{
    private const string Again = "Copy or download the file again, or unpack it with unzip.";

    public static Stream Open(PackedInput input)
    {
        Stream packed = input.OpenSeekable();
        try
        {
            var archive = new ZipArchive(packed, ZipArchiveMode.Read, leaveOpen: false);
            string name = ArchiveEntries.Choose(input.Path, [.. archive.Entries.Select(e => e.FullName)], input.Entry);
            ZipArchiveEntry entry = archive.Entries.First(e => e.FullName == name);
            if (entry.IsEncrypted)
                throw new InvalidDataException(
                    $"{input.Path}: '{name}' is encrypted. Unpack it with its password first: unzip {input.Path}"
                );
            return new EntryStream(input.Path, archive, entry.Open(), entry.Length);
        }
        catch (Exception error)
            when (ArchiveEntries.IsDamage(error) && !error.Message.StartsWith(input.Path, StringComparison.Ordinal))
        {
            packed.Dispose();
            throw new InvalidDataException(
                $"{input.Path}: the zip archive is damaged, cut short or packed in a way that is not known ("
                    + $"{error.Message.TrimEnd('.')}). {Again}",
                error
            );
        }
        catch
        {
            packed.Dispose();
            throw;
        }
    }

    /// <summary>The content of an entry, whose length the archive tells.</summary>
    private sealed class EntryStream(string path, ZipArchive archive, Stream content, long length) : ReadOnlyStream
    {
        private long _read;

        public override int Read(Span<byte> buffer)
        {
            int read;
            try
            {
                read = content.Read(buffer);
            }
            catch (Exception error) when (ArchiveEntries.IsDamage(error))
            {
                throw new InvalidDataException(
                    $"{path}: the zip archive is damaged ({error.Message.TrimEnd('.')}). {Again}",
                    error
                );
            }
            _read += read;
            if (read == 0 && buffer.Length > 0 && _read != length)
                throw new InvalidDataException(
                    $"{path}: the file in the zip archive has {_read} bytes where {length} are promised. {Again}"
                );
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                content.Dispose();
                archive.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
