using System.IO.Compression;
using System.Text.Json;

namespace Firn.Tests.Interop.Keras;

/// <summary>
/// What <c>tools/golden/interop_keras.py</c> wrote: facts of public models, and small files made there.
/// </summary>
internal static class KerasGolden
{
    public static readonly JsonElement Root = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "interop_keras.json")))
        .RootElement;

    /// <summary>The names of the cases of a kind.</summary>
    public static TheoryData<string> Names(string kind) =>
        [.. Root.GetProperty(kind).EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    /// <summary>A case by its name.</summary>
    public static JsonElement Case(string kind, string name) =>
        Root.GetProperty(kind).EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

    /// <summary>Writes the file of a case.</summary>
    public static string Write(JsonElement made, string folder, string file = "file.bin")
    {
        string path = Path.Combine(folder, file);
        File.WriteAllBytes(path, Bytes(made));
        return path;
    }

    /// <summary>The file of a case.</summary>
    public static byte[] Bytes(JsonElement made)
    {
        var data = new MemoryStream(made.GetProperty("data").GetBytesFromBase64());
        using var packed = new ZLibStream(data, CompressionMode.Decompress);
        var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        return bytes.ToArray();
    }
}
