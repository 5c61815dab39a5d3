using System.CommandLine;
using Firn.Cli.Output;

namespace Firn.Cli.Commands;

/// <summary>
/// Names for labels as they stand in the data, and what becomes of labels that a model does not know.
/// </summary>
internal sealed class LabelNameOptions
{
    private readonly Option<string?> _names = new("--label-names")
    {
        Description =
            "Names for labels, as in 0=negative,1=positive (default: what the format knows, else the labels "
            + "themselves)",
        HelpName = "LABEL=NAME,...",
    };

    private readonly Option<string> _onUnknown = new Option<string>("--on-unknown-label")
    {
        Description = "A test row whose label the model does not know: stop, or skip and count it",
        DefaultValueFactory = _ => "stop",
    }.OneOf("stop", "skip");

    public void AddTo(Command command)
    {
        AddNamesTo(command);
        command.Add(_onUnknown);
    }

    /// <summary>The option of the names.</summary>
    public Option NamesOption => _names;

    /// <summary>For a command that meets no label which a model could lack.</summary>
    public void AddNamesTo(Command command) => command.Add(_names);

    public Firn.Data.RowErrorPolicy OnUnknown(ParseResult parsed) =>
        parsed.GetRequiredValue(_onUnknown) == "skip" ? Firn.Data.RowErrorPolicy.Skip : Firn.Data.RowErrorPolicy.Stop;

    public IReadOnlyDictionary<string, string>? Names(ParseResult parsed)
    {
        if (parsed.GetValue(_names) is not { } given)
            return null;
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in given.Split(','))
        {
            string[] parts = pair.Split('=', 2);
            if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0 || !map.TryAdd(parts[0], parts[1]))
                throw new UsageError(
                    $"--label-names needs pairs LABEL=NAME, each label once, as in 0=negative,1=positive, not '{given}'"
                );
        }
        return map;
    }
}
