namespace Firn.Data;

/// <summary>
/// Reads lines that end with LF or CR LF. A lone CR, NEL (U+0085) or U+2028 is text: tweets and reviews contain them.
/// </summary>
internal sealed class LineReader(CorpusFile file, StreamReader reader) : IDisposable
{
    private const int LongestLine = 1 << 26;
    private char[] buffer = new char[1 << 16];
    private int start, end;
    private bool atEnd;

    public LineReader(CorpusFile file)
        : this(file, file.OpenText())
    {
    }

    /// <summary>Number of the line that was read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The next line without its end; valid until the next call.</summary>
    /// <exception cref="CorpusException">The line is too long to be one, or gzip data is damaged.</exception>
    public bool Read(out ReadOnlySpan<char> line)
    {
        int searched = start;
        while (true)
        {
            int length = buffer.AsSpan(searched, end - searched).IndexOf('\n');
            if (length >= 0 || atEnd && end > start)
            {
                int stop = length >= 0 ? searched + length : end;
                line = buffer.AsSpan(start, stop - start);
                if (line.EndsWith('\r'))
                    line = line[..^1];
                start = Math.Min(stop + 1, end);
                Line++;
                return true;
            }
            line = default;
            if (atEnd)
                return false;
            searched = end - start;
            Fill();
        }
    }

    public void Dispose() => reader.Dispose();

    private void Fill()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        end -= start;
        start = 0;
        if (end == buffer.Length)
        {
            if (end >= LongestLine)
                throw new CorpusException(file.Path, Line + 1, $"the line is longer than {LongestLine} characters", "Put one text on each line.");
            Array.Resize(ref buffer, 2 * buffer.Length);
        }
        try
        {
            int read = reader.Read(buffer, end, buffer.Length - end);
            end += read;
            atEnd = read == 0;
        }
        catch (InvalidDataException error)
        {
            throw file.Damaged(error);
        }
    }
}
