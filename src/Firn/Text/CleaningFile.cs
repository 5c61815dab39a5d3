using System.Text.Json;
using System.Text.Json.Serialization;

namespace Firn.Text;

/// <summary>An author's cleaning as a file has it: a list of steps, or an object with them.</summary>
/// <remarks>
/// Only the import reads such files. It stands here for its generated reader of JSON, which names types and properties
/// to System.Reflection: Firn.Interop, which reads pickles, refers to no member of that, so that a name in a file can
/// never become a type (PickleSafetyTests).
/// </remarks>
internal sealed record CleaningFile
{
    /// <summary>The steps; null where there are none.</summary>
    public CleaningStep[]? Steps { get; init; }

    /// <summary>Whether the tokenizer's own rules follow.</summary>
    public bool Keras { get; set; } = true;

    /// <summary>Reads the file's text.</summary>
    /// <exception cref="JsonException">It is no such JSON, or a step says what is not known.</exception>
    public static CleaningFile Parse(string json) =>
        json.AsSpan().TrimStart().StartsWith("[")
            ? new CleaningFile { Steps = JsonSerializer.Deserialize(json, CleaningJson.Default.CleaningStepArray) }
            : JsonSerializer.Deserialize(json, CleaningJson.Default.CleaningFile) ?? new CleaningFile();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow
)]
[JsonSerializable(typeof(CleaningStep[]))]
[JsonSerializable(typeof(CleaningFile))]
internal sealed partial class CleaningJson : JsonSerializerContext;
