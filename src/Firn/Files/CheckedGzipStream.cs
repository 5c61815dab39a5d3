using System.Buffers.Binary;
using System.IO.Compression;

namespace Firn.Files;

/// <summary>
/// Decompresses gzip of any number of members and refuses data that ends early, which <see cref="GZipStream"/> takes
/// for the end: the last four bytes must be the decompressed size of the last member (RFC 1952, section 2.3.1).
/// </summary>
internal sealed class CheckedGzipStream : ReadOnlyStream
{
    /// <summary>Deflate cannot expand by more than this.</summary>
    public const int MaxExpansion = 1032;

    private readonly string _path;
    private readonly MemberStream _packed;
    private readonly GZipStream _gzip;
    private bool _isChecked;

    /// <summary>Wraps a stream, which is disposed of with it.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="packed">From the first member's first byte on.</param>
    public CheckedGzipStream(string path, Stream packed)
    {
        _path = path;
        _packed = new MemberStream(packed);
        _gzip = new GZipStream(_packed, CompressionMode.Decompress, leaveOpen: false);
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = _gzip.Read(buffer);
        }
        catch (InvalidDataException error)
        {
            throw Damaged($"is wrong ({error.Message.TrimEnd('.')})", error);
        }
        _packed.Unpacked += read;
        if (read == 0 && buffer.Length > 0 && !_isChecked)
        {
            _isChecked = true;
            if (!_packed.EndsWithSize())
                throw Damaged("ends", null);
        }
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip.Dispose();
        base.Dispose(disposing);
    }

    private InvalidDataException Damaged(string how, Exception? error) =>
        new(
            $"{_path}: the gzip data is damaged or cut short: it {how} after byte {_packed.Unpacked} of the unpacked "
                + $"content. Copy or download the file again.",
            error
        );

    /// <summary>
    /// Hands the packed bytes on and stops before whatever looks like a member's header: what is read after such a stop
    /// is asked for only when all before it has been unpacked, so that the size of each member can be told.
    /// </summary>
    private sealed class MemberStream(Stream packed) : ReadOnlyStream
    {
        private const int Header = 10,
            ShortestMember = 18,
            Kept = 16;

        private readonly byte[] _buffer = new byte[1 << 16];
        private readonly Queue<long> _starts = new([0]); // unpacked bytes before each possible member, of the last ones
        private readonly byte[] _tail = new byte[4];
        private int _start,
            _end,
            _tailLength;
        private long _given;
        private bool _atEnd,
            _atStart = true;

        /// <summary>Unpacked bytes so far.</summary>
        public long Unpacked { get; set; }

        public override int Read(Span<byte> buffer)
        {
            if (_end - _start < Header && !_atEnd)
                Fill();
            ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, _end - _start);
            if (bytes.IsEmpty || buffer.IsEmpty)
                return 0;
            int header = FindHeader(bytes);
            if (header == 0)
            {
                if (!_atStart)
                    Note();
                header = FindHeader(bytes[1..]) is var next and >= 0 ? next + 1 : -1;
            }
            _atStart = false;
            // A header may begin in the last bytes: they wait for what follows.
            int ready =
                header > 0 ? header
                : _atEnd ? bytes.Length
                : bytes.Length - Header + 1;
            int count = Math.Min(ready, buffer.Length);
            bytes[..count].CopyTo(buffer);
            KeepTail(bytes[..count]);
            _start += count;
            _given += count;
            return count;
        }

        /// <summary>
        /// Whether the last four bytes are the size of what came since one of the possible members began.
        /// </summary>
        public bool EndsWithSize()
        {
            while (Read(new byte[1 << 12]) > 0)
            {
                // What follows the last member, such as padding, was not asked for.
            }
            uint told = BinaryPrimitives.ReadUInt32LittleEndian(_tail);
            return _given >= ShortestMember && _starts.Any(start => unchecked((uint)(Unpacked - start)) == told);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                packed.Dispose();
            base.Dispose(disposing);
        }

        private void Note()
        {
            if (_starts.Count == Kept)
                _starts.Dequeue();
            _starts.Enqueue(Unpacked);
        }

        private void Fill()
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
            int read = packed.ReadAtLeast(_buffer.AsSpan(_end), Header, throwOnEndOfStream: false);
            _end += read;
            _atEnd = read < Header;
        }

        private void KeepTail(ReadOnlySpan<byte> bytes)
        {
            foreach (byte value in bytes[Math.Max(0, bytes.Length - _tail.Length)..])
            {
                if (_tailLength == _tail.Length)
                    _tail.AsSpan(1).CopyTo(_tail);
                else
                    _tailLength++;
                _tail[_tailLength - 1] = value;
            }
        }

        /// <summary>A header: magic number, deflate, no reserved flag, a known level and system.</summary>
        private static int FindHeader(ReadOnlySpan<byte> bytes)
        {
            for (int at = 0; ; )
            {
                int found = bytes[at..].IndexOf((ReadOnlySpan<byte>)[0x1F, 0x8B, 8]);
                at += found;
                if (found < 0 || at + Header > bytes.Length)
                    return -1;
                if (bytes[at + 3] < 0x20 && bytes[at + 8] is 0 or 2 or 4 && bytes[at + 9] is <= 13 or 255)
                    return at;
                at++;
            }
        }
    }
}
