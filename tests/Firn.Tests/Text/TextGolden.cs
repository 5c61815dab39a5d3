using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsvHelper;

namespace Firn.Tests.Text;

/// <summary>Golden files of the text part, and the tweets that they were made from.</summary>
internal static class TextGolden
{
    private static readonly Lazy<string[]> AllTweets = new(ReadTweets);

    public static JsonElement Read(string name) =>
        JsonDocument
            .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "Text", name)))
            .RootElement;

    /// <summary>The 218,063 tweets of the union file; skips the test where they are absent.</summary>
    public static string[] Tweets()
    {
        Data.Path("sentiment140");
        return AllTweets.Value;
    }

    /// <summary>SHA-256 of lines, each ended by a line feed.</summary>
    public static string Sha(IEnumerable<string> lines)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string line in lines)
            sha.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private static string[] ReadTweets()
    {
        using var file = new GZipStream(
            File.OpenRead(Data.Path("sentiment140/sentiment140_union.csv.gz")),
            CompressionMode.Decompress
        );
        using var csv = CsvReader.Create(file);
        var texts = new List<string>();
        while (csv.Read())
            texts.Add(csv.GetString(1));
        return [.. texts];
    }
}
