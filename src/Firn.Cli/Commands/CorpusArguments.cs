using System.CommandLine;
using Firn.Cli.Output;
using Firn.Data;

namespace Firn.Cli.Commands;

/// <summary>The arguments of every command that reads a corpus.</summary>
internal sealed class CorpusArguments
{
    private static readonly (string Name, CorpusFormat Format)[] Formats =
    [
        ("auto", CorpusFormat.Auto),
        ("sentiment140", CorpusFormat.Sentiment140),
        ("delimited", CorpusFormat.Delimited),
        ("jsonl", CorpusFormat.JsonLines),
        ("fasttext", CorpusFormat.FastText),
        ("folders", CorpusFormat.Folders),
        ("class-files", CorpusFormat.ClassFiles),
        ("paired", CorpusFormat.PairedFiles),
        ("label-first", CorpusFormat.LabelFirst),
        ("label-last", CorpusFormat.LabelLast),
        ("lines", CorpusFormat.Lines),
        ("json", CorpusFormat.Json),
        ("arff", CorpusFormat.Arff),
        ("trees", CorpusFormat.SentimentTrees),
        ("table", CorpusFormat.Table),
    ];

    private readonly Option<string> _format;

    private readonly Option<string?> _textColumn = new("--text-column")
    {
        Description =
            "Column or JSON property of the text, by name or number from 1; several with commas between are joined "
            + "(default: text, tweet, review, ... whichever is there)",
        HelpName = "NAME,...",
    };

    private readonly Option<string?> _labelColumn = new("--label-column")
    {
        Description =
            "Column or JSON property of the label (default: target, label, sentiment, ... whichever is there)",
        HelpName = "NAME",
    };

    private readonly Option<string?> _labels = new("--labels")
    {
        Description = "File of labels, a line for each line of the data (default: X_labels.txt beside X_text.txt)",
        HelpName = "FILE",
    };

    private readonly Option<string> _onError = new Option<string>("--on-error")
    {
        Description = "A row that cannot be read: stop with its line, or skip and count it",
        DefaultValueFactory = _ => "stop",
    }.OneOf("stop", "skip");

    private readonly Option<string> _encoding = new("--encoding")
    {
        Description =
            "Encoding, as in utf-8, latin1, gbk, shift_jis, utf-16le; auto obeys marks, knows UTF-16, and reads "
            + "UTF-8 with bytes that are none as Windows-1252",
        DefaultValueFactory = _ => TextEncodings.Auto,
        HelpName = "NAME",
    };

    private readonly Option<string?> _separator = new("--separator")
    {
        Description =
            "What divides the fields: comma, tab, semicolon, bar, space, or another single character (default: found "
            + "out)",
        HelpName = "CHAR",
    };

    private readonly Option<bool> _header = new("--header")
    {
        Description = "The first row names the columns (default: found out)",
    };

    private readonly Option<bool> _noHeader = new("--no-header")
    {
        Description = "The first row is a text like any other",
    };

    private readonly Option<bool> _singleLabel = new("--single-label")
    {
        Description = "Each text has one label, whatever several labels may be seen in the data",
    };

    private readonly Option<bool> _noQuotes = new("--no-quotes")
    {
        Description = "Double quotes are text like any other character, for files that do not quote fields as CSV does",
    };

    public CorpusArguments(string name, string description, CorpusFormat formatByDefault = CorpusFormat.Auto)
    {
        Data = new Argument<string>(name) { Description = description };
        _format = new Option<string>("--format")
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
        foreach (
            var option in new Option[]
            {
                _format,
                _textColumn,
                _labelColumn,
                _labels,
                _separator,
                _header,
                _noHeader,
                _noQuotes,
                _singleLabel,
                _encoding,
                _onError,
            }
        )
            command.Add(option);
    }

    /// <summary>Whether the layout was named.</summary>
    public bool FormatGiven(ParseResult parsed) => parsed.GetResult(_format) is { Implicit: false };

    /// <summary>Whether the data are plain lines.</summary>
    public bool IsLines(ParseResult parsed) =>
        Formats.First(f => f.Name == parsed.GetRequiredValue(_format)).Format == CorpusFormat.Lines;

    public CorpusReader Open(ParseResult parsed) => Open(parsed, parsed.GetRequiredValue(Data));

    /// <summary>Opens another path with the same options.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="path">The path.</param>
    /// <param name="several">Whether texts have any number of labels; null finds it out.</param>
    public CorpusReader Open(ParseResult parsed, string path, bool? several = null) =>
        CorpusReader.Open(
            path,
            new CorpusOptions
            {
                SeveralLabels = Several(parsed, several),
                Format = Formats.First(f => f.Name == parsed.GetRequiredValue(_format)).Format,
                TextColumn = parsed.GetValue(_textColumn),
                LabelColumn = parsed.GetValue(_labelColumn),
                LabelsPath = parsed.GetValue(_labels),
                OnError = parsed.GetRequiredValue(_onError) == "skip" ? RowErrorPolicy.Skip : RowErrorPolicy.Stop,
                Quoted = parsed.GetValue(_noQuotes) ? false : null,
                Separator = Separator(parsed.GetValue(_separator)),
                HasHeader = Header(parsed.GetValue(_header), parsed.GetValue(_noHeader)),
                Encoding = Encoding(parsed.GetRequiredValue(_encoding)),
            }
        );

    /// <summary>Opens the data for a command that takes one label a text.</summary>
    public CorpusReader OpenSingle(ParseResult parsed)
    {
        CorpusReader texts = Open(parsed);
        return !texts.HasSeveralLabels
            ? texts
            : throw new UserError(
                $"{texts.Path}: a text has any number of labels here ({Hint(texts)}), and '"
                    + $"{UsageProblem.NameOf(parsed.CommandResult)}' "
                    + $"takes one each; name another column with --label-column, or give --single-label"
            );
    }

    /// <summary>How several labels were seen.</summary>
    public static string Hint(CorpusReader texts) =>
        texts.Layout.Remarks.LastOrDefault(remark =>
            remark.Contains("label", StringComparison.Ordinal) || remark.Contains("class", StringComparison.Ordinal)
        ) ?? "several labels";

    private bool? Several(ParseResult parsed, bool? several)
    {
        bool single = parsed.GetValue(_singleLabel);
        if (single && several == true)
            throw new UsageError(
                "--single-label is for texts with one label each, and several were asked for; leave it out"
            );
        return single ? false : several;
    }

    internal static char? Separator(string? given) =>
        given?.ToLowerInvariant() switch
        {
            null => null,
            "comma" => ',',
            "tab" or "\\t" => '\t',
            "semicolon" => ';',
            "bar" or "pipe" => '|',
            "space" => ' ',
            { Length: 1 } when char.IsAscii(given[0]) && given[0] is not ('"' or '\r' or '\n') => given[0],
            _ => throw new UsageError(
                $"--separator needs comma, tab, semicolon, bar, space or one character, not '{given}'"
            ),
        };

    internal static bool? Header(bool yes, bool no)
    {
        if (yes && no)
            throw new UsageError("--header and --no-header exclude each other");
        if (!yes && !no)
            return null;
        return yes;
    }

    internal static string Encoding(string given)
    {
        try
        {
            return TextEncodings.NameOf(given);
        }
        catch (ArgumentException error)
        {
            throw new UsageError($"--encoding: {Failures.WithoutParameterName(error).TrimEnd('.')}");
        }
    }

    /// <summary>The options by which settings of the library are given, for messages.</summary>
    public static IReadOnlyDictionary<string, string> OptionNames { get; } =
        new Dictionary<string, string>
        {
            ["TextColumn"] = "--text-column",
            ["LabelColumn"] = "--label-column",
            ["LabelsPath"] = "--labels",
            ["Separator"] = "--separator",
            ["HasHeader = true"] = "--header",
            ["HasHeader = false"] = "--no-header",
            ["Quoted = false"] = "--no-quotes",
            ["Encoding"] = "--encoding",
            ["Format"] = "--format",
            ["Format = Auto"] = "--format auto",
            ["OnError = Skip"] = "--on-error skip",
        };
}
