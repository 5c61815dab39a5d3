namespace Firn.Cli.Output;

/// <summary>
/// Lines of a stream, for a filter that must keep one line out for one line in: only a line feed ends a line (with a
/// carriage return before it dropped), where <see cref="TextReader.ReadLine"/> would also end one at a lone carriage
/// return.
/// </summary>
/// <remarks>
/// Lines are handed out in the batches in which they arrive: a batch ends where reading on would wait for more input,
/// so that a slow producer sees the answer to what it has sent.
/// </remarks>
internal sealed class LineReader(TextReader source, int bufferSize = 1 << 16)
{
    private char[] _buffer = new char[bufferSize];
    private int _start,
        _end;
    private bool _ended;

    /// <summary>Waits for at least one line, takes all that have arrived, at most <paramref name="most"/>.</summary>
    /// <returns>False when there are no more.</returns>
    public bool ReadBatch(List<string> lines, int most)
    {
        lines.Clear();
        while (lines.Count == 0)
        {
            while (lines.Count < most && TakeLine() is { } line)
                lines.Add(line);
            if (lines.Count > 0)
                break;
            if (_ended)
            {
                if (_start == _end)
                    return false;
                lines.Add(new string(_buffer, _start, _end - _start)); // the last line has no line feed
                _start = _end;
                break;
            }
            Fill();
        }
        return true;
    }

    private string? TakeLine()
    {
        int length = _buffer.AsSpan(_start, _end - _start).IndexOf('\n');
        if (length < 0)
            return null;
        int visible = length > 0 && _buffer[_start + length - 1] == '\r' ? length - 1 : length;
        string line = new(_buffer, _start, visible);
        _start += length + 1;
        return line;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = source.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
    }
}
