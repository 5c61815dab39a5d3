namespace Firn.Tests.Cli;

/// <summary>One small quickstart, run once for all tests that look at what it leaves behind.</summary>
public sealed class TrainedQuickstart : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firn-quickstart");

    public TrainedQuickstart()
    {
        Run = CapturedRun.Of(
            "quickstart",
            "--messages",
            "4000",
            "--epochs",
            "16",
            "--threads",
            "1",
            "--out",
            Bundle,
            "--report",
            Report
        );
    }

    internal CapturedRun Run { get; }

    public string Bundle => Path.Combine(_folder.FullName, "model");

    public string Report => Path.Combine(_folder.FullName, "run");

    public string Messages => Path.Combine(Report, "messages.csv");

    /// <summary>A path of this fixture's folder.</summary>
    public string At(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(Name)]
public sealed class SharedQuickstart : ICollectionFixture<TrainedQuickstart>
{
    public const string Name = "quickstart";
}
