using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Files;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary>OUT, its format and <c>--json</c> of commands that make one table of others.</summary>
internal sealed class VectorOutput
{
    private readonly Option<string> _to = new Option<string>("--to")
    {
        Description = "Format of OUT (default: by its name, as in 'firn vectors convert')",
        HelpName = "FORMAT",
    }.OneOf(VectorFileOptions.Written);

    private readonly Option<bool> _json = CommonOptions.Json();

    public Argument<string> Target { get; } =
        new("OUT") { Description = "The file to write; a name in .gz is compressed" };

    public void AddOptionsTo(Command command)
    {
        command.Add(_to);
        command.Add(_json);
    }

    /// <summary>Refuses a place that cannot be written or that is one of the inputs, before the work begins.</summary>
    public void Check(ParseResult parsed, params IEnumerable<string> inputs) =>
        OutputFile.Check(parsed.GetRequiredValue(Target), inputs);

    /// <summary>Writes the table and says so.</summary>
    /// <param name="terminal">Is told.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="vectors">The table.</param>
    /// <param name="facts">What else the command found out, by the names of its JSON.</param>
    public int Save(
        Terminal terminal,
        ParseResult parsed,
        WordVectors vectors,
        params (string Name, double Value)[] facts
    )
    {
        string path = parsed.GetRequiredValue(Target);
        var format = parsed.GetValue(_to) is { } name
            ? VectorFileOptions.FormatOf(name)
            : VectorsConvertCommand.ByName(path);
        vectors.Save(path, format);
        if (parsed.GetValue(_json))
        {
            var answer = new JsonObject
            {
                ["file"] = path,
                ["format"] = VectorFileOptions.NameOf(format),
                ["words"] = vectors.Count,
                ["dimension"] = vectors.Dimension,
            };
            foreach (var (fact, value) in facts)
                answer[fact] = Json.Number(value);
            Json.Write(terminal, answer);
            return ExitCode.Done;
        }
        terminal.Note(
            $"{path}: {vectors.Count:N0} words of {vectors.Dimension} dimensions, {VectorFileOptions.NameOf(format)}"
        );
        foreach (var (fact, value) in facts)
            terminal.Note(string.Create(CultureInfo.InvariantCulture, $"  {fact}: {value:0.####}"));
        return ExitCode.Done;
    }
}
