using System.Buffers.Binary;
using System.IO.Compression;
using Firn.Interop.NumPy;

namespace Firn.Interop.Hdf5;

/// <summary>
/// Reads arrays that are stored in pieces of equal extent, deflated and shuffled or not (as h5repack writes them).
/// </summary>
internal sealed class Hdf5Chunks
{
    private const int Deflate = 1,
        Shuffle = 2,
        Fletcher32 = 3,
        FirstNamed = 256;
    private const uint MaxExpansion = 1032; // deflate cannot expand by more
    private const int MaxLevels = 16;
    private readonly Hdf5Input _input;
    private readonly Hdf5Object _header;
    private readonly NumberType _type;
    private readonly int[] _shape,
        _piece;
    private readonly List<(int Filter, int Size)> _filters = [];

    private Hdf5Chunks(Hdf5Input input, Hdf5Object header, int[] shape, int[] piece, NumberType type)
    {
        (_input, _header, _shape, _piece, _type) = (input, header, shape, piece, type);
    }

    /// <summary>Reads the whole array.</summary>
    /// <param name="input">The file.</param>
    /// <param name="header">The array's header.</param>
    /// <param name="fields">The layout message, behind its kind.</param>
    /// <param name="shape">The array's extent.</param>
    /// <param name="type">Its numbers.</param>
    /// <param name="count">How many.</param>
    public static float[] Read(
        Hdf5Input input,
        Hdf5Object header,
        ref Hdf5Cursor fields,
        int[] shape,
        NumberType type,
        ulong count
    )
    {
        if (count == 0)
            return [];
        int rank = fields.Byte() - 1;
        ulong tree = fields.UInt64();
        if (rank != shape.Length || rank == 0)
            throw input.Bad(header.Address, $"an array of {shape.Length} dimensions has pieces of {rank}");
        var piece = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            uint size = fields.UInt32();
            piece[i] = size is > 0 and <= int.MaxValue
                ? (int)size
                : throw input.Bad(header.Address, $"a piece of an array is {size} long");
        }
        if (tree == ulong.MaxValue)
            throw input.Bad(header.Address, "an array was announced and never written");
        return new Hdf5Chunks(input, header, shape, piece, type).Read(tree, count);
    }

    private float[] Read(ulong tree, ulong count)
    {
        ReadFilters();
        var pieces = new Dictionary<UInt128, Piece>();
        Collect(tree, pieces, MaxLevels);
        UInt128 expected = 1,
            pieceBytes = (uint)_type.Size,
            stored = 0;
        for (int i = 0; i < _shape.Length; i++)
        {
            expected *= (uint)((_shape[i] + (long)_piece[i] - 1) / _piece[i]);
            pieceBytes *= (uint)_piece[i];
        }
        foreach (Piece some in pieces.Values)
            stored += some.Size;
        if ((UInt128)pieces.Count != expected)
            throw _input.Bad(_header.Address, $"an array has {pieces.Count} of its {expected} pieces");
        uint expansion = _filters.Exists(f => f.Filter == Deflate) ? MaxExpansion : 1u;
        if (pieceBytes * expected > stored * expansion || pieceBytes > (UInt128)Array.MaxLength)
            throw _input.Bad(_header.Address, $"{stored} bytes cannot unpack to pieces of {pieceBytes} bytes");
        var values = new float[count];
        var bytes = new byte[(int)pieceBytes];
        foreach (Piece some in pieces.Values)
        {
            Unpack(some, bytes);
            Place(bytes, some.From, values);
        }
        return values;
    }

    /// <summary>Where a piece lies in the file, which filters it went without, where it begins in the array.</summary>
    private readonly record struct Piece(ulong At, uint Size, uint Mask, ulong[] From);

    private void ReadFilters()
    {
        if (_header.Find(Hdf5MessageType.Filters) is not { } message)
            return;
        Hdf5Cursor fields = message.Cursor(_input);
        int version = fields.Byte(),
            count = fields.Byte();
        if (version is not (1 or 2))
            throw _input.Bad(message.At, $"a list of filters has version {version}");
        fields.Skip(version == 1 ? 6 : 0);
        for (int i = 0; i < count; i++)
        {
            int filter = fields.UInt16();
            int nameLength = version == 1 || filter >= FirstNamed ? fields.UInt16() : 0;
            fields.Skip(2);
            int values = fields.UInt16();
            fields.Skip(version == 1 ? (nameLength + 7) & ~7 : nameLength);
            uint first = values > 0 ? fields.UInt32() : 0;
            fields.Skip(4 * Math.Max(0, values - 1) + (version == 1 && values % 2 == 1 ? 4 : 0));
            if (filter is not (Deflate or Shuffle or Fletcher32))
                throw _input.Unsupported(message.At, $"an array is packed by filter {filter}");
            _filters.Add((filter, (int)Math.Min(first, int.MaxValue)));
        }
    }

    private void Collect(ulong address, Dictionary<UInt128, Piece> pieces, int below)
    {
        int keySize = 8 + 8 * (_shape.Length + 1);
        Hdf5Tree node = Hdf5Tree.Read(_input, address, kind: 1, keySize, below, out int level);
        int index = 0;
        foreach (ulong child in node.Children)
        {
            ReadOnlySpan<byte> key = node.Key(index++).Span;
            if (level > 0)
            {
                Collect(child, pieces, level);
                continue;
            }
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(key);
            uint mask = BinaryPrimitives.ReadUInt32LittleEndian(key[4..]);
            var from = new ulong[_shape.Length];
            UInt128 number = 0;
            for (int i = 0; i < from.Length; i++)
            {
                from[i] = BinaryPrimitives.ReadUInt64LittleEndian(key[(8 + 8 * i)..]);
                if (from[i] >= (ulong)_shape[i] || from[i] % (ulong)_piece[i] != 0)
                    throw _input.Bad(address, $"a piece of an array lies at {from[i]} of {_shape[i]}");
                number = number * (uint)_shape[i] + from[i];
            }
            _input.Promise(child, size, "a piece of an array");
            if (!pieces.TryAdd(number, new Piece(child, size, mask, from)))
                throw _input.Bad(address, "a piece of an array is there twice");
        }
    }

    /// <summary>Undoes the filters, the last first; a bit of the mask says that a filter was left out.</summary>
    private void Unpack(Piece piece, byte[] bytes)
    {
        (ulong at, uint size, uint mask, _) = piece;
        var packed = new byte[size];
        _input.Data(at, packed);
        for (int i = _filters.Count - 1; i >= 0; i--)
        {
            if (i < 32 && (mask & (1u << i)) != 0)
                continue;
            packed = _filters[i].Filter switch
            {
                Deflate => Inflate(at, packed, bytes.Length + 4 * _filters.Count),
                Shuffle => Unshuffle(packed, _filters[i].Size),
                _ => packed[..Math.Max(0, packed.Length - 4)], // a checksum, not looked at
            };
        }
        if (packed.Length != bytes.Length)
            throw _input.Bad(at, $"a piece of an array has {packed.Length} bytes where {bytes.Length} are expected");
        packed.CopyTo(bytes, 0);
    }

    private byte[] Inflate(ulong at, byte[] packed, int most)
    {
        var bytes = new byte[most];
        try
        {
            using var stream = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            int length = stream.ReadAtLeast(bytes, most, throwOnEndOfStream: false);
            return bytes[..length];
        }
        catch (Exception error) when (error is InvalidDataException or IOException) // the latter asks for a dictionary
        {
            throw _input.Bad(at, $"a piece of an array cannot be unpacked ({error.Message.TrimEnd('.')})");
        }
    }

    private static byte[] Unshuffle(byte[] bytes, int size)
    {
        if (size <= 1 || bytes.Length / size <= 1) // as HDF5: a damaged size must not be walked through either
            return bytes;
        var result = new byte[bytes.Length];
        int count = bytes.Length / size;
        for (int b = 0; b < size; b++)
        {
            for (int i = 0; i < count; i++)
                result[i * size + b] = bytes[b * count + i];
        }
        bytes.AsSpan(count * size).CopyTo(result.AsSpan(count * size));
        return result;
    }

    /// <summary>Copies a piece, row by row of its last dimension, without what hangs over the array's edge.</summary>
    private void Place(byte[] bytes, ulong[] from, float[] values)
    {
        int last = _shape.Length - 1,
            width = Math.Min(_piece[last], _shape[last] - (int)from[last]);
        long rows = 1;
        for (int i = 0; i < last; i++)
            rows *= _piece[i];
        for (long row = 0; row < rows; row++)
        {
            long left = row,
                to = 0,
                stride = 1;
            bool inside = true;
            for (int i = last; i >= 0; i--)
            {
                long index = (long)from[i];
                if (i < last)
                {
                    index += left % _piece[i];
                    left /= _piece[i];
                }
                inside &= index < _shape[i];
                to += index * stride;
                stride *= _shape[i];
            }
            if (inside)
                _type.Read(bytes.AsSpan((int)(row * _piece[last] * _type.Size)), values.AsSpan((int)to, width));
        }
    }
}
