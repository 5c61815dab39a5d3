namespace Firn.Interop.Hdf5;

/// <summary>
/// The bytes of an HDF5 file, read at any place. Nothing is allocated before it is known that the file holds as many
/// bytes, and what describes the file may be read only so many times over: a damaged file that refers to itself ends.
/// </summary>
internal sealed class Hdf5Input : IDisposable
{
    private const long Grace = 16 << 20;
    private const string Remedy = "The file is damaged or cut short; fetch or save it again.";
    private readonly Stream _stream;
    private readonly long _start;
    private readonly bool _leaveOpen;
    private long _described,
        _data;

    /// <summary>Reads a part of a stream.</summary>
    /// <param name="stream">A stream that can be read at any place.</param>
    /// <param name="start">Where the HDF5 file begins in it.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="leaveOpen">Whether the stream stays open after this.</param>
    public Hdf5Input(Stream stream, long start, long length, string path, bool leaveOpen)
    {
        (_stream, _start, Length, Path, _leaveOpen) = (stream, start, length, path, leaveOpen);
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>Bytes that describe the file: headers, names, trees.</summary>
    /// <param name="at">Their place.</param>
    /// <param name="count">How many.</param>
    /// <param name="what">What they are, for errors.</param>
    public byte[] Describing(ulong at, ulong count, string what)
    {
        long place = Place(at, count, what);
        if (count > (ulong)Array.MaxLength)
            throw Bad(at, $"{what} would take {count} bytes");
        _described += 64 + (long)count;
        if (_described > Grace + 2 * Length)
            throw Bad(at, "the parts of the file refer to each other in a circle");
        var bytes = new byte[count];
        Read(place, bytes);
        return bytes;
    }

    /// <summary>Checks that numbers lie in the file, and that no more are asked for in all than it has bytes.</summary>
    public void Promise(ulong at, ulong count, string what)
    {
        Place(at, count, what);
        _data += (long)count;
        if (_data > Length)
            throw Bad(at, "its arrays promise more bytes than the file has");
    }

    /// <summary>Bytes of an array whose place was checked by <see cref="Promise"/>.</summary>
    public void Data(ulong at, Span<byte> destination) => Read((long)at, destination);

    public InvalidDataException Bad(ulong at, string problem) => new($"{Path}: byte {at}: {problem}. {Remedy}");

    /// <summary>Something that HDF5 allows and that is not read here.</summary>
    public InvalidDataException Unsupported(ulong at, string problem) =>
        new(
            $"{Path}: byte {at}: {problem}, which is not read here. Write the file again with h5py's defaults "
                + "(model.save in Keras does)."
        );

    public void Dispose()
    {
        if (!_leaveOpen)
            _stream.Dispose();
    }

    private long Place(ulong at, ulong count, string what)
    {
        if (at > (ulong)Length || count > (ulong)Length - at)
            throw Bad(at, $"{what} would take {count} bytes from here on, and the file has {Length}");
        return (long)at;
    }

    private void Read(long at, Span<byte> destination)
    {
        _stream.Position = _start + at;
        if (_stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
            throw Bad((ulong)at, "the file ends while it is read");
    }
}
