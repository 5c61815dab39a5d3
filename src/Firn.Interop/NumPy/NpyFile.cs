using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Firn.Common;

namespace Firn.Interop.NumPy;

/// <summary>
/// Reads a two-dimensional <c>.npy</c> file row by row (NumPy Enhancement Proposal 1: a magic number, a version, a
/// header that is a Python dictionary in text, then the numbers).
/// </summary>
internal sealed partial class NpyFile : IDisposable
{
    private const int MaxHeader = 1 << 16;
    private const string Remedy = "fetch or write the file again with numpy.save";
    private readonly FileStream _stream;
    private readonly NumberType _type;
    private byte[] _row = [];

    private NpyFile(FileStream stream, NumberType type, int rows, int columns)
    {
        (_stream, _type, Rows, Columns) = (stream, type, rows, columns);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Opens a file and checks that it holds as many numbers as its header says.</summary>
    /// <exception cref="InvalidDataException">
    /// It is no such file, or one of another form; the message says which.
    /// </exception>
    public static NpyFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        try
        {
            return Read(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The next row.</summary>
    public void Next(Span<float> destination)
    {
        if (_row.Length == 0)
            _row = new byte[Columns * _type.Size];
        _stream.ReadExactly(_row);
        _type.Read(_row, destination);
    }

    public void Dispose() => _stream.Dispose();

    private static NpyFile Read(FileStream stream, string path)
    {
        Span<byte> start = stackalloc byte[12];
        int got = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (got < start.Length || start[0] != 0x93 || !start[1..6].SequenceEqual("NUMPY"u8))
            throw new InvalidDataException($"{path}: byte 0: the file does not begin as a .npy file does; {Remedy}.");
        bool old = start[6] == 1;
        long length = old
            ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (start[6] is < 1 or > 3 || length > MaxHeader)
            throw new InvalidDataException(
                $"{path}: byte 6: version {start[6]} with a header of {length} bytes; versions 1 to 3 can be read."
            );
        long data = (old ? 10 : 12) + length;
        stream.Position = old ? 10 : 12;
        var header = new byte[length];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            throw new InvalidDataException(
                $"{path}: byte {stream.Position}: the file ends within its header; {Remedy}."
            );
        string text = Encoding.Latin1.GetString(header);
        Match type = TypePattern().Match(text),
            shape = ShapePattern().Match(text);
        if (NumberType.Parse(type.Groups[1].Value) is not { } number)
            throw new InvalidDataException(
                $"{path}: byte 10: the numbers are of type '{Throw.Shown(type.Groups[1].Value)}'; floats and whole "
                    + $"numbers can be read."
            );
        if (
            !shape.Success
            || !int.TryParse(shape.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
            || !int.TryParse(shape.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
            || columns == 0
        )
            throw new InvalidDataException(
                $"{path}: byte 10: the array is not of two dimensions, a row a word ({Throw.Shown(text.Trim(), 200)})."
            );
        if (text.Contains("'fortran_order': True", StringComparison.Ordinal) && rows > 1 && columns > 1)
            throw new InvalidDataException(
                $"{path}: byte 10: the array is stored by columns; write it with numpy.save(path, "
                    + $"numpy.ascontiguousarray(a))."
            );
        if (columns > (1 << 20) || (long)rows * columns * number.Size > stream.Length - data)
            throw new InvalidDataException(
                $"{path}: byte {data}: {rows} x {columns} numbers are promised and the file holds fewer; {Remedy}."
            );
        return new NpyFile(stream, number, rows, columns);
    }

    [GeneratedRegex(@"'descr':\s*'([^']*)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'shape':\s*\(\s*(\d+)\s*,\s*(\d+)\s*,?\s*\)")]
    private static partial Regex ShapePattern();
}
