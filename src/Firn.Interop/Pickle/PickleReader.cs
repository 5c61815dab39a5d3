using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Firn.Common;
using Firn.Files;
using Firn.Interop.NumPy;

namespace Firn.Interop.Pickle;

/// <summary>
/// Reads a Python pickle, protocols 0 to 5, as data (PEP 3154, PEP 574 and <c>pickletools</c> name the opcodes). A
/// pickle is a program for a stack machine that may import and call anything; this machine builds numbers, texts,
/// lists, dictionaries and <see cref="PickleObject"/>s, which hold the names of classes and what they would be given.
/// No name is resolved, nothing is called. None, bool, int (long or BigInteger), float, str, bytes, list, tuple
/// (object[]), dict and set have their .NET kin.
/// </summary>
public static partial class PickleReader
{
    private const int MaxDigits = 1 << 16;
    private const int SpareCopies = 1 << 20; // beyond as many items and bytes as the file has so far
    private const int MaxDepth = 64; // of pickles in pickles, which joblib writes for arrays of objects

    // far above a vocabulary of ten million words; bounds the memory of a hostile file
    private const int MaxSteps = 1 << 28;

    /// <summary>Reads a file that is one pickle.</summary>
    /// <exception cref="InvalidDataException">
    /// It is no pickle, is damaged, or needs what a file alone cannot give; the message names the byte.
    /// </exception>
    public static object? Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using Stream stream = InputFile.Open(path);
        return Read(stream, path);
    }

    /// <summary>Reads a pickle from a stream up to its end mark.</summary>
    /// <param name="stream">Its bytes.</param>
    /// <param name="path">What errors call it.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Read(string)"/>.</exception>
    public static object? Read(Stream stream, string path)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new Machine(new PickleInput(stream, path)).Run();
    }

    /// <summary>Whether a file begins as a pickle of protocol 2 or later does.</summary>
    public static bool Begins(ReadOnlySpan<byte> first) =>
        first.Length >= 2 && first[0] == 0x80 && first[1] is >= 2 and <= 5;

    private sealed class Machine(PickleInput input, int depth = 0)
    {
        private readonly List<object?> _stack = [];
        private readonly List<int> _marks = [];
        private readonly Dictionary<long, object?> _memo = [];
        private long _copied;

        public object? Run()
        {
            for (int step = 0; ; step++)
            {
                if (step == MaxSteps)
                    throw input.Bad($"it has more than {MaxSteps} instructions");
                byte code = input.Byte();
                if (code == '.')
                    return Pop();
                Step(code);
            }
        }

        private void Step(byte code)
        {
            switch ((char)code)
            {
                // what surrounds values
                case '\x80':
                    Protocol(input.Byte());
                    break;
                case '\x95':
                    input.UInt64();
                    break; // a frame's length
                case '(':
                    _marks.Add(_stack.Count);
                    break;
                case '0':
                    PopOne();
                    break;
                case '1':
                    PopMark();
                    break;
                case '2':
                    _stack.Add(Top());
                    break;

                // constants
                case 'N':
                    _stack.Add(null);
                    break;
                case '\x88':
                    _stack.Add(true);
                    break;
                case '\x89':
                    _stack.Add(false);
                    break;
                case 'I':
                    _stack.Add(TextInteger(input.Line()));
                    break;
                case 'J':
                    _stack.Add((long)input.Int32());
                    break;
                case 'K':
                    _stack.Add((long)input.Byte());
                    break;
                case 'M':
                    _stack.Add((long)input.UInt16());
                    break;
                case 'L':
                    _stack.Add(TextInteger(input.Line().TrimEnd('L')));
                    break;
                case '\x8a':
                    _stack.Add(Integer(input.Bytes(input.Byte())));
                    break;
                case '\x8b':
                    _stack.Add(Integer(input.Bytes(Counted(input.Int32()))));
                    break;
                case 'F':
                    _stack.Add(TextDouble(input.Line()));
                    break;
                case 'G':
                    _stack.Add(input.BigEndianDouble());
                    break;

                // texts and bytes; those of Python 2 are bytes that numpy and Keras use as texts
                case 'S':
                    _stack.Add(Quoted(input.Line()));
                    break;
                case 'T':
                    _stack.Add(Latin1(input.Bytes(Counted(input.Int32()))));
                    break;
                case 'U':
                    _stack.Add(Latin1(input.Bytes(input.Byte())));
                    break;
                case 'V':
                    _stack.Add(RawUnicode(input.Line()));
                    break;
                case 'X':
                    _stack.Add(input.Text((uint)input.Int32()));
                    break;
                case '\x8c':
                    _stack.Add(input.Text(input.Byte()));
                    break;
                case '\x8d':
                    _stack.Add(input.Text(input.Length(input.UInt64())));
                    break;
                case 'B':
                    _stack.Add(input.Bytes((uint)input.Int32()));
                    break;
                case 'C':
                    _stack.Add(input.Bytes(input.Byte()));
                    break;
                case '\x8e' or '\x96':
                    _stack.Add(input.Bytes(input.Length(input.UInt64())));
                    break;

                // containers
                case ']':
                    _stack.Add(new List<object?>());
                    break;
                case 'l':
                    _stack.Add(new List<object?>(PopMark()));
                    break;
                case 'a':
                    Append([Pop()]);
                    break;
                case 'e':
                    Append(PopMark());
                    break;
                case ')':
                    _stack.Add(Array.Empty<object?>());
                    break;
                case 't':
                    _stack.Add(PopMark());
                    break;
                case '\x85':
                    _stack.Add(PopLast(1));
                    break;
                case '\x86':
                    _stack.Add(PopLast(2));
                    break;
                case '\x87':
                    _stack.Add(PopLast(3));
                    break;
                case '}':
                    _stack.Add(new PickleDict());
                    break;
                case 'd':
                    Dictionary(PopMark());
                    break;
                case 's':
                    SetItems(PopLast(2));
                    break;
                case 'u':
                    SetItems(PopMark());
                    break;
                case '\x8f':
                    _stack.Add(new PickleSet([]));
                    break;
                case '\x90':
                    AddToSet(PopMark());
                    break;
                case '\x91':
                    _stack.Add(new PickleSet([.. PopMark()]));
                    break;

                // memory
                case 'p':
                    _memo[Index(input.Line())] = Top();
                    break;
                case 'q':
                    _memo[input.Byte()] = Top();
                    break;
                case 'r':
                    _memo[(uint)input.Int32()] = Top();
                    break;
                case '\x94':
                    _memo[_memo.Count] = Top();
                    break;
                case 'g':
                    Get(Index(input.Line()));
                    break;
                case 'h':
                    Get(input.Byte());
                    break;
                case 'j':
                    Get((uint)input.Int32());
                    break;

                // objects, described and never made
                case 'c':
                    _stack.Add(new PickleGlobal(input.Line(), input.Line()));
                    break;
                case '\x93':
                    StackGlobal();
                    break;
                case 'R' or '\x81':
                    Describe(PopLast(2));
                    break;
                case '\x92':
                    Describe(PopLast(3)[..2]);
                    break; // keyword arguments are left out
                case 'o':
                    Instance(PopMark());
                    break;
                case 'i':
                    _stack.Add(new PickleObject(new PickleGlobal(input.Line(), input.Line()), PopMark()));
                    break;
                case 'b':
                    Build(Pop());
                    break;

                case 'P'
                or 'Q':
                    throw input.Bad(
                        "it refers to objects outside the file (persistent ids), as PyTorch's files do, and cannot "
                            + "be read alone"
                    );
                case '\x97' or '\x98':
                    throw input.Bad(
                        "its arrays lie outside the file (out-of-band buffers), and it cannot be read alone"
                    );
                case '\x82' or '\x83' or '\x84':
                    throw input.Bad(
                        "it uses numbers for classes that only the program that wrote it knows (extension registry)"
                    );
                default:
                    throw input.Bad($"0x{code:X2} is no instruction of a pickle");
            }
        }

        private void Protocol(byte version)
        {
            if (version > 5)
                throw input.Bad($"the pickle's protocol is {version}; 0 to 5 can be read");
        }

        private int Bottom => _marks.Count == 0 ? 0 : _marks[^1];

        private object? Top() =>
            _stack.Count > Bottom ? _stack[^1] : throw input.Bad("a value is asked for and the stack is empty");

        private object? Pop()
        {
            object? top = Top();
            _stack.RemoveAt(_stack.Count - 1);
            return top;
        }

        private void PopOne()
        {
            if (_marks.Count > 0 && _stack.Count == _marks[^1])
                _marks.RemoveAt(_marks.Count - 1);
            else
                Pop();
        }

        private object?[] PopMark()
        {
            if (_marks.Count == 0)
                throw input.Bad("a mark is asked for that was never set");
            int mark = _marks[^1];
            _marks.RemoveAt(_marks.Count - 1);
            object?[] values = [.. _stack[mark..]];
            _stack.RemoveRange(mark, values.Length);
            return values;
        }

        private object?[] PopLast(int count)
        {
            if (_stack.Count - count < Bottom)
                throw input.Bad($"{count} values are asked for and the stack holds fewer");
            object?[] values = [.. _stack[^count..]];
            _stack.RemoveRange(_stack.Count - count, count);
            return values;
        }

        private void Append(object?[] items)
        {
            IList<object?> list = Top() switch
            {
                List<object?> plain => plain,
                PickleObject described => described.Items,
                _ => throw input.Bad("something is appended to what is no list"),
            };
            foreach (object? item in items)
                list.Add(item);
        }

        private void Dictionary(object?[] pairs)
        {
            _stack.Add(new PickleDict());
            SetItems(pairs);
        }

        private void SetItems(object?[] pairs)
        {
            PickleDict dictionary = Top() switch
            {
                PickleDict plain => plain,
                PickleObject described => described.Entries,
                _ => throw input.Bad("an item is set in what is no dictionary"),
            };
            if (pairs.Length % 2 != 0)
                throw input.Bad("a key has no value");
            for (int i = 0; i < pairs.Length; i += 2)
                dictionary.Set(pairs[i], pairs[i + 1]);
        }

        private void AddToSet(object?[] items)
        {
            if (Top() is not PickleSet set)
                throw input.Bad("items are added to what is no set");
            foreach (object? item in items)
                set.Items.Add(item);
        }

        private void Get(long index) =>
            _stack.Add(
                _memo.TryGetValue(index, out object? value)
                    ? value
                    : throw input.Bad($"the memory has no value {index}")
            );

        private void StackGlobal()
        {
            object?[] names = PopLast(2);
            if (names is not [string module, string name])
                throw input.Bad("the name of a class is no text");
            _stack.Add(new PickleGlobal(module, name));
        }

        private void Describe(object?[] call)
        {
            if (call[1] is not object?[] arguments)
                throw input.Bad("the arguments of a call are no tuple");
            _stack.Add(
                call[0] switch
                {
                    // how protocols 0 to 2 write what later ones have opcodes for
                    PickleGlobal { Module: "copy_reg" or "copyreg", Name: "_reconstructor" }
                        when arguments is [var type, ..] => new PickleObject(type, []),
                    PickleGlobal { Module: "copy_reg" or "copyreg", Name: "__newobj__" }
                        when arguments is [var type, ..] => new PickleObject(type, arguments[1..]),
                    PickleGlobal { Module: "_codecs", Name: "encode" }
                        when arguments is [string text, "latin1" or "latin-1"] => Bytes(text),
                    PickleGlobal { Module: "__builtin__" or "builtins", Name: "set" or "frozenset" }
                        when arguments is [IList<object?> items] => Set(items),
                    PickleGlobal { Module: "__builtin__" or "builtins", Name: "bytearray" }
                        when arguments is [byte[] bytes] => bytes,
                    PickleGlobal { Module: "__builtin__" or "builtins", Name: "bytes" or "bytearray" }
                        when arguments is [] => Array.Empty<byte>(),
                    _ => new PickleObject(call[0], arguments),
                }
            );
        }

        private PickleSet Set(IList<object?> items)
        {
            Copy(items.Count);
            return new PickleSet([.. items]);
        }

        /// <summary>
        /// A value from the memory can be copied by a few bytes of the file, so a small one could fill any memory.
        /// </summary>
        private void Copy(long count)
        {
            _copied += count;
            if (_copied - SpareCopies > input.Position)
                throw input.Bad("it copies the same values again and again");
        }

        private void Instance(object?[] values)
        {
            if (values.Length == 0)
                throw input.Bad("an object has no class");
            _stack.Add(new PickleObject(values[0], values[1..]));
        }

        private void Build(object? state)
        {
            if (Top() is not PickleObject described)
                throw input.Bad("a state is given to what is no object");
            described.State = state;
            if (described.Type is PickleGlobal { Module: "joblib.numpy_pickle", Name: "NumpyArrayWrapper" })
                _stack[^1] = JoblibArray(described);
        }

        /// <summary>
        /// joblib writes an array's numbers behind the instruction that would make its wrapper, and an array of objects
        /// as a pickle of its own. What comes back is an array as NumPy describes it.
        /// </summary>
        private object? JoblibArray(PickleObject wrapper)
        {
            if (
                !wrapper.TryGetAttribute("dtype", out object? dtype)
                || dtype is not PickleObject type
                || !wrapper.TryGetAttribute("shape", out object? extent)
                || extent is not object?[] shape
            )
                throw input.Bad("an array of joblib has no type or no shape");
            (string name, _) = NumPyTexts.TypeName(type);
            if (name.StartsWith('O'))
            {
                return depth < MaxDepth
                    ? new Machine(input, depth + 1).Run()
                    : throw input.Bad("pickles lie in pickles without end");
            }
            long count = NumPyTexts.SizeOf(name);
            if (count == 0)
                throw input.Bad($"an array of joblib holds values of type '{name}'");
            foreach (object? size in shape)
            {
                bool fits = size is long length and >= 0 and <= int.MaxValue && count * length <= Array.MaxLength;
                count = fits
                    ? count * (long)size!
                    : throw input.Bad("an array of joblib has a shape that cannot be held");
            }
            if (wrapper.TryGetAttribute("numpy_array_alignment_bytes", out object? aligned) && aligned is not null)
                input.Bytes(input.Byte());
            bool byColumns = wrapper.TryGetAttribute("order", out object? order) && order is "F";
            return new PickleObject(new PickleGlobal("numpy.core.multiarray", "_reconstruct"), [])
            {
                State = new object?[] { 1L, shape, type, byColumns, input.Bytes(count) },
            };
        }

        private long Index(string line) =>
            long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long index)
                ? index
                : throw input.Bad($"'{Throw.Shown(line)}' is no number of a memory");

        private object TextInteger(string line) =>
            line switch
            {
                "01" => true,
                "00" => false,
                _ when long.TryParse(
                        line,
                        NumberStyles.AllowLeadingSign,
                        CultureInfo.InvariantCulture,
                        out long small
                    ) => small,
                _ when line.Length <= MaxDigits
                        && BigInteger.TryParse(
                            line,
                            NumberStyles.AllowLeadingSign,
                            CultureInfo.InvariantCulture,
                            out BigInteger big
                        ) => big,
                _ => throw input.Bad("a whole number is not one"),
            };

        private double TextDouble(string line) =>
            double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                ? value
                : throw input.Bad("a number is not one");

        private static object Integer(byte[] bytes)
        {
            var value = new BigInteger(bytes);
            return value >= long.MinValue && value <= long.MaxValue ? Boxed((long)value) : value;

            static object Boxed(long whole) => whole;
        }

        private int Counted(int length) => length >= 0 ? length : throw input.Bad($"a length is {length}");

        private static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);

        private byte[] Bytes(string text)
        {
            Copy(text.Length);
            if (text.Any(c => c > 0xFF))
                throw input.Bad("bytes written as text hold a character beyond Latin-1");
            return Encoding.Latin1.GetBytes(text);
        }

        private string Quoted(string line)
        {
            if (line.Length < 2 || line[0] is not ('\'' or '"') || line[^1] != line[0])
                throw input.Bad("a text of protocol 0 is not in quotes");
            return Escapes().Replace(line[1..^1], Unescape);
        }

        private string Unescape(Match match) =>
            match.Value[1] switch
            {
                'n' => "\n",
                'r' => "\r",
                't' => "\t",
                'x' when match.Length == 2 => throw input.Bad("an escape \\x of protocol 0 lacks its two digits"),
                'x' => ((char)Convert.ToInt32(match.Value[2..], 16)).ToString(),
                var other => other.ToString(),
            };

        private static string RawUnicode(string line) =>
            UnicodeEscapes()
                .Replace(
                    line,
                    match =>
                    {
                        int code = Convert.ToInt32(match.Value[2..], 16);
                        return code <= 0xFFFF ? ((char)code).ToString()
                            : code <= 0x10FFFF ? char.ConvertFromUtf32(code)
                            : "\uFFFD";
                    }
                );
    }

    [GeneratedRegex(@"\\(x[0-9a-fA-F]{2}|.)", RegexOptions.Singleline)]
    private static partial Regex Escapes();

    [GeneratedRegex(@"\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}")]
    private static partial Regex UnicodeEscapes();
}
