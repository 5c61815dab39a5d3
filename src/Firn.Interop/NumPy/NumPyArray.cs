using Firn.Common;
using Firn.Interop.Pickle;

namespace Firn.Interop.NumPy;

/// <summary>An array of numbers as a pickle holds it: shape and bytes.</summary>
internal sealed class NumPyArray
{
    private readonly byte[] _bytes;
    private readonly NumberType _type;
    private readonly bool _byColumns;

    private NumPyArray(int[] shape, NumberType type, bool byColumns, byte[] bytes)
    {
        (Shape, _type, _byColumns, _bytes) = (shape, type, byColumns, bytes);
        Count = bytes.Length / type.Size;
    }

    public IReadOnlyList<int> Shape { get; }

    public int Count { get; }

    /// <summary>The shape for a message.</summary>
    public string ShownShape => Shown([.. Shape]);

    /// <summary>The array of a pickled <c>numpy.ndarray</c>; null where the value is something else.</summary>
    /// <exception cref="InvalidDataException">
    /// It is an array, and not one of numbers, or its size is not what it says.
    /// </exception>
    public static NumPyArray? From(object? value, string path)
    {
        if (value is not PickleObject { State: object?[] state } array)
            return null;
        // protocol 5 calls numpy.core.numeric._frombuffer(bytes, dtype, shape, order) instead, which has no state
        bool known =
            array.Type is PickleGlobal
            {
                Module: "numpy.core.multiarray" or "numpy._core.multiarray",
                Name: "_reconstruct"
            };
        return known && state is [_, object?[] shape, PickleObject type, bool byColumns, var data]
            ? Make(shape, type, byColumns, data, path)
            : null;
    }

    /// <summary>Of protocol 5, or of <see cref="From"/>'s.</summary>
    public static NumPyArray? FromAny(object? value, string path)
    {
        if (
            value
                is PickleObject
                {
                    Type: PickleGlobal { Module: "numpy.core.numeric" or "numpy._core.numeric", Name: "_frombuffer" }
                } call
            && call.Arguments is [var data, PickleObject type, object?[] shape, string order]
        )
            return Make(shape, type, order == "F", data, path);
        return From(value, path);
    }

    /// <summary>A row of a two-dimensional array.</summary>
    public void Row(int row, Span<float> destination)
    {
        int rows = Shape[0],
            columns = Shape[1];
        if (!_byColumns)
        {
            _type.Read(_bytes.AsSpan(checked(row * columns * _type.Size)), destination);
            return;
        }
        for (int c = 0; c < columns; c++)
            destination[c] = (float)_type.Read(_bytes.AsSpan((c * rows + row) * _type.Size));
    }

    /// <summary>All numbers as float32, the last axis next to each other.</summary>
    public float[] ReadSingles()
    {
        var values = new float[Count];
        if (!_byColumns || Shape.Count < 2)
        {
            _type.Read(_bytes, values);
            return values;
        }
        for (int to = 0; to < values.Length; to++)
        {
            int left = to,
                stride = values.Length,
                from = 0;
            for (int axis = Shape.Count - 1; axis >= 0; axis--)
            {
                stride /= Shape[axis];
                from += left % Shape[axis] * stride;
                left /= Shape[axis];
            }
            values[to] = (float)_type.Read(_bytes.AsSpan(from * _type.Size));
        }
        return values;
    }

    /// <summary>A number of a one-dimensional array.</summary>
    public double this[int at] => _type.Read(_bytes.AsSpan(at * _type.Size));

    private static string Shown<T>(T[] shape) =>
        Throw.Shown($"({string.Join(", ", shape.Take(5))}{(shape.Length > 5 ? ", …" : "")})");

    private static NumPyArray Make(object?[] shape, PickleObject type, bool byColumns, object? data, string path)
    {
        string name = type.Arguments is [string code, ..] ? code : "";
        string order = type.State is object?[] { Length: > 1 } state && state[1] is string text ? text : "";
        NumberType found =
            NumberType.Parse(order + name)
            ?? throw new InvalidDataException(
                $"{path}: an array has numbers of type '{Throw.Shown(order + name)}'; arrays of floats or whole "
                    + $"numbers can be read."
            );
        byte[] bytes = data switch
        {
            byte[] plain => plain,
            string latin1 => System.Text.Encoding.Latin1.GetBytes(latin1),
            PickleObject { Arguments: [byte[] wrapped, ..] } => wrapped, // a buffer of protocol 5
            _ => throw new InvalidDataException(
                $"{path}: an array of shape {Shown(shape)} has no bytes in the file; write it with pickle's protocol 4."
            ),
        };
        long count = 1;
        var sizes = new int[shape.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] is not long size || size < 0 || size > Array.MaxLength || (count *= size) > Array.MaxLength)
                throw new InvalidDataException(
                    $"{path}: the shape {Shown(shape)} is none of an array that can be held."
                );
            sizes[i] = (int)size;
        }
        if (count * found.Size != bytes.Length)
            throw new InvalidDataException(
                $"{path}: an array of shape {Shown(shape)} needs {count * found.Size} bytes and has {bytes.Length}; "
                    + $"the file is damaged."
            );
        return new NumPyArray(sizes, found, byColumns, bytes);
    }
}
