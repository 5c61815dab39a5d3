using System.Buffers.Binary;
using System.IO.Compression;

namespace Firn.Text;

/// <summary>
/// Decompresses gzip and refuses data that ends early, which <see cref="GZipStream"/> takes for the end: the last four
/// bytes of the file must be the decompressed size (RFC 1952, section 2.3.1), unless the file has several members.
/// </summary>
internal sealed class CheckedGzipStream(FileStream file) : Stream
{
    private const int ShortestFile = 18;
    private readonly GZipStream gzip = new(file, CompressionMode.Decompress, leaveOpen: true);
    private uint size;
    private bool isChecked;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => size; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int read = gzip.Read(buffer);
        unchecked
        {
            size += (uint)read;
        }
        if (read == 0 && buffer.Length > 0 && !isChecked)
            CheckEnd();
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            gzip.Dispose();
            file.Dispose();
        }
        base.Dispose(disposing);
    }

    private void CheckEnd()
    {
        isChecked = true;
        Span<byte> tail = stackalloc byte[4];
        if (file.Length >= ShortestFile)
        {
            file.Position = file.Length - 4;
            file.ReadExactly(tail);
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail) == size || HasSeveralMembers())
                return;
        }
        throw new InvalidDataException("The gzip data ends early.");
    }

    /// <summary>Whether another member's header (magic, deflate, no reserved flag, known level and system) follows the first.</summary>
    private bool HasSeveralMembers()
    {
        const int header = 10;
        var block = new byte[1 << 16];
        int kept = 0;
        file.Position = 1;
        for (int read = file.Read(block); read > 0; read = file.Read(block.AsSpan(kept)))
        {
            int length = kept + read;
            for (int i = 0; i + header <= length; i++)
            {
                if (block[i] == 0x1f && block[i + 1] == 0x8b && block[i + 2] == 8 && block[i + 3] < 0x20 && block[i + 8] is 0 or 2 or 4 && block[i + 9] is <= 13 or 255)
                    return true;
            }
            kept = Math.Min(header - 1, length);
            block.AsSpan(length - kept, kept).CopyTo(block);
        }
        return false;
    }
}
