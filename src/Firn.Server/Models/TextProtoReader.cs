using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Firn.Server.Models;

/// <summary>
/// Reads protobuf's text form, which Google's C# library does not: fields, messages in braces or angles, lists, maps,
/// comments, strings with C escapes. Errors name file and line.
/// </summary>
internal sealed class TextProtoReader
{
    private const int DeepestMessage = 32;
    private readonly string _path;
    private readonly string _text;
    private readonly IReadOnlySet<string> _skipped;
    private int _at;
    private int _line = 1;

    private TextProtoReader(string path, string text, IReadOnlySet<string> skipped)
    {
        _path = path;
        _text = text;
        _skipped = skipped;
    }

    /// <summary>Reads a message.</summary>
    /// <param name="path">The file's name, for messages.</param>
    /// <param name="text">Its content.</param>
    /// <param name="skipped">Names of fields that exist in the original and are passed over.</param>
    /// <exception cref="InvalidDataException">The text is no such message.</exception>
    public static T Read<T>(string path, string text, IReadOnlySet<string> skipped)
        where T : IMessage, new()
    {
        var reader = new TextProtoReader(path, text, skipped);
        var message = new T();
        reader.Fields(message, '\0', 0);
        return message;
    }

    private void Fields(IMessage message, char end, int depth)
    {
        if (depth > DeepestMessage)
            throw Wrong($"more than {DeepestMessage} messages stand in each other");
        var given = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            Space();
            if (_at == _text.Length ? end == '\0' : _text[_at] == end)
            {
                _at += end == '\0' ? 0 : 1;
                return;
            }
            if (_at == _text.Length)
                throw Wrong($"the file ends inside a message; expected '{end}'");
            string name = Word();
            Space();
            bool colon = Take(':');
            Space();
            if (message.Descriptor.FindFieldByName(name) is { } field)
            {
                if (!field.IsRepeated && !given.Add(name))
                    throw Wrong($"'{name}' is given twice");
                Value(message, field, colon, depth);
            }
            else if (_skipped.Contains(name))
            {
                SkipValue(colon);
            }
            else
            {
                throw Wrong(
                    $"'{name}' is not known here; expected "
                        + $"{string.Join(", ", message.Descriptor.Fields.InDeclarationOrder().Select(f => f.Name))}"
                );
            }
            Space();
            if (!Take(','))
                Take(';');
        }
    }

    private void Value(IMessage message, FieldDescriptor field, bool colon, int depth)
    {
        if (!field.IsRepeated)
        {
            field.Accessor.SetValue(message, One(field, colon, depth));
            return;
        }
        if (!Take('['))
        {
            Add(message, field, colon, depth);
            return;
        }
        for (Space(); !Take(']'); Space())
        {
            Add(message, field, colon, depth);
            Space();
            if (!Take(',') && Peek() != ']')
                throw Wrong("expected ',' or ']' in a list");
        }
    }

    private void Add(IMessage message, FieldDescriptor field, bool colon, int depth)
    {
        if (!field.IsMap)
        {
            ((IList)field.Accessor.GetValue(message)).Add(One(field, colon, depth));
            return;
        }
        Open(out char end);
        FieldDescriptor keys = field.MessageType.FindFieldByNumber(1),
            values = field.MessageType.FindFieldByNumber(2);
        object? key = null,
            value = null;
        for (Space(); !Take(end); Space())
        {
            string name = Word();
            Space();
            bool separated = Take(':');
            Space();
            if (name == keys.Name)
                key = One(keys, separated, depth);
            else if (name == values.Name)
                value = One(values, separated, depth);
            else
                throw Wrong($"'{name}' is not known here; an entry of {field.Name} has key and value");
            Space();
            if (!Take(','))
                Take(';');
        }
        var entries = (IDictionary)field.Accessor.GetValue(message);
        if (key is null || value is null)
            throw Wrong($"an entry of {field.Name} needs key and value");
        if (entries.Contains(key))
            throw Wrong($"{field.Name} has '{key}' twice");
        entries[key] = value;
    }

    private object One(FieldDescriptor field, bool colon, int depth)
    {
        if (field.FieldType == FieldType.Message)
        {
            Open(out char end);
            IMessage inner = field.MessageType.Parser.ParseFrom(ReadOnlySpan<byte>.Empty.ToArray());
            Fields(inner, end, depth + 1);
            return inner;
        }
        if (!colon)
            throw Wrong($"expected ':' after '{field.Name}'");
        return field.FieldType switch
        {
            FieldType.String => Text(),
            FieldType.Int64 => (long)Number(long.MinValue, long.MaxValue),
            FieldType.UInt32 => (uint)Number(0, uint.MaxValue),
            _ => throw Wrong($"'{field.Name}' cannot be read from text"),
        };
    }

    private void Open(out char end)
    {
        end = Peek() switch
        {
            '{' => '}',
            '<' => '>',
            _ => throw Wrong("expected '{'"),
        };
        _at++;
    }

    private string Word()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.'))
            _at++;
        if (_at > start)
            return _text[start.._at];
        throw Wrong(
            _at < _text.Length
                ? $"expected a name or a number, found '{_text[_at]}'"
                : "the file ends where a name or a number is expected"
        );
    }

    private Int128 Number(Int128 least, Int128 most)
    {
        bool minus = Take('-');
        Space();
        string word = Word();
        bool hexadecimal = word.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (
            !Int128.TryParse(
                hexadecimal ? word[2..] : word,
                hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
                CultureInfo.InvariantCulture,
                out Int128 value
            )
        )
            throw Wrong($"'{word}' is no whole number");
        value = minus ? -value : value;
        return value >= least && value <= most ? value : throw Wrong($"{value} is out of range; {least} to {most}");
    }

    private string Text()
    {
        if (Peek() is not ('"' or '\''))
            throw Wrong("expected a string in quotes");
        var bytes = new List<byte>();
        for (; Peek() is '"' or '\''; Space())
            Piece(bytes);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.ToArray());
        }
        catch (ArgumentException)
        {
            throw Wrong("the string is not UTF-8");
        }
    }

    private void Piece(List<byte> bytes)
    {
        char quote = _text[_at++];
        while (Peek() != quote)
        {
            if (Peek() is '\0' or '\n')
                throw Wrong("the string does not end on its line");
            int next =
                char.IsSurrogatePair(_text, Math.Min(_at, _text.Length - 2)) && char.IsHighSurrogate(_text[_at])
                    ? 2
                    : 1;
            if (_text[_at] != '\\')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(_text, _at, next));
                _at += next;
                continue;
            }
            _at++;
            Escape(bytes);
        }
        _at++;
    }

    private void Escape(List<byte> bytes)
    {
        char kind = Peek();
        _at++;
        switch (kind)
        {
            case 'n' or 'r' or 't' or 'a' or 'b' or 'f' or 'v':
                bytes.Add((byte)"\n\r\t\a\b\f\v"["nrtabfv".IndexOf(kind)]);
                break;
            case '\\' or '"' or '\'' or '?':
                bytes.Add((byte)kind);
                break;
            case 'x' or 'X':
                bytes.Add((byte)Digits(2, 16));
                break;
            case >= '0' and <= '7':
                _at--;
                bytes.Add((byte)Digits(3, 8));
                break;
            default:
                throw Wrong($"'\\{kind}' is no escape of a string");
        }
    }

    private int Digits(int most, int radix)
    {
        int value = 0,
            count = 0;
        for (; count < most && char.IsAsciiHexDigit(Peek()); count++, _at++)
        {
            int digit = Convert.ToInt32(_text[_at].ToString(), 16);
            if (digit >= radix)
                break;
            value = (value * radix) + digit;
        }
        return count > 0 ? value : throw Wrong("an escape of a string needs digits");
    }

    /// <summary>Passes over a value of a field that is not used here.</summary>
    private void SkipValue(bool colon)
    {
        if (Peek() is '{' or '<' or '[')
        {
            int depth = 0;
            do
            {
                Space();
                switch (Peek())
                {
                    case '{' or '<' or '[':
                        depth++;
                        _at++;
                        break;
                    case '}' or '>' or ']':
                        depth--;
                        _at++;
                        break;
                    case '"' or '\'':
                        Text();
                        break;
                    case '\0':
                        throw Wrong("the file ends inside a message");
                    default:
                        _at++;
                        break;
                }
            } while (depth > 0);
        }
        else if (!colon)
        {
            throw Wrong("expected ':' or '{'");
        }
        else if (Peek() is '"' or '\'')
        {
            Text();
        }
        else
        {
            Take('-');
            Word();
        }
    }

    private char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private bool Take(char wanted)
    {
        if (Peek() != wanted || wanted == '\0')
            return false;
        _at++;
        return true;
    }

    private void Space()
    {
        while (_at < _text.Length)
        {
            char now = _text[_at];
            if (now == '#')
            {
                while (_at < _text.Length && _text[_at] != '\n')
                    _at++;
                continue;
            }
            if (!char.IsWhiteSpace(now) && now != '\uFEFF')
                return;
            _line += now == '\n' ? 1 : 0;
            _at++;
        }
    }

    private InvalidDataException Wrong(string reason) => new($"{_path}: line {_line}: {reason}");
}
