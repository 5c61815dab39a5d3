namespace Firn.Safetensors;

/// <summary>The element types that Firn stores.</summary>
internal enum TensorType
{
    /// <summary>32-bit float, <c>F32</c>.</summary>
    Float32,

    /// <summary>32-bit signed integer, <c>I32</c>.</summary>
    Int32,

    /// <summary>64-bit signed integer, <c>I64</c>.</summary>
    Int64,

    /// <summary>16-bit float (IEEE binary16), <c>F16</c>.</summary>
    Float16,

    /// <summary>8-bit signed integer, <c>I8</c>.</summary>
    Int8,

    /// <summary>Byte, <c>U8</c>.</summary>
    UInt8,
}

/// <summary>What a safetensors header says about one tensor.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="Count">Number of elements.</param>
internal sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<int> Shape, long Offset, long Count)
{
    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(TensorType type) =>
        type switch
        {
            TensorType.Int64 => 8,
            TensorType.Float32 or TensorType.Int32 => 4,
            TensorType.Float16 => 2,
            _ => 1,
        };
}
