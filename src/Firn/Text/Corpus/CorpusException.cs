namespace Firn.Text;

/// <summary>A corpus that cannot be read; the message is one line with the file, the place, the reason and the remedy.</summary>
public sealed class CorpusException : Exception
{
    /// <summary>An error in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">Line from 1, or 0 where the whole file is meant.</param>
    /// <param name="reason">What is wrong, without a full stop.</param>
    /// <param name="remedy">What to do, a sentence.</param>
    /// <param name="inner">The error beneath, if any.</param>
    public CorpusException(string path, long line, string reason, string remedy, Exception? inner = null)
        : base(OneLine($"{path}{(line > 0 ? $", line {line}" : "")}: {reason}. {remedy}"), inner)
    {
        Path = path;
        Line = line;
        Reason = reason;
        Remedy = remedy;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Line from 1, or 0 where the whole file is meant.</summary>
    public long Line { get; }

    /// <summary>What is wrong.</summary>
    public string Reason { get; }

    /// <summary>What to do.</summary>
    public string Remedy { get; }

    // Names of columns and files may hold line breaks.
    private static string OneLine(string message) => string.Create(message.Length, message, (line, source) =>
    {
        for (int i = 0; i < line.Length; i++)
            line[i] = char.IsControl(source[i]) ? ' ' : source[i];
    });
}
