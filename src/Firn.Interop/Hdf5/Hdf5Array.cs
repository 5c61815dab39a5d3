using System.Runtime.InteropServices;
using Firn.Interop.NumPy;

namespace Firn.Interop.Hdf5;

/// <summary>An array of numbers of an HDF5 file.</summary>
internal sealed class Hdf5Array
{
    private const int Compact = 0,
        Contiguous = 1,
        Chunked = 2,
        Piece = 1 << 20;
    private readonly Hdf5Input _input;
    private readonly Hdf5Object _header;
    private readonly NumberType _type;
    private readonly ulong _count;

    private Hdf5Array(Hdf5Input input, Hdf5Object header, int[] shape, NumberType type, ulong count)
    {
        (_input, _header, Shape, _type, _count) = (input, header, shape, type, count);
    }

    /// <summary>Numbers along each dimension; empty for a single one.</summary>
    public int[] Shape { get; }

    public static Hdf5Array Of(Hdf5Input input, Hdf5Object header)
    {
        if (
            header.Find(Hdf5MessageType.Dataspace) is not { } spaceMessage
            || header.Find(Hdf5MessageType.Datatype) is not { } typeMessage
        )
            throw input.Bad(header.Address, "an array has no extent or no type");
        Hdf5Cursor spaceFields = spaceMessage.Cursor(input),
            typeFields = typeMessage.Cursor(input);
        Hdf5Space space = Hdf5Space.Parse(ref spaceFields, input, spaceMessage.At);
        Hdf5Type type = Hdf5Type.Parse(ref typeFields);
        if (type.Kind != Hdf5TypeKind.Number)
            throw input.Unsupported(typeMessage.At, "an array holds something else than numbers");
        ulong count = space.Count;
        if (space.IsNull || count > (ulong)Array.MaxLength || space.Dimensions.Any(d => d > int.MaxValue))
        {
            string extent = string.Join(", ", space.Dimensions);
            throw input.Bad(spaceMessage.At, $"an array has the extent ({extent}), which cannot be held");
        }
        return new Hdf5Array(input, header, [.. space.Dimensions.Select(d => (int)d)], type.Number, count);
    }

    /// <summary>Its numbers as float32, in the order of the file (the last dimension is next to each other).</summary>
    /// <exception cref="InvalidDataException">The file does not hold them.</exception>
    public float[] ReadSingles()
    {
        Hdf5Message layout = _header.Find(Hdf5MessageType.Layout)!;
        Hdf5Cursor fields = layout.Cursor(_input);
        int version = fields.Byte(),
            kind = fields.Byte();
        if (version is not (3 or 4))
            throw _input.Unsupported(layout.At, $"an array is laid out in version {version}");
        if (kind == Compact)
            return ReadCompact(ref fields);
        if (kind == Contiguous)
            return ReadContiguous(fields.UInt64());
        if (kind != Chunked || version != 3)
            throw _input.Unsupported(layout.At, "an array is laid out in HDF5's newer form (libver='latest')");
        return Hdf5Chunks.Read(_input, _header, ref fields, Shape, _type, _count);
    }

    private float[] ReadCompact(ref Hdf5Cursor fields)
    {
        ReadOnlySpan<byte> bytes = fields.Take(fields.UInt16());
        if ((ulong)bytes.Length < _count * (ulong)_type.Size)
            throw _input.Bad(_header.Address, $"an array of {_count} numbers has {bytes.Length} bytes");
        var values = new float[_count];
        _type.Read(bytes, values);
        return values;
    }

    /// <summary>float32 goes from the file to its place; other numbers by pieces.</summary>
    private float[] ReadContiguous(ulong address)
    {
        if (_count == 0)
            return [];
        if (address == ulong.MaxValue)
            throw _input.Bad(_header.Address, "an array was announced and never written");
        _input.Promise(address, _count * (ulong)_type.Size, "an array");
        var values = new float[_count];
        if (_type.IsPlainFloat)
        {
            _input.Data(address, MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
        var bytes = new byte[Math.Min((ulong)Piece, _count) * (ulong)_type.Size];
        for (int from = 0; from < values.Length; from += Piece)
        {
            Span<float> some = values.AsSpan(from, Math.Min(Piece, values.Length - from));
            Span<byte> read = bytes.AsSpan(0, some.Length * _type.Size);
            _input.Data(address + (ulong)from * (ulong)_type.Size, read);
            _type.Read(read, some);
        }
        return values;
    }
}
