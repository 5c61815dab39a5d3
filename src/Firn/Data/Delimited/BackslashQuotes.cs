namespace Firn.Data;

/// <summary>
/// Gives quotes and backslashes that a file escapes by a backslash the form that CSV readers know: <c>\"</c> becomes
/// <c>""</c>, <c>\\</c> becomes <c>\</c>.
/// </summary>
internal sealed class BackslashQuotes(TextReader source) : TextReader
{
    private bool _escaped;

    /// <summary>The same for a text that is in memory.</summary>
    public static string Of(string text) => new BackslashQuotes(new StringReader(text)).ReadToEnd();

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        int read;
        do
        {
            read = source.Read(buffer);
            if (read == 0)
                return AtEnd(buffer);
            read = Convert(buffer[..read]);
        } while (read == 0);
        return read;
    }

    public override int Read()
    {
        Span<char> one = stackalloc char[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    // An escape takes two characters and gives at most two, so the result never overtakes what is still to be read, but
    // for an escape that began in the buffer before: its backslash is given out there as what it becomes here.
    private int Convert(Span<char> text)
    {
        int to = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (!_escaped && c == '\\')
            {
                _escaped = true;
                continue;
            }
            if (_escaped && c is not ('"' or '\\'))
                _pending.Enqueue('\\');
            else if (_escaped && c == '"')
                _pending.Enqueue('"');
            _escaped = false;
            _pending.Enqueue(c);
            while (_pending.Count > 0 && to <= i)
                text[to++] = _pending.Dequeue();
        }
        return to;
    }

    private readonly Queue<char> _pending = new();

    private int AtEnd(Span<char> buffer)
    {
        if (_escaped)
            _pending.Enqueue('\\');
        _escaped = false;
        int to = 0;
        while (_pending.Count > 0 && to < buffer.Length)
            buffer[to++] = _pending.Dequeue();
        return to;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
