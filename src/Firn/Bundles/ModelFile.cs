using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Firn.Data;
using Firn.Evaluation;
using Firn.Linear;
using Firn.Model;
using Firn.Text;

namespace Firn.Bundles;

/// <summary>What a bundle says about one of its files.</summary>
/// <param name="Name">File name, without folder.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Sha256">Hash of the content, 64 hexadecimal digits.</param>
internal sealed record BundleFile(string Name, long Bytes, string Sha256);

/// <summary>The table's sizes.</summary>
/// <param name="VocabularySize">Token ids, V.</param>
/// <param name="Rows">Rows, R.</param>
/// <param name="Dimension">Width, E.</param>
internal sealed record EmbeddingShape(int VocabularySize, int Rows, int Dimension);

/// <summary>
/// <c>model.json</c>: all of a bundle that is no array, and the names and hashes of its other files. Its own bytes are
/// guarded by <see cref="Checksum"/>, the SHA-256 of the file with that value's digits replaced by zeros.
/// </summary>
internal sealed record ModelFile
{
    public const string FileName = "model.json";
    public const string FormatName = "firn-bundle";
    public const int CurrentVersion = 2;
    private const string Unset = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string Remedy = "Copy the bundle again from where it was made, or train again.";

    public string Format { get; init; } = FormatName;
    public int FormatVersion { get; init; } = 1;
    public required string FirnVersion { get; init; }
    public required ClassifierOptions Architecture { get; init; }
    public required EmbeddingShape Embedding { get; init; }

    [JsonPropertyName("wide")]
    public NgramOptions? LinearBranch { get; init; }
    public required CleaningOptions Cleaning { get; init; }
    public required int MaxTokens { get; init; }
    public Truncation Truncation { get; init; }
    public required IReadOnlyList<string> Labels { get; init; }
    public NeutralBand? Neutral { get; init; }

    [JsonPropertyName("unsure_below")]
    public double? AbstainBelow { get; init; }
    public float Threshold { get; init; } = 0.5f;
    public IReadOnlyList<float>? Prior { get; init; }
    public required DataSource Data { get; init; }
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }
    public JsonElement? Training { get; init; }
    public required IReadOnlyDictionary<string, BundleFile> Files { get; init; }
    public string Checksum { get; init; } = Unset;

    /// <summary>
    /// The version that a model needs: 2 where a reader of version 1 would take the model for another.
    /// </summary>
    public static int VersionFor(ClassifierOptions architecture, CleaningOptions cleaning) =>
        architecture.Model.Count > 0
        || architecture.Padding is not null
        || architecture.Multichannel
        || cleaning.Keras is not null
            ? 2
            : 1;

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(
            this with
            {
                Checksum = Unset,
            },
            ModelFileContext.Default.ModelFile
        );
        int at = bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(Unset));
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes))).CopyTo(bytes, at);
        return bytes;
    }

    /// <summary>Reads and checks.</summary>
    /// <exception cref="InvalidDataException">The bytes were changed or cut, or are of another format.</exception>
    public static ModelFile FromBytes(byte[] bytes, string path)
    {
        ModelFile? model = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            CheckFormat(document.RootElement, path);
            CheckBytes(document.RootElement, bytes, path);
            model = document.Deserialize(ModelFileContext.Default.ModelFile);
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            Throw.BadFile(path, "content", $"it is no {FormatName} description ({e.Message.TrimEnd('.')})", Remedy);
        }
        foreach (BundleFile file in model!.Files.Values)
        {
            if (file.Name != Path.GetFileName(file.Name) || file.Name is "" or "." or "..")
                Throw.BadFile(path, "files", $"'{file.Name}' is no plain file name", Remedy);
        }
        // Bundles from the time before other encoders hold one LSTM and do not say so.
        return model.Architecture.Layers > 0
            ? model
            : model with
            {
                Architecture = model.Architecture with { Layers = 1, Widths = new ClassifierOptions().Widths },
            };
    }

    private static void CheckFormat(JsonElement root, string path)
    {
        string? format = root.GetProperty("format").GetString();
        if (format != FormatName)
            Throw.BadFile(
                path,
                "format",
                $"it is '{format}' where '{FormatName}' is expected",
                "Name the folder of a bundle."
            );
        int version = root.GetProperty("format_version").GetInt32();
        if (version is < 1 or > CurrentVersion)
            Throw.BadFile(
                path,
                "format_version",
                $"it is {version} and this Firn reads up to {CurrentVersion}",
                "Use a later Firn."
            );
    }

    private static void CheckBytes(JsonElement root, byte[] bytes, string path)
    {
        string stored = root.GetProperty("checksum").GetString() ?? "";
        byte[] zeroed = [.. bytes];
        int at = stored.Length == Unset.Length ? zeroed.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(stored)) : -1;
        if (at >= 0)
            Encoding.ASCII.GetBytes(Unset).CopyTo(zeroed, at);
        if (at < 0 || Convert.ToHexStringLower(SHA256.HashData(zeroed)) != stored)
            Throw.BadFile(path, "checksum", "the content was changed after the bundle was saved", Remedy);
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    NewLine = "\n"
)]
[JsonSerializable(typeof(ModelFile))]
internal sealed partial class ModelFileContext : JsonSerializerContext;
