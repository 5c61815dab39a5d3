using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using Firn.Interop.Pickle;

namespace Firn.Interop.NumPy;

/// <summary>
/// Single values and lists of texts as NumPy pickles them: scalars, arrays of texts, numbers and objects.
/// </summary>
internal static class NumPyTexts
{
    /// <summary>
    /// A single value in plain form: of a NumPy scalar its number or text, of Python's <c>long</c> its number; any
    /// other
    /// value as it is.
    /// </summary>
    public static object? Plain(object? value) =>
        value switch
        {
            PickleObject { Type: PickleGlobal { Name: "scalar" } type } scalar when IsArrayModule(type.Module) =>
                Scalar(scalar),
            PickleObject { Type: PickleGlobal { Module: "__builtin__" or "builtins", Name: "int" or "long" } } number
                when number.Arguments is [long or BigInteger, ..] => number.Arguments[0],
            PickleObject { Type: PickleGlobal { Module: "__builtin__" or "builtins", Name: "str" or "unicode" } } text
                when text.Arguments is [string, ..] => text.Arguments[0],
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            _ => value,
        };

    /// <summary>The plain value as a whole number; null where it is none.</summary>
    public static long? Whole(object? value) =>
        Plain(value) switch
        {
            long number => number,
            double number when number == Math.Floor(number) && Math.Abs(number) < 1L << 53 => (long)number,
            _ => null,
        };

    /// <summary>The plain value as Python's <c>str</c> shows it; null where it is no single value.</summary>
    public static string? Text(object? value) =>
        Plain(value) switch
        {
            string text => text,
            long number => number.ToString(CultureInfo.InvariantCulture),
            BigInteger number => number.ToString(CultureInfo.InvariantCulture),
            double number when number == Math.Floor(number) && Math.Abs(number) < 1e16 => number.ToString(
                "F1",
                CultureInfo.InvariantCulture
            ),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            bool truth => truth ? "True" : "False",
            _ => null,
        };

    /// <summary>
    /// The values of a list, a tuple or an array of one dimension, each in plain form; null where it is none of these.
    /// </summary>
    /// <exception cref="InvalidDataException">It is an array that cannot be read.</exception>
    public static IReadOnlyList<object?>? Values(object? value, string path)
    {
        switch (value)
        {
            case List<object?> list:
                return [.. list.Select(Plain)];
            case object?[] tuple:
                return [.. tuple.Select(Plain)];
            case PickleObject array when ArrayParts(array) is var (shape, type, data) && shape is [long count]:
                return Elements(count, type, data, path);
            default:
                return null;
        }
    }

    private static (object?[] Shape, PickleObject Type, object? Data)? ArrayParts(PickleObject array)
    {
        if (
            array.Type is PickleGlobal { Name: "_reconstruct" }
            && array.State is object?[] { Length: 5 } state
            && state is [_, object?[] shape, PickleObject type, _, var data]
        )
            return (shape, type, data);
        if (
            array.Type is PickleGlobal { Name: "_frombuffer" }
            && array.Arguments is [var bytes, PickleObject bufferType, object?[] bufferShape, ..]
        )
            return (bufferShape, bufferType, bytes is PickleObject { Arguments: [var inner, ..] } ? inner : bytes);
        return null;
    }

    private static object?[] Elements(long count, PickleObject type, object? data, string path)
    {
        if (data is List<object?> objects)
            return [.. objects.Select(Plain)];
        byte[]? bytes = BytesOf(data);
        (string name, bool bigEndian) = TypeName(type);
        int size = SizeOf(name);
        if (bytes is null || size == 0 || count < 0 || count > bytes.Length / size)
        {
            throw new InvalidDataException(
                $"{path}: an array of {count} values of type '{name}' is not one of texts "
                    + "or numbers, or its bytes are missing; the file is damaged or of another kind."
            );
        }
        var values = new object?[count];
        for (int i = 0; i < values.Length; i++)
            values[i] = Element(bytes.AsSpan(i * size, size), name, bigEndian);
        return values;
    }

    /// <summary>Bytes as pickle's protocols write them: as such, or as text of Latin-1.</summary>
    private static byte[]? BytesOf(object? data) =>
        data switch
        {
            byte[] plain => plain,
            string latin1 when latin1.All(c => c <= 0xFF) => Encoding.Latin1.GetBytes(latin1),
            _ => null,
        };

    private static object? Scalar(PickleObject scalar)
    {
        if (scalar.Arguments is not [PickleObject type, var data])
            return scalar;
        byte[]? bytes = BytesOf(data);
        (string name, bool bigEndian) = TypeName(type);
        int size = SizeOf(name);
        if (bytes is null || size == 0 || (bytes.Length < size && name[0] is not ('U' or 'S'))) // a text may have none
            return scalar;
        return Element(bytes.AsSpan(0, Math.Min(size, bytes.Length)), name, bigEndian);
    }

    /// <summary>The short name of a type without its byte order, such as <c>i8</c> or <c>U7</c>.</summary>
    public static NumPyType TypeName(PickleObject type)
    {
        string name = type.Arguments is [string code, ..] ? code : "";
        string order = type.State is object?[] { Length: > 1 } state && state[1] is string text ? text : "";
        if (name.Length > 0 && name[0] is '<' or '>' or '|' or '=')
            (order, name) = (name[..1], name[1..]);
        return new(name, order == ">");
    }

    /// <summary>Bytes of an element; 0 where it is neither a text nor a number.</summary>
    public static int SizeOf(string name)
    {
        if (NumberType.Parse(name) is { } number)
            return number.Size;
        bool text = name.Length > 1 && name[0] is 'U' or 'S';
        return
            text
            && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            && length <= 1 << 24
            ? Math.Max(1, length * (name[0] == 'U' ? 4 : 1))
            : 0;
    }

    private static object Element(ReadOnlySpan<byte> bytes, string name, bool bigEndian)
    {
        if (name[0] == 'S')
            return Encoding.UTF8.GetString(bytes).TrimEnd('\0');
        if (name[0] == 'U')
        {
            var text = new StringBuilder();
            for (int at = 0; at + 4 <= bytes.Length; at += 4)
            {
                uint rune = bigEndian
                    ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..])
                    : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
                text.Append(Rune.IsValid(rune) ? new Rune(rune).ToString() : "\uFFFD");
            }
            return text.ToString().TrimEnd('\0');
        }
        NumberType type = NumberType.Parse(name)!.Value with { BigEndian = bigEndian };
        double value = type.Read(bytes);
        return type.Kind switch
        {
            'b' => value != 0,
            'f' => value,
            _ => Whole64(type, bytes, value),
        };
    }

    private static object Whole64(NumberType type, ReadOnlySpan<byte> bytes, double value)
    {
        if (type.Size < 8)
            return (long)value;
        ulong bits = type.BigEndian
            ? BinaryPrimitives.ReadUInt64BigEndian(bytes)
            : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return type.Kind == 'i' || bits <= long.MaxValue ? (long)bits : (object)new BigInteger(bits);
    }

    private static bool IsArrayModule(string module) => module is "numpy.core.multiarray" or "numpy._core.multiarray";
}
