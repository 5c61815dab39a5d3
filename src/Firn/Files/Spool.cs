using Microsoft.Win32.SafeHandles;

namespace Firn.Files;

/// <summary>
/// A temporary file that keeps what can be read only once, so that it can be read again and at any place. It has no
/// name where the system allows that, and ends with the process.
/// </summary>
internal sealed class Spool
{
    private readonly SafeFileHandle _handle;

    private Spool(SafeFileHandle handle, long length)
    {
        _handle = handle;
        Length = length;
    }

    /// <summary>Bytes kept.</summary>
    public long Length { get; }

    /// <summary>Copies a stream to its end.</summary>
    /// <param name="name">What is copied, for messages.</param>
    /// <param name="source">The stream.</param>
    public static Spool Of(string name, Stream source)
    {
        string path = Path.Combine(Path.GetTempPath(), $"firn-{Guid.NewGuid():N}.tmp");
        FileOptions onWindows = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(
                path,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.Read | FileShare.Delete,
                onWindows
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NoCopy(name, error);
        }
        try
        {
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            var buffer = new byte[1 << 16];
            long length = 0;
            for (int read = source.Read(buffer); read > 0; read = source.Read(buffer))
            {
                Keep(handle, buffer.AsSpan(0, read), length, name);
                length += read;
            }
            return new Spool(handle, length);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>A stream over all of it, from the start; streams do not disturb one another.</summary>
    public Stream Open() => new View(this);

    private static void Keep(SafeFileHandle handle, ReadOnlySpan<byte> bytes, long at, string name)
    {
        try
        {
            RandomAccess.Write(handle, bytes, at);
        }
        catch (IOException error)
        {
            throw NoCopy(name, error);
        }
    }

    private static IOException NoCopy(string name, Exception error) =>
        new(
            $"{name}: it can be read only once, and no copy can be kept in {Path.GetTempPath()} ({error.Message}); "
                + "make room there, set TMPDIR, or save the data to a file first",
            error
        );

    private sealed class View(Spool spool) : ReadOnlyStream
    {
        private long _position;

        public override bool CanSeek => true;

        public override long Length => spool.Length;

        public override long Position
        {
            get => _position;
            set =>
                _position =
                    value >= 0
                        ? value
                        : throw new ArgumentOutOfRangeException(nameof(value), value, "A position is not negative.");
        }

        public override int Read(Span<byte> buffer)
        {
            int read = RandomAccess.Read(spool._handle, buffer, _position);
            _position += read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin)
        {
            long to = origin switch
            {
                SeekOrigin.Begin => offset,
                SeekOrigin.Current => _position + offset,
                _ => spool.Length + offset,
            };
            return Position =
                to >= 0 ? to : throw new IOException("A place before the start of the file is asked for.");
        }
    }
}
