using System.CommandLine;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Data;

namespace Firn.Cli.Commands;

/// <summary><c>firn peek DATA</c>: shows how a file of labeled texts is understood, and trains nothing.</summary>
internal static class PeekCommand
{
    private const int Width = 80;
    private const int LabelWidth = 18;
    private const int RowWidth = 8;

    public static Command Create(Invocation run)
    {
        var corpus = new CorpusArguments(
            "DATA",
            "Labeled texts: a file (plain or gzip) or a folder of class folders; the layout is found out"
        );
        var rows = new Option<int>("--rows")
        {
            Description = "Rows to show",
            DefaultValueFactory = _ => 5,
            HelpName = "N",
        }.Between(0, 1_000_000);
        var json = CommonOptions.Json();
        var command = new Command("peek", "Show how a file of labeled texts is understood, and train nothing")
        {
            corpus.Data,
            rows,
        };
        corpus.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            Inputs.RequireData(parsed.GetRequiredValue(corpus.Data));
            CorpusReader texts = corpus.Open(parsed);
            var first = new List<LabeledText>();
            foreach (LabeledText row in texts)
            {
                run.Stop.ThrowIfCancellationRequested();
                if (first.Count < parsed.GetValue(rows))
                    first.Add(row);
            }
            if (parsed.GetValue(json))
            {
                JsonObject described = CorpusView.AsJson(texts);
                described["first"] = new JsonArray([
                    .. first.Select(row => (JsonNode)new JsonObject { ["label"] = row.Label, ["text"] = row.Text }),
                ]);
                Json.Write(run.Terminal, described);
            }
            else
                Print(run.Terminal, texts, first);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(Terminal terminal, CorpusReader texts, List<LabeledText> first)
    {
        CorpusSummary summary = texts.Summary();
        string[] told =
        [
            CorpusView.Layout(texts),
            summary.DistinctLabels > 0 ? CorpusView.Labels(summary) : "no rows",
            .. CorpusView.Remarks(summary).Select(remark => $"note: {remark}"),
        ];
        foreach (string line in told.SelectMany(line => CorpusView.Wrapped(line, Width)))
            terminal.Out.WriteLine(line);
        if (first.Count > 0)
        {
            int room = Width - LabelWidth - RowWidth - 4;
            Tables.Write(
                terminal,
                null,
                [">row", "label", "text"],
                first.Select(
                    (row, i) =>
                        new[]
                        {
                            $"{i + 1}",
                            CorpusView.Shortened(row.Label, LabelWidth - 2),
                            CorpusView.Shortened(row.Text, room),
                        }
                )
            );
        }
        CorpusView.TellSkipped(terminal, texts);
    }
}
