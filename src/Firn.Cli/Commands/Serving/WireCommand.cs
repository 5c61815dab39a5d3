using System.CommandLine;
using System.Runtime.CompilerServices;
using Firn.Cli.Output;
using Firn.Data;
using Firn.Files;

namespace Firn.Cli.Commands.Serving;

/// <summary><c>firn wire BUNDLE DATA</c>: what a text costs on the wire in each form, measured at the socket.</summary>
internal static class WireCommand
{
    public static Command Create(Invocation run)
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Folder of a trained model" };
        var corpus = new CorpusArguments("DATA", "Texts, labeled or not (--format lines: one a line)");
        var count = new Option<int>("--texts")
        {
            Description = "Texts to send in each form",
            DefaultValueFactory = _ => 200,
            HelpName = "N",
        }.Between(1, 100_000);
        var sizes = new Option<int[]>("--per-request")
        {
            Description = "Texts in a request; may be repeated",
            DefaultValueFactory = _ => [1, 64],
            HelpName = "N",
        };
        var drawing = new Option<string?>("--svg")
        {
            Description = "File for a drawing of the bytes (default: none)",
            HelpName = "FILE",
        };
        var json = CommonOptions.Json();
        var command = new Command(
            "wire",
            "Measure the bytes and the time a text costs as vectors, ids, packed ids and raw text"
        )
        {
            bundle,
            corpus.Data,
            count,
            sizes,
            drawing,
        };
        corpus.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string folder = Inputs.RequireBundle(parsed.GetRequiredValue(bundle));
            string data = Inputs.RequireData(parsed.GetRequiredValue(corpus.Data));
            if (parsed.GetValue(drawing) is { } place)
                OutputFile.Check(place, data);
            string[] texts =
            [
                .. corpus.Open(parsed).Select((LabeledText row) => row.Text).Take(parsed.GetValue(count)),
            ];
            if (texts.Length == 0)
                throw new UserError($"{parsed.GetValue(corpus.Data)}: there is no text in it");
            int[] perRequest = parsed.GetValue(sizes) ?? [];
            if (perRequest.Length == 0 || perRequest.Any(size => size is < 1 or > 4096))
                throw new UsageError("--per-request must lie between 1 and 4096");
            return Measure(run, folder, texts, perRequest, parsed.GetValue(drawing), parsed.GetValue(json));
        });
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Measure(
        Invocation run,
        string folder,
        string[] texts,
        int[] sizes,
        string? drawing,
        bool json
    ) => WireRun.Run(run, folder, texts, sizes, drawing, json);
}
