using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Firn.Interop;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Conversion;
using Firn.Interop.Keras.Preprocessing;
using Firn.Interop.Labels;
using Firn.Model;

namespace Firn.Tests.Interop.Keras;

/// <summary>
/// Random damage to good files of every kind that import reads, and files of random bytes: each is read or refused by
/// <see cref="InvalidDataException"/>, quickly, without allocating more than its length bears out, and without running
/// anything. FIRN_FUZZ_SECONDS sets how long; 2 without it.
/// </summary>
public sealed class KerasFileFuzzTests : IDisposable
{
    private const int MaxSeconds = 10; // for one file of at most a few hundred kB
    private const int Deflate = 1032; // deflate expands by no more

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-keras-fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Damaged_files_are_refused_quickly_and_in_bounded_memory_and_run_nothing()
    {
        string? asked = Environment.GetEnvironmentVariable("FIRN_FUZZ_SECONDS");
        double seconds = double.TryParse(asked, CultureInfo.InvariantCulture, out double set) ? set : 2;
        var random = new Random(set > 0 ? Environment.TickCount : 1);
        string canary = Path.Combine(_folder, "canary");
        Seed[] seeds = [.. Seeds(canary)];
        string architecture = Path.Combine(_folder, "architecture.json");
        JsonElement alone = KerasGolden.Case("made", "weights alone");
        File.WriteAllText(architecture, alone.GetProperty("architecture").GetString());
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "files")).FullName;
        Assert.All(
            seeds,
            (seed, i) =>
                Assert.True(Read(Write(folder, $"seed{i}", seed.Bytes), architecture) == seed.IsGood, seed.Name)
        );
        var clock = Stopwatch.StartNew();
        long read = 0,
            refused = 0,
            most = 0;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            Seed seed = seeds[random.Next(seeds.Length)],
                other = seeds[random.Next(seeds.Length)];
            byte[] bytes = random.Next(12) == 0 ? Noise(random, seed.Bytes) : Damage(random, seed.Bytes, other.Bytes);
            string path = Write(folder, $"f{read + refused}", bytes);
            try
            {
                var watch = Stopwatch.StartNew();
                long before = GC.GetAllocatedBytesForCurrentThread();
                bool good = Read(path, architecture);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                most = Math.Max(most, allocated);
                long bound = (32 << 20) + 100L * bytes.Length * (IsPacked(bytes) ? Deflate : 1);
                Assert.True(allocated <= bound, $"{allocated} bytes for a file of {bytes.Length} made of {seed.Name}");
                Assert.True(watch.Elapsed.TotalSeconds < MaxSeconds, $"{watch.Elapsed.TotalSeconds} seconds");
                (read, refused) = good ? (read + 1, refused) : (read, refused + 1);
            }
            catch (Exception error) when (error is not InvalidDataException)
            {
                string kept = Path.Combine(Path.GetTempPath(), $"firn-fuzz-{Guid.NewGuid():N}");
                File.Move(path, kept);
                Assert.Fail($"{kept} ({bytes.Length} bytes, made of {seed.Name}): {error}");
            }
            File.Delete(path);
        }
        TestContext.Current.SendDiagnosticMessage(
            "{0} files: {1} read, {2} refused, {3} bytes at most",
            read + refused,
            read,
            refused,
            most
        );
        Assert.True(refused > seconds && read > 0, $"{read} read and {refused} refused in {seconds} s");
        Assert.False(File.Exists(canary) || File.Exists("canary"), "something in a file was run");
    }

    /// <summary>Reads a file as each thing that it could be, and uses what was read.</summary>
    private static bool Read(string path, string architecture)
    {
        bool model = Succeeds(() =>
        {
            KerasFile file = KerasFile.Load(path, architecture);
            Assert.Equal(file.Nodes.Count, file.Nodes.Select(n => n.Name).Distinct().Count());
            Assert.All(
                file.Nodes.SelectMany(n => n.Weights),
                w => Assert.Equal(w.Shape.Aggregate(1L, (a, b) => a * b), w.Values.Length)
            );
        });
        if (model)
            Import(path, architecture);
        bool tokenizer = Succeeds(() => KerasTokenizer.Load(path).Ids("The snow, the ICE! ΣΟΣ 💩"));
        bool labels = Succeeds(() => Assert.NotEmpty(LabelFile.Read(path)));
        Succeeds(() => Assert.NotEmpty(OneLine.Read(() => VocabularyFile.Read(path))));
        return model || tokenizer || labels;
    }

    /// <summary>
    /// A model that can be read is imported and scores a text, or is refused by the import's own error.
    /// </summary>
    private static void Import(string path, string architecture)
    {
        try
        {
            var options = new KerasImportOptions
            {
                Architecture = architecture,
                Tokenizer = "",
                Padding = KerasSide.Pre,
                Step = KerasStep.First,
            };
            KerasImport model = KerasImport.Open(path, options);
            if (model.InputLength > 1000)
                return; // scored in full, as it says
            using Predictor predictor = model
                .Build(
                    options with
                    {
                        Labels = [.. Enumerable.Range(0, model.Classes).Select(c => $"c{c}")],
                        MaxLength = model.InputLength ?? 4,
                        Output = model.Units == 1 ? OutputActivation.Sigmoid : OutputActivation.Softmax,
                    }
                )
                .Predictor;
            Assert.NotEmpty(
                predictor.Probabilities(
                    predictor.IdsOf([
                        [0, predictor.Vocabulary.Count - 1],
                        [],
                    ])
                )
            );
        }
        catch (KerasImportException error)
        {
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    private static bool Succeeds(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (InvalidDataException error)
        {
            Assert.DoesNotContain('\n', error.Message);
            return false;
        }
    }

    private static IEnumerable<Seed> Seeds(string canary)
    {
        foreach (string kind in new[] { "made", "tokenizers", "labels" })
        {
            foreach (JsonElement made in KerasGolden.Root.GetProperty(kind).EnumerateArray())
            {
                // config.json does not lie beside them here, and the architecture that is given fits one alone
                string name = made.GetProperty("name").GetString()!;
                bool good = !made.TryGetProperty("architecture", out _) || name == "weights alone";
                yield return new Seed($"{kind}: {name}", KerasGolden.Bytes(made), good);
            }
        }
        foreach (JsonElement layer in KerasLayerTests.All.EnumerateArray())
            yield return new Seed(
                $"layers: {layer.GetProperty("name").GetString()}",
                KerasGolden.Bytes(layer),
                layer.GetProperty("name").GetString() != "code"
            );
        byte[] command = Encoding.UTF8.GetBytes($"touch {canary}");
        byte[] text = [.. "cos\nsystem\n(S'"u8, .. command, .. "'\ntR."u8];
        byte[] name4 = [0x80, 4, 0x8C, 2, .. "os"u8, 0x8C, 6, .. "system"u8, 0x93, 0x8C, (byte)command.Length];
        yield return new Seed("canary, protocol 0", text, false);
        yield return new Seed("canary, protocol 4", [.. name4, .. command, 0x85, .. "R."u8], false);
        // The public models and tokenizers, where they are; the small ones, so that damage meets headers often.
        string? folder = Data.Optional("keras_zoo");
        string[] files = folder is null ? [] : Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(file);
            bool known = Path.GetExtension(name) is ".h5" or ".keras" or ".pkl" or ".pickle";
            if (known && new FileInfo(file).Length < 300_000)
                yield return new Seed(name, File.ReadAllBytes(file), name != "config.pickle");
        }
    }

    private static string Write(string folder, string name, byte[] bytes)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static bool IsPacked(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("PK"u8) || (bytes.Length > 1 && bytes[0] is 0x1F or 0x78) || bytes.IndexOf("deflate"u8) >= 0;

    private static byte[] Noise(Random random, byte[] seed)
    {
        var noise = new byte[random.Next(2000)];
        random.NextBytes(noise);
        int head = random.Next(3) == 0 ? 0 : Math.Min(seed.Length, random.Next(64));
        return [.. seed.AsSpan(0, head), .. noise];
    }

    /// <summary>
    /// A few changes: a byte, a bit, a number, a cut, a repeat, a part of another file; more of them near the start.
    /// </summary>
    private static byte[] Damage(Random random, byte[] seed, byte[] other)
    {
        var bytes = new List<byte>(seed);
        for (int change = random.Next(1, 6); change > 0 && bytes.Count > 0; change--)
        {
            int at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Count, 2048)) : random.Next(bytes.Count);
            switch (random.Next(8))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when random.Next(3) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, Number(random, bytes.Count));
                    break;
                case 5:
                    byte[] number = Number(random, bytes.Count);
                    for (int b = 0; b < Math.Min(number.Length, bytes.Count - at); b++)
                        bytes[at + b] = number[b];
                    break;
                case 6:
                    int from = random.Next(other.Length),
                        length = Math.Min(random.Next(1, 300), other.Length - from);
                    bytes.InsertRange(at, other.AsSpan(from, length).ToArray());
                    break;
                case 7:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>A number at a limit or within the file, as binary, or a piece of text.</summary>
    private static byte[] Number(Random random, int length)
    {
        long[] limits = [0, -1, 1, int.MaxValue, int.MinValue, long.MaxValue, uint.MaxValue, 1 << 20, 1L << 31];
        long[] values = [.. limits, random.Next(length), random.Next(length) & ~7];
        long value = values[random.Next(values.Length)];
        string[] texts =
        [
            "\n",
            "NaN",
            "1e99",
            "{",
            "[",
            "\"",
            "null",
            "true",
            "\\ud800",
            "\0",
            ".",
            "(",
            "R",
            "b",
            "-1",
        ];
        return random.Next(4) switch
        {
            0 => BitConverter.GetBytes((int)value),
            1 => BitConverter.GetBytes(value),
            2 => BitConverter.GetBytes((short)value),
            _ => Encoding.ASCII.GetBytes(texts[random.Next(texts.Length)]),
        };
    }

    private sealed record Seed(string Name, byte[] Bytes, bool IsGood);
}
