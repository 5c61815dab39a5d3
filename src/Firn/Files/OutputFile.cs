using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Firn.Files;

/// <summary>
/// A file that appears whole or not at all: it is written beside its place, flushed to the disk, and renamed. The file
/// that a symbolic link leads to is replaced, not the link. Pipes and devices (<c>/dev/stdout</c>, <c>-</c>) are
/// written to as they are.
/// </summary>
/// <example><code>
/// using var output = OutputFile.Create(path, inputs);
/// output.Stream.Write(bytes);
/// output.Commit();
/// </code></example>
public sealed class OutputFile : IDisposable
{
    /// <summary>The name of standard output.</summary>
    public const string StandardOutput = "-";

    private const string TemporaryPrefix = ".firn-",
        TemporaryExtension = ".tmp";

    private readonly string _target;
    private readonly string? _temporary; // null where the target is written to as it is
    private readonly FileStream? _file;
    private readonly WriteStream _stream;
    private bool _ended;

    private OutputFile(string path, string target, string? temporary, Stream stream)
    {
        FilePath = path;
        _target = target;
        _temporary = temporary;
        _file = stream as FileStream;
        _stream = new WriteStream(path, stream);
    }

    /// <summary>The place, as it was named.</summary>
    public string FilePath { get; }

    /// <summary>Takes the content; a writer around it may be disposed of before <see cref="Commit"/>.</summary>
    public Stream Stream => _stream;

    /// <summary>Bytes written.</summary>
    public long Written => _stream.Written;

    /// <summary>
    /// Refuses a place that cannot be written to, or that is one of the inputs; to be asked before long work.
    /// </summary>
    /// <param name="path">The place.</param>
    /// <param name="inputs">Files that must not be written over; told by identity, so links are seen through.</param>
    /// <exception cref="IOException">The message is one line with the place, the reason and the remedy.</exception>
    public static void Check(string path, params IEnumerable<string> inputs)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(inputs);
        if (TargetOf(path, inputs) is not { } target)
            return;
        string trial = Beside(target);
        try
        {
            File.OpenHandle(trial, FileMode.CreateNew, FileAccess.Write).Dispose();
            File.Delete(trial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw WriteStream.Explain(path, error);
        }
    }

    /// <summary>Begins a file.</summary>
    /// <inheritdoc cref="Check" path="/param|/exception"/>
    public static OutputFile Create(string path, params IEnumerable<string> inputs)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(inputs);
        try
        {
            if (TargetOf(path, inputs) is not { } target)
                return new OutputFile(path, path, null, OpenStream(path));
            string temporary = Beside(target);
            var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
            var output = new OutputFile(path, target, temporary, stream);
            try
            {
                if (!OperatingSystem.IsWindows() && File.Exists(target))
                    File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
                return output;
            }
            catch
            {
                output.Dispose();
                throw;
            }
        }
        catch (Exception error) when (WriteStream.IsUnexplained(path, error))
        {
            throw WriteStream.Explain(path, error);
        }
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">The place.</param>
    /// <param name="write">Writes the content; where it throws, the place stays as it was.</param>
    /// <param name="inputs">Files that must not be written over.</param>
    /// <exception cref="IOException">The message is one line with the place, the reason and the remedy.</exception>
    public static void Write(string path, Action<Stream> write, params IEnumerable<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(write);
        using OutputFile output = Create(path, inputs);
        write(output.Stream);
        output.Commit();
    }

    /// <summary>Writes text in UTF-8, without a byte order mark.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Puts the file in its place; until then nothing there has changed.</summary>
    /// <exception cref="IOException">The message is one line with the place, the reason and the remedy.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        try
        {
            _stream.Flush();
            if (_temporary is not null)
            {
                _file!.Flush(flushToDisk: true);
                _stream.End();
                File.Move(_temporary, _target, overwrite: true);
            }
            _ended = true;
            _stream.End();
        }
        catch (Exception error) when (WriteStream.IsUnexplained(FilePath, error))
        {
            throw WriteStream.Explain(FilePath, error);
        }
    }

    /// <summary>Ends writing; without <see cref="Commit"/> before, what was written is thrown away.</summary>
    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        _stream.Abandon();
        if (_temporary is not null)
            File.Delete(_temporary);
    }

    /// <summary>
    /// Whether a name is of a pipe or a device, or of a stream of this process whatever is behind it.
    /// </summary>
    internal static bool IsStream(string path) =>
        path == StandardOutput || Descriptor(path) >= 0 || FileIdentity.Of(path) is { IsRegular: false };

    /// <summary>
    /// The file that is written in the end, where a link leads, even to no file yet; null for pipes and devices.
    /// </summary>
    private static string? TargetOf(string path, IEnumerable<string> inputs)
    {
        if (IsStream(path))
            return null;
        RefuseInputs(path, inputs);
        string full = Path.GetFullPath(path),
            target = new FileInfo(full).LinkTarget is null ? full : FileIdentity.Final(full);
        if (!Directory.Exists(Path.GetDirectoryName(target)))
            throw new IOException($"{path}: there is no such folder as {Path.GetDirectoryName(target)}; make it first");
        if (File.Exists(target) && File.GetAttributes(target).HasFlag(FileAttributes.ReadOnly))
            throw new IOException($"{path}: the file is read-only; change its permissions, or choose another place");
        return target;
    }

    private static void RefuseInputs(string path, IEnumerable<string> inputs)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path}: this is a folder; name a file");
        if (FileIdentity.Of(path) is not { IsRegular: true } identity)
            return;
        foreach (string input in inputs)
        {
            if (FileIdentity.Of(InputFile.Split(input).File) is { } other && other.Place == identity.Place)
                throw new IOException(
                    $"{path}: this is the input {(input == path ? "itself" : input)}, which would be lost; choose "
                        + $"another place"
                );
        }
    }

    /// <summary>Whether a name is one that a file has before it is in its place; a crash may leave it.</summary>
    internal static bool IsTemporary(string name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.Ordinal)
        && name.EndsWith(TemporaryExtension, StringComparison.Ordinal);

    private static string Beside(string target) =>
        Path.Combine(Path.GetDirectoryName(target)!, $"{TemporaryPrefix}{Guid.NewGuid():N}{TemporaryExtension}");

    /// <summary>The number of a stream of this process by its names in /dev and /proc; -1 for other names.</summary>
    private static int Descriptor(string path)
    {
        if (OperatingSystem.IsWindows())
            return -1;
        foreach (string folder in (ReadOnlySpan<string>)["/dev/fd/", "/proc/self/fd/"])
        {
            if (
                path.StartsWith(folder, StringComparison.Ordinal)
                && int.TryParse(path.AsSpan(folder.Length), out int number)
            )
                return number;
        }
        return path switch
        {
            "/dev/stdout" => 1,
            "/dev/stderr" => 2,
            _ => -1,
        };
    }

    // The console's own stream takes a closed pipe and a full disk for success, and a file stream on the same handle
    // would write over what others wrote to a file there: each is used where it does no harm.
    private static Stream OpenStream(string path)
    {
        int descriptor = path == StandardOutput ? 1 : Descriptor(path);
        if (descriptor < 0)
            return new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.Open,
                    Access = FileAccess.Write,
                    BufferSize = 1 << 16,
                }
            );
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, 1 << 16);
        if (stream.CanSeek && descriptor is 1 or 2)
            return descriptor == 1 ? Console.OpenStandardOutput() : Console.OpenStandardError();
        return stream;
    }
}
