using System.Globalization;

namespace Firn.Tests.Cli;

[Collection(SharedQuickstart.Name)]
public sealed class AnchorTests(TrainedQuickstart quickstart)
{
    [Fact]
    public void Word_vectors_that_are_pulled_back_move_less()
    {
        double free = Way("free"),
            anchored = Way("anchored", "--repair", "anchor");
        Assert.InRange(anchored, 1e-9, 0.9 * free);
    }

    [Fact]
    public void A_table_that_does_not_train_cannot_be_anchored()
    {
        CapturedRun run = CapturedRun.Of(
            "train",
            quickstart.Messages,
            "--schedule",
            "frozen",
            "--repair",
            "anchor",
            "--out",
            quickstart.At("refused")
        );
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(
            "choose --schedule trainable or one that thaws",
            Assert.Single(run.ErrorLines),
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(quickstart.At("refused")));
    }

    /// <summary>How far the words went on average after three epochs without a choice of the best.</summary>
    private double Way(string name, params string[] options)
    {
        string bundle = quickstart.At(name),
            csv = quickstart.At(name + ".csv");
        CapturedRun train = CapturedRun.Of([
            "train",
            quickstart.Messages,
            "--schedule",
            "trainable",
            "--epochs",
            "3",
            "--restore-best",
            "false",
            "--n-grams",
            "0",
            "--learning-rate",
            "0.01",
            "--threads",
            "1",
            "--no-report",
            "--out",
            bundle,
            .. options,
        ]);
        Assert.True(train.ExitCode == 0, train.Error);
        CapturedRun drift = CapturedRun.Of("drift", bundle, "--neighbor-words", "0", "--csv", csv);
        Assert.True(drift.ExitCode == 0, drift.Error);
        return File.ReadLines(csv)
            .Skip(1)
            .Average(line => double.Parse(line.Split(',')[^3], CultureInfo.InvariantCulture));
    }
}
