using System.CommandLine;
using System.Globalization;
using Firn.Cli.Commands.Vectors;
using Firn.Cli.Output;
using Firn.Cli.Reporting;
using Firn.Drift;
using Firn.Files;
using Firn.Study;
using Firn.Vectors;

namespace Firn.Cli.Commands;

/// <summary><c>firn drift BUNDLE</c>: what training did to the word vectors, and repairs of it.</summary>
internal static class DriftCommand
{
    public static Command Create(Invocation run)
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Folder of a trained model" };
        var before = new Option<string?>("--before", "--vectors")
        {
            Description =
                "File of the vectors before training, for a bundle that did not keep them, as one that was imported: "
                + "word2vec, GloVe, fastText, or gensim's own (Word2Vec.save)",
            HelpName = "VECTORS",
        };
        var words = new Option<string?>("--words")
        {
            Description = "Words to show: with commas between, or a file, one a line",
            HelpName = "WORD,...",
        };
        var pairs = new Option<string?>("--pairs")
        {
            Description =
                "Pairs of words to show, as in tv=television,mum=mother, or a file, one pair a line (default: the "
                + "worst divergences)",
            HelpName = "A=B,...",
        };
        var count = new Option<int>("--count", "-n")
        {
            Description = "Rows of each table",
            DefaultValueFactory = _ => 15,
            HelpName = "N",
        }.Between(1, 10_000);
        var looked = new Option<int>("--neighbor-words")
        {
            Description = "Words whose neighbors are looked up, the most frequent first",
            DefaultValueFactory = _ => new DriftOptions().NeighborWords,
            HelpName = "N",
        }.Between(0, int.MaxValue);
        var near = new Option<double>("--near")
        {
            Description = "Cosine before training from which on two words are near",
            DefaultValueFactory = _ => new DriftOptions().NearCosine,
            HelpName = "X",
        }.Between(0, 1);
        var least = new Option<int>("--min-seen")
        {
            Description = "Times that training must have seen the one word of a diverged pair",
            DefaultValueFactory = _ => new DriftOptions().MinSeen,
            HelpName = "N",
        }.Between(1, int.MaxValue);
        var report = new Option<string?>("--report")
        {
            Description = "Folder for drift.html and its pictures (default: none is written)",
            HelpName = "FOLDER",
        };
        var csv = new Option<string?>("--csv")
        {
            Description = "File for the movement of every word",
            HelpName = "FILE",
        };
        var repairs = new RepairArguments();
        var json = CommonOptions.Json();
        var command = new Command("drift", "Show what training did to the word vectors, and repair it")
        {
            bundle,
            before,
            words,
            pairs,
            count,
            looked,
            near,
            least,
            report,
            csv,
        };
        repairs.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string folder = Inputs.RequireBundle(parsed.GetRequiredValue(bundle));
            repairs.Check(parsed);
            if (parsed.GetValue(csv) is { } place)
                OutputFile.Check(
                    place,
                    new[] { parsed.GetValue(before), parsed.GetValue(words), parsed.GetValue(pairs) }.OfType<string>()
                );
            if (parsed.GetValue(report) is { } pages)
                Targets.TryFolder(pages, "--report");
            IReadOnlyList<string> shown = DriftWords.Words(parsed.GetValue(words));
            IReadOnlyList<(string First, string Second)> asked = DriftWords.Pairs(parsed.GetValue(pairs));
            using var predictor = Predictor.Load(folder);
            DriftTable table = Open(run.Terminal, predictor, folder, parsed.GetValue(before));
            foreach (string word in shown.Concat(asked.SelectMany(p => new[] { p.First, p.Second })))
                table.Require(word);
            TestTexts? texts = repairs.Test(run, parsed, predictor);
            DriftReport drift = Measure(
                run,
                table,
                new DriftOptions
                {
                    NeighborWords = parsed.GetValue(looked),
                    NearCosine = parsed.GetValue(near),
                    MinSeen = parsed.GetValue(least),
                    Pairs = Math.Max(100, parsed.GetValue(count)),
                }
            );
            IReadOnlyList<DivergedPair> given = [.. asked.Select(p => drift.PairOf(p.First, p.Second))];
            IReadOnlyList<RepairOutcome> outcomes = repairs.Run(run, parsed, predictor, table, texts);
            var view = new DriftView(
                Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)),
                drift,
                shown,
                given,
                DriftWords.ForPicture(drift, shown, given),
                outcomes,
                parsed.GetValue(count)
            );
            string? page = parsed.GetValue(report) is { } target ? DriftPage.Save(view, target) : null;
            if (parsed.GetValue(csv) is { } file)
                DriftTables.WriteCsv(drift, file);
            if (parsed.GetValue(json))
                Json.Write(run.Terminal, DriftJson.Of(view, page));
            else
                DriftTables.Print(run.Terminal, view, new DriftPlaces(folder, parsed.GetValue(before), page));
            return ExitCode.Done;
        });
        return command;
    }

    private static DriftTable Open(Terminal terminal, Predictor predictor, string folder, string? before)
    {
        if (before is not null)
        {
            // Of a model that composes vectors the bundle's own words are asked for; a list has its words.
            string[]? words = ModelVectors.Subwords(Inputs.RequireFile(before)) is null
                ? null
                : [.. Enumerable.Range(1, predictor.Vocabulary.Count - 1).Select(id => predictor.Vocabulary[id])];
            return DriftTable.Of(
                predictor,
                ModelVectors.Open(before, "auto")?.Load(terminal, words, null, []) ?? WordVectors.Load(before)
            );
        }
        if (predictor.Trace?.Pretrained is null)
            throw new UserError(
                $"{folder}: the bundle does not hold its word vectors as they were before training; give their file "
                    + $"with --before VECTORS, or train again"
            );
        return DriftTable.Of(predictor);
    }

    private static DriftReport Measure(Invocation run, DriftTable table, DriftOptions options)
    {
        using var progress = new ProgressLine(run.Terminal);
        progress.Begin("neighbors");
        DriftReport drift = DriftReport.Measure(
            table,
            options,
            new InlineProgress<double>(done => progress.Report(done)),
            run.Stop
        );
        progress.End(
            string.Create(
                CultureInfo.InvariantCulture,
                $"neighbors: {Math.Min(options.NeighborWords, drift.Words.Count):N0} words looked up among "
                    + $"{drift.Words.Count:N0}"
            )
        );
        return drift;
    }
}
