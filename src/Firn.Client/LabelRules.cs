using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Firn.Evaluation;

namespace Firn.Client;

/// <summary>
/// How a model chooses labels, on the wire: a client that sends ids gets scores alone, and chooses the label by the
/// model's own rule, so that it is the one that the server, <c>firn predict</c> and <c>firn evaluate</c> give.
/// </summary>
public static class LabelRules
{
    /// <summary>
    /// The header of an answer that names the rule; absent where the likeliest class is the label. It changes when the
    /// rule does, be the version the same.
    /// </summary>
    public const string Header = "Firn-Rule";

    private const int TagDigits = 8;

    /// <summary>The rule as JSON on one line.</summary>
    public static byte[] Serialize(LabelRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return JsonSerializer.SerializeToUtf8Bytes(
            new RuleDocument(rule.Labels, rule.MultiLabel, rule.Threshold, rule.AbstainBelow, rule.Neutral),
            RuleJson.Default.RuleDocument
        );
    }

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    /// <exception cref="JsonException">The text is no such JSON.</exception>
    public static LabelRule Deserialize(ReadOnlySpan<byte> json)
    {
        RuleDocument read =
            JsonSerializer.Deserialize(json, RuleJson.Default.RuleDocument)
            ?? throw new JsonException("The rule is null; expected an object.");
        return new LabelRule
        {
            Labels = read.Labels,
            MultiLabel = read.MultiLabel,
            Threshold = read.Threshold,
            AbstainBelow = read.AbstainBelow,
            Neutral = read.Neutral,
        };
    }

    /// <summary>What the header says of a rule; empty for the likeliest class.</summary>
    public static string TagOf(LabelRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        bool plain =
            !rule.MayAbstain
            && !rule.MultiLabel
            && (rule.Labels.Count > 2 || rule.Threshold == new LabelRule { Labels = rule.Labels }.Threshold);
        return plain ? "" : Convert.ToHexStringLower(SHA256.HashData(Serialize(rule)))[..TagDigits];
    }
}

internal sealed record RuleDocument(
    IReadOnlyList<string> Labels,
    bool MultiLabel,
    float Threshold,
    [property: JsonPropertyName("unsure_below")] double? AbstainBelow,
    NeutralBand? Neutral
);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RuleDocument))]
internal sealed partial class RuleJson : JsonSerializerContext;
