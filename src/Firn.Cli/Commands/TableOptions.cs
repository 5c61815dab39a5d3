using System.CommandLine;
using Firn.Cli.Output;
using Firn.Cli.Scoring;
using Firn.Data;
using Firn.Files;

namespace Firn.Cli.Commands;

/// <summary>How <c>predict</c> reads a file of texts and what it writes of it.</summary>
internal sealed class TableOptions
{
    /// <summary>Standard input, as it is typed.</summary>
    public const string StandardInput = "-";

    private static readonly (string Name, TextTableFormat Format)[] Formats =
    [
        ("auto", TextTableFormat.Auto),
        ("delimited", TextTableFormat.Delimited),
        ("jsonl", TextTableFormat.JsonLines),
        ("lines", TextTableFormat.Lines),
    ];

    private readonly Option<string?> _textColumn = new("--text-column")
    {
        Description =
            "Column or JSON property of the text, by name or number from 1 (default: text, tweet, review, ... "
            + "whichever is there)",
        HelpName = "NAME",
    };

    private readonly Option<string> _format = new Option<string>("--format")
    {
        Description = "Layout of FILE (default: by its ending)",
        DefaultValueFactory = _ => "auto",
    }.OneOf([.. Formats.Select(f => f.Name)]);

    private readonly Option<string?> _separator = new("--separator")
    {
        Description = "What separates fields: comma, tab, semicolon, bar, space, or one character (default: found out)",
        HelpName = "CHAR",
    };

    private readonly Option<bool> _header = new("--header")
    {
        Description = "The first row names the columns (default: found out)",
    };

    private readonly Option<bool> _noHeader = new("--no-header")
    {
        Description = "The first row is a text, not names of columns",
    };

    private readonly Option<bool> _noQuotes = new("--no-quotes")
    {
        Description = "Double quotes are text like any other character",
    };

    private readonly Option<string?> _encoding = new("--encoding")
    {
        Description =
            "Encoding, as in utf-8, latin1, gbk, utf-16le, or auto (default: as the model's training file was read)",
        HelpName = "NAME",
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "File for the rows with their labels: .csv, .tsv or .jsonl (default: standard output)",
        HelpName = "FILE",
    };

    private readonly Option<bool> _all = new("--all") { Description = "Add the probability of every class" };

    private readonly Option<int> _top = new Option<int>("--top")
    {
        Description = "Add the N likeliest classes with their probabilities",
        HelpName = "N",
    }.Between(1, 1_000_000);

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on where an earlier run to the same --out stopped",
    };

    private readonly Option<string> _onError = new Option<string>("--on-error")
    {
        Description = "A row that cannot be read: stop with its line, or keep it without a label and count it",
        DefaultValueFactory = _ => "stop",
    }.OneOf("stop", "keep");

    public void AddTo(Command command)
    {
        foreach (
            var option in new Option[]
            {
                _out,
                _textColumn,
                _all,
                _top,
                _resume,
                _onError,
                _format,
                _encoding,
                _separator,
                _header,
                _noHeader,
                _noQuotes,
            }
        )
            command.Add(option);
    }

    /// <summary>The file to write; null for standard output.</summary>
    public string? Out(ParseResult parsed) => parsed.GetValue(_out);

    public bool Resume(ParseResult parsed) => parsed.GetValue(_resume);

    public bool StopsAtBroken(ParseResult parsed) => parsed.GetValue(_onError) == "stop";

    public bool All(ParseResult parsed) => parsed.GetValue(_all);

    public int Top(ParseResult parsed) => parsed.GetValue(_top);

    /// <summary>How bytes become characters: as asked for, else as the model's training file was read.</summary>
    public string Encoding(ParseResult parsed, Predictor predictor) =>
        parsed.GetValue(_encoding) is { } given ? CorpusArguments.Encoding(given) : TrainedEncoding.Of(predictor);

    /// <summary>Whether the input is a table whose rows are written back, not lines that get a label each.</summary>
    public bool IsTable(ParseResult parsed, string? file)
    {
        if (
            Out(parsed) is not null
            || parsed.GetValue(_textColumn) is not null
            || parsed.GetValue(_format) is "delimited" or "jsonl"
        )
            return true;
        string name = FileKinds.UnpackedName(file ?? "");
        return parsed.GetValue(_format) == "auto"
            && Path.GetExtension(name).ToLowerInvariant() is ".csv" or ".tsv" or ".tab" or ".jsonl" or ".ndjson";
    }

    /// <summary>Opens a file, or standard input.</summary>
    public TextTable Open(ParseResult parsed, Terminal terminal, string? file, string encoding)
    {
        var options = new TextTableOptions
        {
            Format = Formats.First(f => f.Name == parsed.GetValue(_format)).Format,
            TextColumn = parsed.GetValue(_textColumn),
            Separator = CorpusArguments.Separator(parsed.GetValue(_separator)),
            Header = CorpusArguments.Header(parsed.GetValue(_header), parsed.GetValue(_noHeader)),
            Quoted = parsed.GetValue(_noQuotes) ? false : null,
            Encoding = encoding,
        };
        return file is null
            ? TextTable.Open(terminal.OpenIn(), "standard input", options)
            : TextTable.Open(file, options);
    }

    /// <summary>The form of the rows that are written: by the ending of --out, else as the input's.</summary>
    public RowFormat Format(ParseResult parsed, TextTable table)
    {
        RowFormat same = table.Format switch
        {
            TextTableFormat.JsonLines => RowFormat.JsonLines,
            TextTableFormat.Delimited when table.Separator != '\t' => RowFormat.Csv,
            _ => RowFormat.Tsv,
        };
        if (Out(parsed) is not { } path)
            return same;
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => RowFormat.Csv,
            ".tsv" or ".tab" => RowFormat.Tsv,
            ".jsonl" or ".ndjson" => RowFormat.JsonLines,
            "" or ".txt" => same,
            var other => throw new UsageError(
                $"--out {path}: files that end in {other} are not written; take .csv, .tsv or .jsonl"
            ),
        };
    }

    /// <summary>The choices that must be the same where a run goes on, a line each.</summary>
    public string Settings(ParseResult parsed, TextTable table, RowFormat format, string encoding) =>
        string.Join(
            '\n',
            $"text column {string.Join(',', table.TextColumns.Select(i => table.Columns[i]))}",
            $"{format} of {table.Format}",
            $"encoding {encoding}",
            $"separator {(int)table.Separator}",
            $"header {table.HasHeader}",
            $"quotes {table.Quoted}",
            $"--all {All(parsed)}",
            $"--top {Top(parsed)}"
        );
}
