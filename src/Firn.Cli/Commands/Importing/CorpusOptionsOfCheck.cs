using System.CommandLine;
using Firn.Cli.Output;
using Firn.Data;

namespace Firn.Cli.Commands.Importing;

/// <summary>How the labeled texts of <c>--check</c> are read; <c>--labels</c> means the model's names there.</summary>
internal sealed class CorpusOptionsOfCheck
{
    private readonly Option<string?> _text = new("--text-column")
    {
        Description = "Column of the text of --check, by name or number from 1 (default: found out)",
        HelpName = "NAME",
    };

    private readonly Option<string?> _label = new("--label-column")
    {
        Description = "Column of the label of --check (default: found out)",
        HelpName = "NAME",
    };

    private readonly LabelNameOptions _names = new();

    public void AddTo(Command command)
    {
        command.Add(_text);
        command.Add(_label);
        _names.AddNamesTo(command);
    }

    /// <summary>Refuses them where there are no such texts.</summary>
    public void RefuseAlone(ParseResult parsed, Option<int> rows)
    {
        if (
            new Option[] { rows, _text, _label, _names.NamesOption }.FirstOrDefault(option =>
                parsed.GetResult(option) is { Implicit: false }
            ) is
            { } given
        )
            throw new UsageError($"{given.Name} is of the texts of --check; give --check DATA, or leave it out");
    }

    /// <summary>Opens the texts.</summary>
    public CorpusReader Open(ParseResult parsed, string path) =>
        CorpusReader.Open(
            path,
            new CorpusOptions
            {
                TextColumn = parsed.GetValue(_text),
                LabelColumn = parsed.GetValue(_label),
                SeveralLabels = false,
            }
        );

    /// <summary>Names for labels; null where none are given.</summary>
    public IReadOnlyDictionary<string, string>? Names(ParseResult parsed) => _names.Names(parsed);
}
