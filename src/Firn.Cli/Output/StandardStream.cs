namespace Firn.Cli.Output;

/// <summary>
/// A stream of the process that tells a reader who has left from a failure: the first ends the command quietly, the
/// second is an error. After either nothing more is written, so that what is still buffered raises no second error.
/// </summary>
internal sealed class StandardStream(Stream inner, string name) : Stream
{
    // errno 32 on Linux and macOS; ERROR_BROKEN_PIPE and ERROR_NO_DATA on Windows.
    private const int BrokenPipe = 32,
        WindowsBrokenPipe = unchecked((int)0x8007006D),
        WindowsNoData = unchecked((int)0x800700E8);
    private bool _failed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_failed)
            return;
        try
        {
            inner.Write(buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(error);
        }
    }

    public override void Flush()
    {
        if (_failed)
            return;
        try
        {
            inner.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(error);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Whether whoever read the other end has left.</summary>
    internal static bool IsClosedPipe(Exception error) =>
        error.HResult is BrokenPipe or WindowsBrokenPipe or WindowsNoData;

    private Exception Failure(Exception error)
    {
        _failed = true;
        return IsClosedPipe(error)
            ? new OutputClosedException()
            : new UserError($"{name}: {error.Message.TrimEnd('.')}; what was written until now is not complete");
    }
}

/// <summary>
/// Whoever read the output has seen enough (<c>| head</c>, a pager that was left): no failure of the command's.
/// </summary>
internal sealed class OutputClosedException() : Exception("the reader of standard output has left");
