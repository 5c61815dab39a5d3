using System.Text;

namespace Firn.Data;

/// <summary>Cuts JSON text into the values that stand one after another, or in one array, in bounded memory.</summary>
internal sealed class JsonValues : IDisposable
{
    private const int LongestValue = 1 << 28;
    private readonly CorpusFile _file;
    private readonly StreamReader _reader;
    private readonly char[] _buffer = new char[1 << 16];
    private readonly StringBuilder _value = new();
    private int _at,
        _end;
    private long _line = 1;

    public JsonValues(CorpusFile file)
    {
        _file = file;
        _reader = file.OpenText();
    }

    /// <summary>The line on which the latest value began.</summary>
    public long Line { get; private set; }

    /// <summary>Passes over the bracket that opens the array of the values, if one does.</summary>
    public bool EnterArray()
    {
        if (Peek() != '[')
            return false;
        _at++;
        return true;
    }

    /// <summary>The next value's text; null at the end of the file, or of the array.</summary>
    /// <param name="inArray">Whether commas stand between and a bracket ends them.</param>
    /// <exception cref="CorpusException">
    /// The file ends inside a value, or something else stands between values.
    /// </exception>
    public string? Next(bool inArray)
    {
        int next = Peek();
        if (inArray && next == ',')
        {
            _at++;
            next = Peek();
        }
        if (next < 0 && inArray)
            throw Ends();
        if (next < 0 || (inArray && next == ']'))
            return null;
        if (next is not ('{' or '['))
            throw new CorpusException(
                _file.Path,
                _line,
                $"an object is expected where '{(char)next}' stands",
                "Write objects with a property for the text and one for the label."
            );
        Line = _line;
        return Take();
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>The next character that is no white space, not taken; -1 at the end.</summary>
    private int Peek()
    {
        while (true)
        {
            for (; _at < _end; _at++)
            {
                char c = _buffer[_at];
                if (c == '\n')
                    _line++;
                else if (!char.IsWhiteSpace(c) && c != '\uFEFF')
                    return c;
            }
            if (!Fill())
                return -1;
        }
    }

    private string Take()
    {
        _value.Clear();
        int depth = 0;
        bool inString = false,
            escaped = false;
        while (true)
        {
            int start = _at;
            for (; _at < _end; _at++)
            {
                char c = _buffer[_at];
                if (c == '\n')
                    _line++;
                if (inString)
                {
                    inString = escaped || c != '"';
                    escaped = !escaped && c == '\\';
                    continue;
                }
                inString = c == '"';
                depth +=
                    c is '{' or '[' ? 1
                    : c is '}' or ']' ? -1
                    : 0;
                if (depth > 0 || c is not ('}' or ']'))
                    continue;
                _at++;
                return _value.Append(_buffer, start, _at - start).ToString();
            }
            _value.Append(_buffer, start, _at - start);
            if (_value.Length > LongestValue)
                throw new CorpusException(
                    _file.Path,
                    Line,
                    $"a value of JSON is longer than {LongestValue} characters",
                    "Write one object a line."
                );
            if (!Fill())
                throw Ends();
        }
    }

    private bool Fill()
    {
        _at = 0;
        try
        {
            _end = _reader.Read(_buffer, 0, _buffer.Length);
        }
        catch (InvalidDataException error)
        {
            throw _file.Damaged(error);
        }
        return _end > 0;
    }

    private CorpusException Ends() =>
        new(
            _file.Path,
            _line,
            "the JSON text ends inside a value that is not closed",
            "It is cut short; copy or download it again."
        );
}
