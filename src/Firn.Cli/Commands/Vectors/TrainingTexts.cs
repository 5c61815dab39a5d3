using System.CommandLine;
using Firn.Cli.Output;
using Firn.Text;

namespace Firn.Cli.Commands.Vectors;

/// <summary>The texts of <c>firn vectors train</c>: a corpus, more of them, and folders of plain texts.</summary>
internal sealed class TrainingTexts
{
    private readonly CorpusArguments _corpus = new("TEXT",
        "Plain text in UTF-8, one text a line, plain or gzip, or a folder of such files (or, with --format, a labelled corpus)", CorpusFormat.Lines);

    private readonly Option<string[]> _more = new("--more")
    {
        Description = "More texts, files or folders, read as TEXT is",
        HelpName = "TEXT",
        AllowMultipleArgumentsPerToken = true,
    };

    public Argument<string> Data => _corpus.Data;

    public void AddTo(Command command)
    {
        command.Add(_more);
        _corpus.AddTo(command);
    }

    /// <summary>What messages call the texts.</summary>
    public string NameOf(ParseResult parsed) => string.Join(", ", Paths(parsed));

    /// <summary>Files that are read; a folder's by themselves.</summary>
    public IEnumerable<string> InputsOf(ParseResult parsed) => Paths(parsed).SelectMany(path => Files(parsed, path));

    /// <summary>All texts, one corpus after the other; they can be read more than once.</summary>
    public IEnumerable<LabeledText> Open(ParseResult parsed)
    {
        CorpusReader[] readers = [.. Paths(parsed).SelectMany(path => Files(parsed, path)).Select(path => _corpus.Open(parsed, path))];
        return readers is [var one] ? one : readers.SelectMany(reader => reader);
    }

    private IEnumerable<string> Paths(ParseResult parsed) => (parsed.GetValue(_more) ?? []).Prepend(parsed.GetRequiredValue(Data));

    /// <summary>The files of a folder of lines, in the order of their names; hidden ones are passed over.</summary>
    private string[] Files(ParseResult parsed, string path)
    {
        if (!Directory.Exists(path) || !_corpus.IsLines(parsed))
            return [path];
        string[] files = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(path, file).Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.'))).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new UserError($"{path}: there is no file in this folder");
    }
}
