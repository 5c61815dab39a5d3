using Firn.Data;
using Firn.Recipes;
using Firn.Tests.Recipes;

namespace Firn.Tests.Cli;

public sealed class LabelErrorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-labels-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Suspects_are_written_corrected_and_fed_back()
    {
        string data = Path.Combine(_folder, "texts.csv"),
            suspects = Path.Combine(_folder, "suspects.csv"),
            bundle = Path.Combine(_folder, "model");
        LabeledText[] texts = [.. ToyCorpus.Make(200, 1, "bad", "good")];
        int[] turned = [11, 52, 97, 140];
        File.WriteAllLines(
            data,
            texts
                .Select((t, i) => $"{(turned.Contains(i) ? t.Label == "bad" ? "good" : "bad" : t.Label)},{t.Text}")
                .Prepend("label,text")
        );
        CapturedRun audit = CapturedRun.Of(
            "audit",
            data,
            "--label-errors",
            suspects,
            "--folds",
            "2",
            "--rounds",
            "1",
            "--threads",
            "1"
        );
        Assert.True(audit.ExitCode == 0, audit.Error);
        string[] lines = File.ReadAllLines(suspects);
        Assert.Equal("row,label,corrected,suspect,suggested,doubt,probability,against,text", lines[0]);
        Assert.True(
            turned.Count(i => lines.Any(line => line.StartsWith($"{i + 1},", StringComparison.Ordinal))) >= 3,
            string.Join('\n', lines)
        );
        Assert.True(lines.Length < 60, $"{lines.Length - 1} suspects of 200");

        // Somebody puts the first right and says that the second is to go.
        string[] first = lines[1].Split(','),
            second = lines[2].Split(',');
        (first[2], second[2]) = (first[4], "drop");
        File.WriteAllLines(suspects, [lines[0], string.Join(',', first), string.Join(',', second), .. lines[3..]]);
        CapturedRun trained = CapturedRun.Of(
            "train",
            data,
            "--corrections",
            suspects,
            "--epochs",
            "1",
            "--test-size",
            "0",
            "--no-report",
            "--out",
            bundle,
            "--json",
            "--validation-folds",
            "0"
        );
        Assert.True(trained.ExitCode == 0, trained.Error);
        using var answer = System.Text.Json.JsonDocument.Parse(trained.Out);
        Assert.Equal(
            199,
            answer.RootElement.GetProperty("texts").GetProperty("train").GetInt32()
                + answer.RootElement.GetProperty("texts").GetProperty("validation").GetInt32()
        );

        File.WriteAllLines(suspects, [lines[0], string.Join(',', [first[0], "strange", .. first[2..]])]);
        CapturedRun other = CapturedRun.Of("train", data, "--corrections", suspects, "--no-report", "--out", bundle);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("the corrections were made of other data", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_without_what_they_belong_to_are_refused()
    {
        string data = Path.Combine(_folder, "texts.csv");
        File.WriteAllText(data, "label,text\ngood,a fine day\nbad,a poor night\n");
        Assert.Contains(
            "--rounds belongs to --label-errors FILE",
            CapturedRun.Of("audit", data, "--rounds", "3").Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--drop-suspects belongs to --corrections FILE",
            CapturedRun.Of("train", data, "--drop-suspects").Error,
            StringComparison.Ordinal
        );
        CapturedRun foreign = CapturedRun.Of("train", data, "--corrections", data, "--no-report");
        Assert.Equal(
            (1, true),
            (foreign.ExitCode, foreign.Error.Contains("no column 'row'", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Suggestions_are_doubtful_and_differ()
    {
        using Predictor predictor = new Recipe(
            RecipeOptions.Tweets with
            {
                TestShare = 0,
                Training = RecipeOptions.Tweets.Training with { Epochs = 3, Threads = 1, BatchSize = 32 },
            }
        )
            .Train(ToyCorpus.Make(300), cancellation: TestContext.Current.CancellationToken)
            .Predictor;
        string[] sure =
        [
            .. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? "great happy love smile" : "awful sad hate cry"),
        ];
        string[] unsure = ["great awful", "happy sad coffee", "love hate street", "smile cry school"];
        string[] texts = [.. sure, .. unsure, "", "zzzz"];
        IReadOnlyList<LabelSuggestion> chosen = LabelSuggestions.Choose(
            predictor,
            texts,
            3,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(3, chosen.Select(c => c.Index).Distinct().Count());
        Assert.True(chosen.Count(c => c.Index is >= 60 and < 64) >= 2, string.Join(' ', chosen.Select(c => c.Index)));
        // Two of the sixty say something new, and texts that say nothing are never worth a label.
        IReadOnlyList<LabelSuggestion> all = LabelSuggestions.Choose(
            predictor,
            texts,
            50,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(6, all.Count);
        Assert.DoesNotContain(all, c => c.Index >= 64);
    }

    [Fact]
    public void Suggest_writes_a_file_to_fill_in()
    {
        using var bundle = new TinyBundle("negative", "positive");
        string texts = Path.Combine(_folder, "new.txt"),
            chosen = Path.Combine(_folder, "to-label.csv");
        File.WriteAllLines(texts, Enumerable.Range(0, 30).Select(i => $"a good day number {i}"));
        CapturedRun run = CapturedRun.Of("suggest", bundle.Path, texts, "--n", "5", "--out", chosen);
        Assert.True(run.ExitCode == 0, run.Error);
        string[] lines = File.ReadAllLines(chosen);
        Assert.Equal("label,text,row,predicted,probability,margin", lines[0]);
        Assert.All(lines[1..], line => Assert.StartsWith(",", line, StringComparison.Ordinal));
        Assert.Equal(1, CapturedRun.Of("suggest", bundle.Path, texts, "--out", texts).ExitCode);
    }
}
