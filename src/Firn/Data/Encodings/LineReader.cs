namespace Firn.Data;

/// <summary>
/// Reads lines that end with LF or CR LF. A lone CR, NEL (U+0085) or U+2028 is text: tweets and reviews contain them.
/// </summary>
internal sealed class LineReader(CorpusFile file, StreamReader reader) : IDisposable
{
    private const int LongestLine = 1 << 26;
    private char[] _buffer = new char[1 << 16];
    private int _start,
        _end;
    private bool _atEnd;

    public LineReader(CorpusFile file)
        : this(file, file.OpenText()) { }

    /// <summary>Number of the line that was read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The next line without its end; valid until the next call.</summary>
    /// <exception cref="CorpusException">The line is too long to be one, or gzip data is damaged.</exception>
    public bool Read(out ReadOnlySpan<char> line)
    {
        int searched = _start;
        while (true)
        {
            int length = _buffer.AsSpan(searched, _end - searched).IndexOf('\n');
            if (length >= 0 || _atEnd && _end > _start)
            {
                int stop = length >= 0 ? searched + length : _end;
                line = _buffer.AsSpan(_start, stop - _start);
                if (line.EndsWith('\r'))
                    line = line[..^1];
                _start = Math.Min(stop + 1, _end);
                Line++;
                return true;
            }
            line = default;
            if (_atEnd)
                return false;
            searched = _end - _start;
            Fill();
        }
    }

    public void Dispose() => reader.Dispose();

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            if (_end >= LongestLine)
                throw new CorpusException(
                    file.Path,
                    Line + 1,
                    $"the line is longer than {LongestLine} characters",
                    "Put one text on each line."
                );
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }
        try
        {
            int read = reader.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _atEnd = read == 0;
        }
        catch (InvalidDataException error)
        {
            throw file.Damaged(error);
        }
    }
}
