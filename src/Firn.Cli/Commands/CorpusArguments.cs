using System.CommandLine;
using Firn.Cli.Output;
using Firn.Text;

namespace Firn.Cli.Commands;

/// <summary>The arguments of every command that reads a corpus.</summary>
internal sealed class CorpusArguments
{
    private static readonly (string Name, CorpusFormat Format)[] Formats =
    [
        ("auto", CorpusFormat.Auto), ("sentiment140", CorpusFormat.Sentiment140), ("delimited", CorpusFormat.Delimited), ("jsonl", CorpusFormat.JsonLines),
        ("fasttext", CorpusFormat.FastText), ("folders", CorpusFormat.Folders), ("class-files", CorpusFormat.ClassFiles), ("paired", CorpusFormat.PairedFiles),
        ("label-first", CorpusFormat.LabelFirst), ("label-last", CorpusFormat.LabelLast), ("lines", CorpusFormat.Lines),
    ];

    private readonly Option<string> format;

    private readonly Option<string?> textColumn = new("--text-column")
    {
        Description = "Column or JSON property of the text, by name or number from 1 (default: text, tweet, review, ... whichever is there)",
        HelpName = "NAME",
    };

    private readonly Option<string?> labelColumn = new("--label-column")
    {
        Description = "Column or JSON property of the label (default: target, label, sentiment, ... whichever is there)",
        HelpName = "NAME",
    };

    private readonly Option<string?> labels = new("--labels")
    {
        Description = "File of labels, a line for each line of the data (default: X_labels.txt beside X_text.txt)",
        HelpName = "FILE",
    };

    private readonly Option<string> onError = new Option<string>("--on-error")
    {
        Description = "A row that cannot be read: stop with its line, or skip and count it",
        DefaultValueFactory = _ => "stop",
    }.OneOf("stop", "skip");

    private readonly Option<string> encoding = new Option<string>("--encoding")
    {
        Description = "auto reads UTF-8 and takes bytes that are none for Windows-1252",
        DefaultValueFactory = _ => "auto",
    }.OneOf("auto", "utf-8", "latin-1", "windows-1252");

    private readonly Option<bool> noQuotes = new("--no-quotes")
    {
        Description = "Double quotes are text like any other character, for files that do not quote fields as CSV does",
    };

    public CorpusArguments(string name, string description, CorpusFormat formatByDefault = CorpusFormat.Auto)
    {
        Data = new Argument<string>(name) { Description = description };
        format = new Option<string>("--format")
        {
            Description = $"Layout: {string.Join(", ", Formats.Select(f => f.Name))}",
            DefaultValueFactory = _ => Formats.First(f => f.Format == formatByDefault).Name,
            HelpName = "LAYOUT",
        }.OneOf([.. Formats.Select(f => f.Name)]);
    }

    public Argument<string> Data { get; }

    /// <summary>Adds the options; the argument is added by the command, which knows its place.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { format, textColumn, labelColumn, labels, onError, encoding, noQuotes })
            command.Add(option);
    }

    public CorpusReader Open(ParseResult parsed) => Open(parsed, parsed.GetRequiredValue(Data));

    /// <summary>Opens another path with the same options.</summary>
    public CorpusReader Open(ParseResult parsed, string path) => CorpusReader.Open(path, new CorpusOptions
    {
        Format = Formats.First(f => f.Name == parsed.GetRequiredValue(format)).Format,
        TextColumn = parsed.GetValue(textColumn),
        LabelColumn = parsed.GetValue(labelColumn),
        LabelsPath = parsed.GetValue(labels),
        OnError = parsed.GetRequiredValue(onError) == "skip" ? RowErrorPolicy.Skip : RowErrorPolicy.Stop,
        Quoted = parsed.GetValue(noQuotes) ? false : null,
        Encoding = parsed.GetRequiredValue(encoding) switch
        {
            "utf-8" => CorpusEncoding.Utf8,
            "latin-1" => CorpusEncoding.Latin1,
            "windows-1252" => CorpusEncoding.Windows1252,
            _ => CorpusEncoding.Auto,
        },
    });

    /// <summary>Says how many rows were left out, and shows the first of them.</summary>
    public static void TellSkipped(Terminal terminal, CorpusReader corpus)
    {
        if (corpus.RowsSkipped == 0)
            return;
        terminal.Note($"firn: {corpus.Path}: {corpus.RowsSkipped:N0} of {corpus.RowsRead + corpus.RowsSkipped:N0} rows left out");
        foreach (var error in corpus.Errors.Take(5))
            terminal.Note($"  line {error.Line}: {error.Reason}");
        if (corpus.RowsSkipped > 5)
            terminal.Note($"  and {corpus.RowsSkipped - 5:N0} more");
    }
}
