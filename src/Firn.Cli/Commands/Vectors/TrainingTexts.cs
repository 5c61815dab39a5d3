using System.CommandLine;
using System.Globalization;
using Firn.Cli.Output;
using Firn.Data;
using Firn.Files;

namespace Firn.Cli.Commands.Vectors;

/// <summary>The texts of <c>firn vectors train</c>: a corpus, more of them, and folders of plain texts.</summary>
internal sealed class TrainingTexts
{
    private readonly CorpusArguments _corpus = new(
        "TEXT",
        "Plain text in UTF-8, one text a line, plain or gzip, or a folder of such files (or, with --format, a "
            + "labeled corpus)",
        CorpusFormat.Lines
    );

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
        string[] files = [.. Paths(parsed).SelectMany(path => Files(parsed, path))];
        if (_corpus.IsLines(parsed) && !_corpus.FormatGiven(parsed))
            Array.ForEach(files, RefuseTable);
        CorpusReader[] readers = [.. files.Select(path => _corpus.Open(parsed, path))];
        return readers is [var one] ? one : readers.SelectMany(reader => reader);
    }

    /// <summary>
    /// Labeled texts would train their labels, and a table of vectors its numbers: both are told apart from lines of
    /// text.
    /// </summary>
    private static void RefuseTable(string path)
    {
        if (Directory.Exists(path) || !InputFile.Exists(path) || !InputFile.KindOf(path).IsText())
            return; // refused where it is opened
        string[] lines = FirstLines(path);
        if (lines.Length > 1 && IsVectors(lines))
            throw new UserError(
                $"{path}: line 1: this is a table of word vectors, not text to train them on; give the text, and go "
                    + $"on from a table with --from FILE"
            );
        CorpusReader corpus;
        try
        {
            corpus = CorpusReader.Open(path);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or CorpusException)
        {
            return; // no layout of labeled texts: lines, as is usual
        }
        if (corpus.Layout is { HasHeader: true, TextColumn: { } column, Separator: { } separator })
        {
            throw new UserError(
                $"{path}: line 1: this is a table, separated by {separator}, whose texts seem to stand in the column "
                    + $"'{column}'; "
                    + $"add --format delimited --text-column {column}, or --format lines to take whole lines as texts"
            );
        }
        if (corpus.Format is CorpusFormat.JsonLines or CorpusFormat.Json)
        {
            string format = corpus.Format == CorpusFormat.Json ? "json" : "jsonl";
            throw new UserError(
                $"{path}: line 1: this is {corpus.Layout.Name}; add --format {format} and --text-column NAME, or "
                    + $"--format lines to take whole lines as texts"
            );
        }
    }

    private static string[] FirstLines(string path)
    {
        using StreamReader reader = CorpusReader.OpenText(path);
        var lines = new List<string>();
        while (lines.Count < 5 && reader.ReadLine() is { Length: < 1 << 16 } line)
            lines.Add(line);
        return [.. lines];
    }

    /// <summary>A word and the same number of numbers in each line, below a header or none.</summary>
    private static bool IsVectors(string[] lines)
    {
        string[][] rows = [.. lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        return rows[0].Length > 3
            && rows.All(row =>
                row.Length == rows[0].Length
                && row.Skip(1)
                    .All(field => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            );
    }

    private IEnumerable<string> Paths(ParseResult parsed) =>
        (parsed.GetValue(_more) ?? []).Prepend(parsed.GetRequiredValue(Data));

    /// <summary>The files of a folder of lines, in the order of their names; hidden ones are passed over.</summary>
    private string[] Files(ParseResult parsed, string path)
    {
        if (!Directory.Exists(path) || !_corpus.IsLines(parsed))
            return [path];
        string[] files =
        [
            .. Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(file =>
                    !Path.GetRelativePath(path, file)
                        .Split(Path.DirectorySeparatorChar)
                        .Any(part => part.StartsWith('.'))
                )
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0 ? files : throw new UserError($"{path}: there is no file in this folder");
    }
}
