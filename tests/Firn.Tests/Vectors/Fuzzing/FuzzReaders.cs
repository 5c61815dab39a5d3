using System.Text;
using Firn.Files;
using Firn.Interop.Gensim;
using Firn.Interop.NumPy;
using Firn.Interop.Pickle;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Training;

namespace Firn.Tests.Vectors.Fuzzing;

/// <summary>Every way in which a file of vectors is opened; each uses what it has read.</summary>
internal static class FuzzReaders
{
    /// <param name="Name">For messages.</param>
    /// <param name="BytesPerByte">
    /// Bytes that may be allocated for each (unpacked) byte of the file, above the first.
    /// </param>
    /// <param name="Read">Reads a file; random numbers choose options.</param>
    public sealed record Reader(string Name, int BytesPerByte, Action<string, Random> Read);

    public static readonly IReadOnlyList<Reader> All =
    [
        // A pickle's instruction of one byte makes an object, and a place on the stack and in the memory.
        new("pickle", 200, (path, _) => PickleReader.Read(path)),
        new("gensim", 400, Gensim),
        new("table", 40, (path, _) => Table(path, new VectorLoadOptions { Threads = 1 })),
        new("table with options", 40, (path, random) => Table(path, Options(random))),
        new("fastText", 40, FastText),
        new("floret", 40, Floret),
        new("numpy", 40, NumPy),
        new("training further", 40, (path, _) => FastTextStart.Open(path).ReadRows((_, _) => { }, (_, _) => { })),
    ];

    /// <summary>Bytes of the content, unpacked, as far as it can be unpacked.</summary>
    public static long UnpackedLength(string path)
    {
        long length = 0;
        try
        {
            using Stream stream = InputFile.Open(path);
            var buffer = new byte[1 << 16];
            for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
                length += read;
        }
        catch (InvalidDataException)
        {
            // What came before it counts.
        }
        return length;
    }

    private static void Table(string path, VectorLoadOptions options)
    {
        using WordVectors vectors = WordVectors.Load(path, options);
        var row = new float[vectors.Dimension];
        for (int i = 0; i < vectors.Count; i += Math.Max(1, vectors.Count / 50))
        {
            vectors.CopyTo(i, row);
            vectors.TryGetRow(vectors.Words[i], out _);
        }
        vectors.TryGetRow("absent", out _);
    }

    private static VectorLoadOptions Options(Random random) =>
        new()
        {
            Threads = 1,
            Limit = random.Next(2) == 0 ? random.Next(1, 40) : null,
            Only = random.Next(3) == 0 ? ["w3", "w7", "the"] : null,
            InvalidUtf8 = (InvalidUtf8Policy)random.Next(3),
            TrustHeader = random.Next(2) == 0,
            SkipBadRows = random.Next(2) == 0,
            Encoding = random.Next(4) == 0 ? Encoding.Latin1 : null,
            Format = (VectorFormat)random.Next(Enum.GetValues<VectorFormat>().Length),
        };

    private static void FastText(string path, Random random)
    {
        FastTextVectors.IsModel(path);
        Use(FastTextVectors.Load(path));
    }

    private static void Use(FastTextVectors vectors)
    {
        var row = new float[vectors.Dimension];
        foreach (string word in vectors.Words.Take(20).Append("unseenword").Append("größe"))
            vectors.TryGetVector(word, row);
    }

    private static void Gensim(string path, Random random)
    {
        GensimVectors.IsModel(path);
        if (GensimVectors.HasSubwords(path))
            Use(GensimVectors.LoadSubwords(path));
        using WordVectors vectors = GensimVectors.Load(path);
        vectors.TryGetRow("absent", out _);
    }

    private static void Floret(string path, Random random)
    {
        FloretVectors.IsTable(path);
        FloretVectors table = FloretVectors.Load(path);
        var row = new float[table.Dimension];
        foreach (string word in new[] { "the", "größe", "x", "" })
            table.TryGetVector(word, row);
    }

    private static void NumPy(string path, Random random)
    {
        using NpyFile file = NpyFile.Open(path);
        var row = new float[file.Columns];
        for (int i = 0; i < file.Rows; i++)
            file.Next(row);
    }
}
