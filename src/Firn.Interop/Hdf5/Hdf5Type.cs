using Firn.Interop.NumPy;

namespace Firn.Interop.Hdf5;

/// <summary>What the elements of an array or attribute are.</summary>
internal enum Hdf5TypeKind
{
    /// <summary>Whole numbers or floats; see <see cref="Hdf5Type.Number"/>.</summary>
    Number,

    /// <summary>Texts of one length, padded.</summary>
    Text,

    /// <summary>Texts of any length, kept in a heap.</summary>
    VariableText,

    /// <summary>Anything else: records, enumerations, references.</summary>
    Other,
}

/// <summary>The type of elements (HDF5 File Format Specification 3.0, IV.A.2.d).</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Size">Bytes of one; of texts of any length, of the reference to the heap.</param>
/// <param name="Number">The numbers, where they are.</param>
internal readonly record struct Hdf5Type(Hdf5TypeKind Kind, int Size, NumberType Number)
{
    private const int FixedPoint = 0,
        FloatingPoint = 1,
        String = 3,
        VariableLength = 9;
    private const int ReferenceSize = 16;

    public static Hdf5Type Parse(ref Hdf5Cursor cursor)
    {
        int head = cursor.Byte(),
            bits = cursor.Byte();
        cursor.Skip(2);
        uint size = cursor.UInt32();
        if (size > ushort.MaxValue * 16)
            return new Hdf5Type(Hdf5TypeKind.Other, 0, default);
        bool bigEndian = (bits & 1) != 0;
        switch (head & 0xF)
        {
            case FixedPoint when cursor.Left >= 4:
                bool whole = size is 1 or 2 or 4 or 8 && cursor.UInt16() == 0 && cursor.UInt16() == 8 * size;
                return Of(whole, new NumberType((bits & 8) != 0 ? 'i' : 'u', (int)size, bigEndian));
            case FloatingPoint when cursor.Left >= 12:
                cursor.Skip(5);
                int exponent = cursor.Byte();
                bool ieee = (size, exponent) is (2, 5) or (4, 8) or (8, 11) && (bits & 0x40) == 0;
                return Of(ieee, new NumberType('f', (int)size, bigEndian));
            case String:
                return new Hdf5Type(Hdf5TypeKind.Text, (int)size, default);
            case VariableLength when (bits & 0xF) == 1 && size == ReferenceSize:
                return new Hdf5Type(Hdf5TypeKind.VariableText, ReferenceSize, default);
            default:
                return new Hdf5Type(Hdf5TypeKind.Other, (int)size, default);
        }

        static Hdf5Type Of(bool known, NumberType number) =>
            new(known ? Hdf5TypeKind.Number : Hdf5TypeKind.Other, number.Size, known ? number : default);
    }
}

/// <summary>The extent of an array: one element, dimensions, or nothing.</summary>
/// <param name="Dimensions">Elements along each dimension; empty for a single element.</param>
/// <param name="IsNull">There is no element at all.</param>
internal readonly record struct Hdf5Space(ulong[] Dimensions, bool IsNull)
{
    private const int MaxDimensions = 32;

    /// <summary>Elements; <see cref="ulong.MaxValue"/> where there are more than can be counted.</summary>
    public ulong Count
    {
        get
        {
            UInt128 count = IsNull ? 0u : 1u;
            foreach (ulong dimension in Dimensions)
            {
                count *= dimension;
                if (count > ulong.MaxValue)
                    return ulong.MaxValue;
            }
            return (ulong)count;
        }
    }

    public static Hdf5Space Parse(ref Hdf5Cursor cursor, Hdf5Input input, ulong at)
    {
        int version = cursor.Byte(),
            rank = cursor.Byte();
        cursor.Skip(1); // flags: whether largest dimensions follow
        int kind = cursor.Byte();
        if (version is not (1 or 2) || rank > MaxDimensions)
            throw input.Bad(at, $"an extent has version {version} and {rank} dimensions");
        if (version == 1)
            cursor.Skip(4);
        var dimensions = new ulong[rank];
        for (int i = 0; i < rank; i++)
            dimensions[i] = cursor.UInt64();
        return new Hdf5Space(dimensions, version == 2 && kind == 2);
    }
}
