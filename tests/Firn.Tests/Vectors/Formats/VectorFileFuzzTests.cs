using System.Diagnostics;
using System.Globalization;
using Firn.Vectors;

namespace Firn.Tests.Vectors.Formats;

/// <summary>
/// Random damage to good files of every format, and files of random bytes: each is read or refused by
/// <see cref="InvalidDataException"/>, quickly, and without allocating more than the file's length bears out.
/// FIRN_FUZZ_SECONDS sets how long; 2 without it.
/// </summary>
public sealed class VectorFileFuzzTests : IDisposable
{
    private const int MostSeconds = 10; // for one file of at most a few hundred kB
    private const int Deflate = 1032; // deflate expands by no more

    private readonly VectorFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Damaged_files_are_refused_quickly_and_in_bounded_memory()
    {
        double seconds = double.TryParse(Environment.GetEnvironmentVariable("FIRN_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out double set) ? set : 2;
        var random = new Random(set > 0 ? Environment.TickCount : 1);
        byte[][] seeds = [.. Seeds()];
        Assert.All(seeds, seed => Assert.True(Read(_files.Bytes("seed", seed)), "a seed must be a good file"));
        var clock = Stopwatch.StartNew();
        long read = 0, refused = 0;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            byte[] bytes = random.Next(10) == 0 ? Noise(random) : Damage(random, seeds[random.Next(seeds.Length)], seeds[random.Next(seeds.Length)]);
            // A new name each time: a mapped file must not be shortened in place.
            string path = _files.Bytes($"f{read + refused}", bytes);
            try
            {
                var watch = Stopwatch.StartNew();
                long before = GC.GetAllocatedBytesForCurrentThread();
                bool good = Read(path);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                bool packed = bytes.Length > 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
                long bound = (16 << 20) + 40L * bytes.Length * (packed ? Deflate : 1);
                Assert.True(allocated <= bound, $"{allocated} bytes for a file of {bytes.Length}");
                Assert.True(watch.Elapsed.TotalSeconds < MostSeconds, $"{watch.Elapsed.TotalSeconds} seconds");
                (read, refused) = good ? (read + 1, refused) : (read, refused + 1);
            }
            catch (Exception error) when (error is not InvalidDataException)
            {
                string kept = Path.Combine(Path.GetTempPath(), $"firn-fuzz-{Guid.NewGuid():N}");
                File.Move(path, kept);
                Assert.Fail($"{kept} ({bytes.Length} bytes): {error}");
            }
            File.Delete(path);
        }
        TestContext.Current.SendDiagnosticMessage("{0} files: {1} read, {2} refused", read + refused, read, refused);
        Assert.True(refused > seconds && read > 0, $"{read} read and {refused} refused in {seconds} s");
    }

    /// <summary>Reads a file as both kinds and uses what was read.</summary>
    private static bool Read(string path)
    {
        bool table = Succeeds(() =>
        {
            using WordVectors vectors = WordVectors.Load(path, new VectorLoadOptions { Threads = 1 });
            var row = new float[vectors.Dimension];
            for (int i = 0; i < vectors.Count; i += Math.Max(1, vectors.Count / 50))
            {
                vectors.CopyTo(i, row);
                vectors.TryGetRow(vectors.Words[i], out _);
            }
            vectors.TryGetRow("absent", out _);
        });
        bool model = Succeeds(() =>
        {
            FastTextVectors vectors = FastTextVectors.Load(path);
            var row = new float[vectors.Dimension];
            foreach (string word in vectors.Words.Take(20).Append("unseenword").Append("größe"))
                vectors.TryGetVector(word, row);
        });
        return table || model;
    }

    private static bool Succeeds(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private IEnumerable<byte[]> Seeds()
    {
        WordVectors vectors = VectorFiles.Sample(30, 6);
        string path = Path.Combine(_files.Folder, "sample");
        foreach (string extension in new[] { "", ".gz" })
        {
            foreach (VectorFormat format in new[] { VectorFormat.Word2VecText, VectorFormat.Word2VecBinary, VectorFormat.GloVe })
            {
                vectors.Save(path + extension, format);
                yield return File.ReadAllBytes(path + extension);
            }
        }
        var shared = new WordVectors([.. vectors.Words, "twin", "zero"], [.. vectors.Table, .. vectors[3], .. new float[6]], 6);
        foreach (VectorPrecision precision in Enum.GetValues<VectorPrecision>())
        {
            shared.ToPrecision(precision).Save(path, VectorFormat.Safetensors);
            yield return File.ReadAllBytes(path);
        }
        foreach (string golden in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), "*.ftz"))
            yield return File.ReadAllBytes(golden);
        // The real fixtures, where they are; the small ones, so that damage meets headers often.
        string? folder = Data.Optional("vectors");
        foreach (string file in folder is null ? [] : Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToArray())
        {
            byte[] bytes = File.ReadAllBytes(file);
            if (bytes.Length < 250_000 && !file.EndsWith(".cor", StringComparison.Ordinal) && !file.EndsWith("crime-and-punishment.txt", StringComparison.Ordinal))
                yield return bytes;
        }
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(2000)];
        random.NextBytes(bytes);
        // Half of them begin like something.
        byte[][] heads = ["3 4\n"u8.ToArray(), [0xBA, 0x16, 0x4F, 0x2F, 12, 0, 0, 0], [0x1F, 0x8B, 8, 0], [60, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"'], "word 0.1 0.2\n"u8.ToArray()];
        if (random.Next(2) == 0)
            heads[random.Next(heads.Length)].AsSpan(0, Math.Min(4, bytes.Length)).CopyTo(bytes);
        return bytes;
    }

    private static byte[] Damage(Random random, byte[] good, byte[] other)
    {
        var bytes = new List<byte>(good);
        for (int i = random.Next(4); i >= 0; i--)
        {
            // Headers matter most: half of all damage is near the beginning.
            int at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Count, 200) + 1) : random.Next(bytes.Count + 1);
            switch (random.Next(8))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when at < bytes.Count:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, Numbers(random));
                    break;
                case 5 when at + 8 <= bytes.Count:
                    byte[] number = Numbers(random);
                    for (int b = 0; b < Math.Min(number.Length, bytes.Count - at); b++)
                        bytes[at + b] = number[b];
                    break;
                case 6:
                    int from = random.Next(other.Length), length = Math.Min(random.Next(1, 300), other.Length - from);
                    bytes.InsertRange(at, other.AsSpan(from, length).ToArray());
                    break;
                case 7 when at < bytes.Count:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Counts at their limits, as binary and as text.</summary>
    private static byte[] Numbers(Random random)
    {
        long[] values = [0, -1, 1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, uint.MaxValue, 1 << 20, 1L << 31, 1L << 40, random.Next()];
        long value = values[random.Next(values.Length)];
        return random.Next(4) switch
        {
            0 => BitConverter.GetBytes((int)value),
            1 => BitConverter.GetBytes(value),
            2 => System.Text.Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)),
            _ => System.Text.Encoding.ASCII.GetBytes(new[] { " ", "\n", "NaN", "1e99", "-inf", "{", "[", "\"", "\t", "\r\n", "\0", "0x1", "." }[random.Next(13)]),
        };
    }
}
