using System.Text.RegularExpressions;

namespace Firn.Data;

/// <summary>
/// A corpus that cannot be read; the message is one line with the file, the place, the reason and the remedy.
/// </summary>
public sealed partial class CorpusException : FirnException
{
    private readonly string _template;

    /// <summary>An error in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">Line from 1, or 0 where the whole file is meant.</param>
    /// <param name="reason">What is wrong, without a full stop.</param>
    /// <param name="remedy">
    /// What to do, a sentence. A setting of <see cref="CorpusOptions"/> stands in braces, as in <c>{TextColumn}</c> or
    /// <c>{OnError = Skip}</c>, so that a tool can name its own option there.
    /// </param>
    /// <param name="inner">The error beneath, if any.</param>
    public CorpusException(string path, long line, string reason, string remedy, Exception? inner = null)
        : base(InOneLine(path, line, reason, Plain(remedy)), inner)
    {
        Path = path;
        Line = line;
        Reason = reason;
        _template = remedy;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Line from 1, or 0 where the whole file is meant.</summary>
    public long Line { get; }

    /// <summary>What is wrong.</summary>
    public string Reason { get; }

    /// <summary>What to do.</summary>
    public string Remedy => Plain(_template);

    /// <summary>The message with the settings of <see cref="CorpusOptions"/> named as a tool names them.</summary>
    /// <param name="names">The tool's name of each setting, as in <c>TextColumn</c> or <c>OnError = Skip</c>.</param>
    public string Describe(IReadOnlyDictionary<string, string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        string remedy = _template;
        foreach ((string setting, string name) in names)
            remedy = remedy.Replace($"{{{setting}}}", name, StringComparison.Ordinal);
        return InOneLine(Path, Line, Reason, Plain(remedy));
    }

    private static string Plain(string remedy) => Setting().Replace(remedy, "$1");

    [GeneratedRegex(
        @"\{((?:TextColumn|LabelColumn|LabelsPath|Separator|HasHeader|Quoted|Encoding|Format|OnError)(?: = \w+)?)\}"
    )]
    private static partial Regex Setting();

    private static string InOneLine(string path, long line, string reason, string remedy) =>
        OneLine($"{path}{(line > 0 ? $", line {line}" : "")}: {reason}. {remedy}");

    // Names of columns and files may hold line breaks.
    private static string OneLine(string message) =>
        string.Create(
            message.Length,
            message,
            (line, source) =>
            {
                for (int i = 0; i < line.Length; i++)
                    line[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        );
}
