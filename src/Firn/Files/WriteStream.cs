namespace Firn.Files;

/// <summary>Hands bytes on to a file, counts them, and says in one line why it cannot.</summary>
internal sealed class WriteStream(string path, Stream file) : Stream
{
    private const int NoSpace = 28,
        NoQuota = 122,
        TooLarge = 27; // errno
    private const int WindowsFull = unchecked((int)0x80070070);

    public long Written { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Written;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            file.Write(buffer);
        }
        catch (IOException error)
        {
            throw Explain(path, error);
        }
        Written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush()
    {
        try
        {
            file.Flush();
        }
        catch (IOException error)
        {
            throw Explain(path, error);
        }
    }

    /// <summary>Closes the file; bytes that it still holds back and cannot write do not matter any more.</summary>
    public void Abandon()
    {
        try
        {
            file.Dispose();
        }
        catch (IOException)
        {
            // The failure that led here has been told.
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Whether a failure to write is still in the system's words.</summary>
    public static bool IsUnexplained(string path, Exception error) =>
        error is UnauthorizedAccessException
        || (error is IOException && !error.Message.StartsWith(path + ": ", StringComparison.Ordinal));

    /// <summary>The failure in the words of the place that was named.</summary>
    public static IOException Explain(string path, Exception error)
    {
        string message = error.Message;
        int named = message.IndexOf(" : '", StringComparison.Ordinal);
        string reason = error switch
        {
            { HResult: NoSpace or NoQuota or TooLarge or WindowsFull } =>
                "the disk is full; make room, or choose another place",
            UnauthorizedAccessException =>
                "its folder may not be written to; change the permissions, or choose another place",
            _ =>
                $"it cannot be written ({(named < 0 ? message : message[..named]).TrimEnd('.')}); choose another place",
        };
        return new IOException($"{path}: {reason}", error.HResult) { Source = error.Source };
    }

    /// <summary>
    /// Closes the file, which disposing of this stream does not: a writer around it may be disposed of before.
    /// </summary>
    public void End() => file.Dispose();
}
