using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Firn.Bundles;
using Firn.Data;

namespace Firn.Tests.Bundles;

/// <summary>
/// Kills processes that save one bundle after another into the same folder, a hundred times at random moments. Each
/// time the folder must hold the last bundle that was said to be saved, or the one after it, whole.
/// </summary>
public sealed class KilledWhileSavingTests : IDisposable
{
    private const string FolderVariable = "FIRN_TEST_SAVE_TO",
        VersionVariable = "FIRN_TEST_SAVE_VERSION";
    private const int Kills = 100,
        Side = 2;
    private readonly string _root = Directory.CreateTempSubdirectory("firn-killed-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_hundred_kills_leave_a_whole_bundle_each_time()
    {
        int[] midway = await Task.WhenAll(
            Enumerable
                .Range(0, Side)
                .Select(side =>
                    Task.Run(
                        () => KillAgainAndAgain(Path.Combine(_root, $"bundle{side}"), side),
                        TestContext.Current.CancellationToken
                    )
                )
        );
        // Were no kill to come in the middle of a save, the test would show nothing.
        Assert.True(
            midway.Sum() >= Kills / 10,
            $"only {midway.Sum()} of {Kills} kills left traces of an unfinished save"
        );
    }

    /// <summary>The other side: this assembly started with the variable set does nothing but save.</summary>
    [ModuleInitializer]
    internal static void SaveForEver()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { Length: > 0 } folder)
            return;
        int first = int.Parse(Environment.GetEnvironmentVariable(VersionVariable)!, CultureInfo.InvariantCulture);
        for (int version = first; ; version++)
        {
            using Predictor made = SmallPredictor.Make((ulong)version);
            using Predictor next = made.WithCard(new ModelCard { Data = new DataSource("version", version, "") });
            next.Save(folder);
            Console.Out.WriteLine(version);
            Console.Out.Flush();
        }
    }

    private static int KillAgainAndAgain(string folder, int seed)
    {
        var random = new Random(seed);
        int midway = 0;
        for (int kill = 0; kill < Kills / Side; kill++)
        {
            int before = VersionIn(folder);
            int said = SaveUntilKilled(folder, before + 1, TimeSpan.FromMilliseconds(20 * random.NextDouble()));
            int found = VersionIn(folder); // loads: every hash and golden score is checked
            Assert.True(said > before, $"kill {kill}: version {said} was said to be saved after {before}");
            Assert.InRange(found, said, said + 1);
            midway += Directory.GetFileSystemEntries(folder).Length > 5 ? 1 : 0;
        }
        return midway;
    }

    private static int VersionIn(string folder)
    {
        if (!Directory.Exists(folder))
            return 0;
        using Predictor loaded = Predictor.Load(folder);
        using Predictor expected = SmallPredictor.Make((ulong)loaded.Card.Data.Rows);
        Assert.Equal(expected.Predict("good song").Score, loaded.Predict("good song").Score);
        return (int)loaded.Card.Data.Rows;
    }

    private static int SaveUntilKilled(string folder, int version, TimeSpan delay)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(KilledWhileSavingTests).Assembly.Location])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                [FolderVariable] = folder,
                [VersionVariable] = $"{version}",
                ["DOTNET_TieredPGO"] = "0",
            },
        };
        using Process saver = Process.Start(start)!;
        string first =
            saver.StandardOutput.ReadLine() ?? throw new InvalidOperationException(saver.StandardError.ReadToEnd());
        var wait = Stopwatch.StartNew();
        SpinWait.SpinUntil(() => wait.Elapsed >= delay);
        saver.Kill();
        string[] rest = saver.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        saver.WaitForExit();
        return rest.Prepend(first).Select(v => int.Parse(v, CultureInfo.InvariantCulture)).Max();
    }
}
