using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Firn.Formats;

namespace Firn.Tests.Vectors.Fuzzing;

/// <summary>
/// Random damage to good files of every format, and files of random bytes: each is read or refused by
/// <see cref="InvalidDataException"/> in one line, quickly, and without allocating more than the file's length bears
/// out. FIRN_FUZZ_SECONDS sets how long; 3 without it.
/// </summary>
public sealed class VectorFileFuzzTests : IDisposable
{
    private const int MaxSeconds = 30; // for one file of at most a megabyte, on a machine with other work

    // buffers: a bzip2 decoder alone takes 8 MB, and a reader opens a file up to five times
    private const long Least = 64 << 20;
    private const int LongestMessage = 4000;

    private readonly VectorFiles _files = new();
    private long _read,
        _refused;

    public VectorFileFuzzTests() => DataFormats.Add();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Damaged_files_are_refused_quickly_and_in_bounded_memory()
    {
        string? asked = Environment.GetEnvironmentVariable("FIRN_FUZZ_SECONDS");
        double seconds = double.TryParse(asked, CultureInfo.InvariantCulture, out double set) ? set : 3;
        var random = new Random(set > 0 ? Environment.TickCount : 1);
        string canary = Path.Combine(_files.Folder, "canary");
        FuzzSeed[] seeds =
        [
            .. FuzzSeed.All(),
            .. HostilePickles
                .All(canary)
                .Select(pickle => FuzzSeed.Of(pickle.Name, pickle.Bytes) with { IsTable = false }),
        ];
        foreach (FuzzSeed seed in seeds)
        {
            string folder = Write("seed", seed.Files);
            bool[] good =
            [
                .. FuzzReaders.All.Select(reader => Succeeds(reader, Path.Combine(folder, seed.Main), random)),
            ];
            Assert.True(!seed.IsTable || good.Skip(1).Take(5).Contains(true), $"{seed.Name} must be a good file");
            Directory.Delete(folder, recursive: true);
        }
        var clock = Stopwatch.StartNew();
        for (long number = 0; clock.Elapsed.TotalSeconds < seconds; number++)
        {
            FuzzSeed seed = seeds[random.Next(seeds.Length)];
            Dictionary<string, byte[]> files = Damaged(random, seed, seeds[random.Next(seeds.Length)]);
            // A new name each time: a mapped file must not be shortened in place.
            string folder = Write($"f{number}", files);
            try
            {
                Try(Path.Combine(folder, seed.Main), files.Values.Sum(bytes => (long)bytes.Length), random);
                Assert.False(File.Exists(canary), "a pickle was run");
            }
            catch (Exception error)
            {
                string kept = Path.Combine(Path.GetTempPath(), $"firn-fuzz-{Guid.NewGuid():N}");
                Directory.Move(folder, kept);
                Assert.Fail($"{kept}, from {seed.Name} ({files[seed.Main].Length} bytes): {error}");
            }
            Directory.Delete(folder, recursive: true);
        }
        TestContext.Current.SendDiagnosticMessage(
            "{0} attempts: {1} read, {2} refused",
            _read + _refused,
            _read,
            _refused
        );
        Assert.True(_refused > seconds && _read > 0, $"{_read} read and {_refused} refused in {seconds} s");
    }

    private string Write(string name, IReadOnlyDictionary<string, byte[]> files)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_files.Folder, name)).FullName;
        foreach ((string file, byte[] bytes) in files)
            File.WriteAllBytes(Path.Combine(folder, file), bytes);
        return folder;
    }

    /// <summary>
    /// The files of a seed, one of them damaged, or noise in its place; now and then damaged first and packed then.
    /// </summary>
    private static Dictionary<string, byte[]> Damaged(Random random, FuzzSeed seed, FuzzSeed other)
    {
        var files = seed.Files.ToDictionary();
        string hurt = random.Next(2) == 0 ? seed.Main : files.Keys.ElementAt(random.Next(files.Count));
        files[hurt] =
            random.Next(10) == 0
                ? FileDamage.Noise(random)
                : FileDamage.Of(random, files[hurt], other.Files[other.Main]);
        if (random.Next(8) == 0)
            files[hurt] = FuzzSeed.Pack(files[hurt], random.Next(FuzzSeed.Ways));
        return files;
    }

    /// <summary>
    /// Lets every reader read a file, on a thread of its own that is given up when it takes too long.
    /// </summary>
    private void Try(string path, long length, Random random)
    {
        ExceptionDispatchInfo? failure = null;
        string at = "unpacking";
        var thread = new Thread(() =>
        {
            try
            {
                long most = Math.Max(length, FuzzReaders.UnpackedLength(path));
                foreach (FuzzReaders.Reader reader in FuzzReaders.All)
                {
                    at = reader.Name;
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    bool good = Succeeds(reader, path, random);
                    long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    Assert.True(
                        allocated <= Least + reader.BytesPerByte * most,
                        $"{reader.Name}: {allocated} bytes for a file of {length} ({most} unpacked)"
                    );
                    (_read, _refused) = good ? (_read + 1, _refused) : (_read, _refused + 1);
                }
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(MaxSeconds)), $"{at}: more than {MaxSeconds} seconds");
        failure?.Throw();
    }

    private static bool Succeeds(FuzzReaders.Reader reader, string path, Random random)
    {
        try
        {
            reader.Read(path, random);
            return true;
        }
        catch (Exception error) when (error is InvalidDataException or FileNotFoundException)
        {
            bool line =
                error.Message.Length <= LongestMessage && !error.Message.Contains('\n', StringComparison.Ordinal);
            Assert.True(line, $"{reader.Name}: no short line: {error.Message}");
            Assert.StartsWith(Path.GetDirectoryName(path)!, error.Message, StringComparison.Ordinal);
            return false;
        }
    }
}
