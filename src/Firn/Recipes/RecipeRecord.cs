using System.Text.Json;
using System.Text.Json.Serialization;
using Firn.Training;

namespace Firn.Recipes;

/// <summary>What the bundle's <c>training</c> member holds.</summary>
internal sealed record RecipeRecord
{
    public required RecipeOptions Recipe { get; init; }
    public required IReadOnlyDictionary<string, int> Texts { get; init; }
    public required IReadOnlyList<EpochRecord> History { get; init; }
    public required StopReason StoppedBy { get; init; }
    public required int BestEpoch { get; init; }
    public required int KeptEpoch { get; init; }
    public required IReadOnlyDictionary<string, double> Seconds { get; init; }

    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, RecipeRecordContext.Default.RecipeRecord);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RecipeRecord))]
internal sealed partial class RecipeRecordContext : JsonSerializerContext;
