using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Storage;
using Firn.Vectors.Subwords;
using Firn.Vectors.Training;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.ZStandard;

namespace Firn.Tests.Vectors.Fuzzing;

/// <summary>A good file of some format, with those that belong beside it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Main">The file that a user names.</param>
/// <param name="Files">All files, by name.</param>
internal sealed record FuzzSeed(string Name, string Main, IReadOnlyDictionary<string, byte[]> Files)
{
    private const string Single = "file";
    private const int Largest = 250_000; // small ones, so that damage meets headers often

    /// <summary>Whether a reader must read it; what the projector is given is none of word vectors.</summary>
    public bool IsTable { get; init; } = true;

    public static IEnumerable<FuzzSeed> All() => [.. Tables(), .. Models(), .. Pickles(), .. Fixtures()];

    /// <summary>Packs content in one of the ways in which a file may be packed.</summary>
    public static byte[] Pack(byte[] content, int way)
    {
        using var memory = new MemoryStream();
        switch (way)
        {
            case 0 or 3:
                using (var gzip = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true))
                    gzip.Write(way == 3 ? Pack(content, 2) : content); // .tar.gz
                break;
            case 1:
                using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
                using (Stream entry = zip.CreateEntry("inner/vectors.vec").Open())
                    entry.Write(content);
                break;
            case 2:
                using (var tar = new TarWriter(memory, TarEntryFormat.Pax, leaveOpen: true))
                    tar.WriteEntry(
                        new PaxTarEntry(TarEntryType.RegularFile, "inner/vectors.vec")
                        {
                            DataStream = new MemoryStream(content),
                        }
                    );
                break;
            case 4:
                using (
                    Stream bzip2 = BZip2Stream.Create(
                        memory,
                        SharpCompress.Compressors.CompressionMode.Compress,
                        false,
                        true,
                        false
                    )
                )
                    bzip2.Write(content);
                break;
            case 5:
                using (Stream zstandard = new CompressionStream(memory, 3, 0, true))
                    zstandard.Write(content);
                break;
        }
        return memory.ToArray();
    }

    /// <summary>How many ways <see cref="Pack"/> knows.</summary>
    public const int Ways = 6;

    /// <summary>A seed of one file.</summary>
    public static FuzzSeed Of(string name, byte[] bytes) =>
        new(name, Single, new Dictionary<string, byte[]> { [Single] = bytes });

    private static IEnumerable<FuzzSeed> Tables()
    {
        WordVectors vectors = VectorFiles.Sample(30, 6);
        using var files = new VectorFiles();
        string path = Path.Combine(files.Folder, "sample");
        foreach (
            VectorFormat format in new[] { VectorFormat.Word2VecText, VectorFormat.Word2VecBinary, VectorFormat.GloVe }
        )
        {
            vectors.Save(path, format);
            byte[] bytes = File.ReadAllBytes(path);
            yield return Of(format.ToString(), bytes);
            for (int way = 0; way < Ways; way++)
                yield return Of($"{format}, packed {way}", Pack(bytes, way));
        }
        var shared = new WordVectors(
            [.. vectors.Words, "twin", "zero"],
            [.. vectors.Table, .. vectors[3], .. new float[6]],
            6
        );
        foreach (VectorPrecision precision in Enum.GetValues<VectorPrecision>())
        {
            shared.ToPrecision(precision).Save(path, VectorFormat.Safetensors);
            yield return Of($"safetensors, {precision}", File.ReadAllBytes(path));
        }
        vectors.SaveProjector(files.Folder);
        foreach (string name in new[] { "vectors.tsv", "metadata.tsv" })
            yield return Of(name, File.ReadAllBytes(Path.Combine(files.Folder, name))) with
            {
                IsTable = false,
            };
        foreach (JsonElement table in Golden("vectors_floret.json").GetProperty("cases").EnumerateArray())
            yield return Of("floret", Encoding.UTF8.GetBytes(table.GetProperty("file").GetString()!));
    }

    private static IEnumerable<FuzzSeed> Models()
    {
        foreach (string golden in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), "*.ftz"))
            yield return Of(Path.GetFileName(golden), File.ReadAllBytes(golden));
        using var files = new VectorFiles();
        string path = Path.Combine(files.Folder, "model.bin");
        RaggedIds texts = RaggedIds.From([
            .. Enumerable.Range(0, 20).Select(t => Enumerable.Range(1, 7).Select(i => i * (t + 1) % 9 + 1).ToArray()),
        ]);
        foreach (bool skipGram in new[] { false, true })
        {
            var options = new Word2VecOptions
            {
                VectorSize = 4,
                MinCount = 1,
                Epochs = 1,
                SkipGram = skipGram,
                Threads = 1,
                Subwords = new SubwordOptions
                {
                    MinN = 2,
                    MaxN = 3,
                    Buckets = 50,
                },
            };
            new Word2VecTrainer(options)
                .Train(texts, 10, id => $"wörd{id}", null, CancellationToken.None)
                .SaveFastText(path);
            byte[] bytes = File.ReadAllBytes(path);
            yield return Of("fastText .bin", bytes);
            yield return Of("fastText .bin of before 0.1", Old(bytes, (int)FastTextFile.Read(path).InputStart));
        }
    }

    /// <summary>
    /// The format before version 11: without magic number, version, kept n-grams and the two flags of quantization.
    /// </summary>
    private static byte[] Old(byte[] bytes, int inputStart)
    {
        const int version = 8,
            kept = 84,
            dictionary = 92;
        int rows = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(inputStart + 1));
        int columns = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(inputStart + 9));
        int inputEnd = inputStart + 17 + 4 * rows * columns;
        return
        [
            .. bytes[version..kept],
            .. bytes[dictionary..inputStart],
            .. bytes[(inputStart + 1)..inputEnd],
            .. bytes[(inputEnd + 1)..],
        ];
    }

    private static IEnumerable<FuzzSeed> Pickles()
    {
        foreach (JsonElement saved in Golden("interop_gensim.json").GetProperty("cases").EnumerateArray())
        {
            yield return new FuzzSeed(
                saved.GetProperty("name").GetString()!,
                saved.GetProperty("main").GetString()!,
                saved
                    .GetProperty("files")
                    .EnumerateObject()
                    .ToDictionary(file => file.Name, file => file.Value.GetBytesFromBase64())
            );
        }
    }

    /// <summary>The real fixtures, where they are.</summary>
    private static IEnumerable<FuzzSeed> Fixtures()
    {
        foreach (string name in new[] { "vectors", "keras_zoo/gensim4-word2vec", "keras_zoo/gensim4-kv-ml" })
        {
            string? folder = Data.Optional(name);
            string[] files = folder is not null && Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
            foreach (string file in files.Order(StringComparer.Ordinal))
            {
                byte[] bytes = File.ReadAllBytes(file);
                bool other =
                    Path.GetExtension(file) is ".cor" or ".md" or ".json"
                    || Path.GetFileName(file) == "crime-and-punishment.txt";
                if (bytes.Length < Largest && !other)
                    yield return Of(Path.GetFileName(file), bytes);
            }
        }
    }

    private static JsonElement Golden(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name))).RootElement;
}
