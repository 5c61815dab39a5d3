using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Firn.Data;
using Firn.Evaluation;
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

    /// <summary>
    /// The schedule with the lengths that training found, where the recipe's lasts until a best epoch.
    /// </summary>
    public ThawSchedule? Schedule { get; init; }

    /// <summary>The epochs that it took back.</summary>
    [JsonPropertyName("taken_back")]
    public IReadOnlyList<EpochRecord>? RolledBack { get; init; }

    public OutputCalibration? Output { get; init; }

    /// <summary>The second training, on validation texts too.</summary>
    public Refit? Refit { get; init; }

    /// <summary>What size and validation texts chose, and why.</summary>
    public IReadOnlyList<RecipeChoice>? Choices { get; init; }

    /// <summary>Texts that others equal.</summary>
    public DuplicateCounts? Duplicates { get; init; }

    /// <summary>What is cut off long texts.</summary>
    public CutTexts? Cut { get; init; }

    /// <summary>What the bundle was trained on that the recipe started from.</summary>
    public DataSource? From { get; init; }

    public required IReadOnlyDictionary<string, double> Seconds { get; init; }

    /// <summary>
    /// Tells a run from others: a hash of its options, data and vocabulary. The number of threads changes nothing.
    /// </summary>
    public static string RunOf(RecipeOptions options, string data, string vocabulary)
    {
        string json = JsonSerializer.Serialize(options.WithThreads(0), RecipeRecordContext.Default.RecipeOptions);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{json}\n{data}\n{vocabulary}")));
    }

    /// <summary>The figures that the model's card names.</summary>
    public static Dictionary<string, double> MetricsOf(EvaluationReport? report)
    {
        if (report is null)
            return [];
        var metrics = new Dictionary<string, double>
        {
            ["accuracy"] = report.Accuracy,
            ["loss"] = report.Loss,
            ["macro_f1"] = report.MacroF1,
            ["macro_recall"] = report.MacroRecall,
            ["calibration_error"] = report.CalibrationError,
            ["brier"] = report.Brier,
        };
        if (report.RocAuc is { } area)
            metrics["roc_auc"] = area;
        return metrics;
    }

    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, RecipeRecordContext.Default.RecipeRecord);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals
)]
[JsonSerializable(typeof(RecipeRecord))]
[JsonSerializable(typeof(RecipeOptions))]
internal sealed partial class RecipeRecordContext : JsonSerializerContext;
