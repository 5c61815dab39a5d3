namespace Firn.Tests.Cli;

public sealed class TrainCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-train-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory] // 300 texts get 15 epochs
    [InlineData(0, "", "--schedule", "thaw-all@6")]
    [InlineData(1, "thaws in epoch 16 and training has 15", "--schedule", "thaw-all@16")]
    [InlineData(1, "thaws in epoch 6 and training has 5", "--schedule", "thaw-all@6", "--epochs", "5")]
    [InlineData(1, "thaws in epoch 6 and training has 5", "--schedule", "thaw-all@6", "--preset", "notebook", "--epochs", "5")]
    public void A_schedule_is_held_against_the_epochs_that_the_number_of_texts_gives(int code, string message, params string[] options)
    {
        string data = Path.Combine(_folder, "texts.csv");
        File.WriteAllLines(data, Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? $"positive,what a good day number {i % 7}" : $"negative,such a bad night number {i % 5}").Prepend("label,text"));
        CapturedRun run = CapturedRun.Of(["train", data, "--dry-run", .. options]);
        Assert.Contains(message, run.Error);
        Assert.Equal(code, run.ExitCode);
    }

    [Theory]
    [InlineData("--characters 2: a run has at least 3 characters", "--characters", "2")]
    [InlineData("--n-grams 0 leaves it out", "--characters", "5", "--n-grams", "0")]
    [InlineData("this preset has none", "--characters", "5", "--preset", "notebook")]
    public void Characters_belong_to_the_linear_part(string message, params string[] options)
    {
        string data = Path.Combine(_folder, "texts.csv");
        File.WriteAllText(data, "label,text\npositive,a good day\n");
        CapturedRun run = CapturedRun.Of(["train", data, "--dry-run", .. options]);
        Assert.Contains(message, run.Error);
        Assert.Equal(2, run.ExitCode);
    }

    [Theory]
    [InlineData("--encoder", "cnn")]
    [InlineData("--layers", "2")]
    [InlineData("--dense", "8")]
    [InlineData("--hidden", "16")]
    public void What_a_bundle_decides_cannot_be_asked_for_beside_it(string option, string value)
    {
        using var bundle = new TinyBundle("negative", "positive");
        string data = Path.Combine(_folder, "texts.csv");
        File.WriteAllText(data, "label,text\npositive,a good day\n");
        CapturedRun run = CapturedRun.Of("train", data, "--from", bundle.Path, option, value);
        Assert.Contains($"{option} is decided by the bundle {bundle.Path} that --from starts from", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
    }
}
