namespace Firn.Cli.Output;

/// <summary>
/// Lines of a stream, for a filter that must keep one line out for one line in: only a line feed ends a line (with a
/// carriage return before it dropped), where <see cref="TextReader.ReadLine"/> would also end one at a lone carriage return.
/// </summary>
/// <remarks>
/// Lines are handed out in the batches in which they arrive: a batch ends where reading on would wait for more input,
/// so that a slow producer sees the answer to what it has sent.
/// </remarks>
internal sealed class LineReader(TextReader source, int bufferSize = 1 << 16)
{
    private char[] buffer = new char[bufferSize];
    private int start, end;
    private bool ended;

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
            if (ended)
            {
                if (start == end)
                    return false;
                lines.Add(new string(buffer, start, end - start)); // the last line has no line feed
                start = end;
                break;
            }
            Fill();
        }
        return true;
    }

    private string? TakeLine()
    {
        int length = buffer.AsSpan(start, end - start).IndexOf('\n');
        if (length < 0)
            return null;
        int visible = length > 0 && buffer[start + length - 1] == '\r' ? length - 1 : length;
        string line = new(buffer, start, visible);
        start += length + 1;
        return line;
    }

    private void Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }
        if (end == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        int read = source.Read(buffer, end, buffer.Length - end);
        end += read;
        ended = read == 0;
    }
}
