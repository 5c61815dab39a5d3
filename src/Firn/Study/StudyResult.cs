using System.Text.Json;
using System.Text.Json.Serialization;

namespace Firn.Study;

/// <summary>What one policy gave at one training size with one seed: a line of the results' file.</summary>
public sealed record StudyResult
{
    /// <summary>Texts, validation included.</summary>
    public required int Size { get; init; }

    /// <summary>The repetition, from 1.</summary>
    public required int Seed { get; init; }

    /// <summary>What was done with the table.</summary>
    public required StudyPolicy Policy { get; init; }

    /// <summary>Texts trained on.</summary>
    public required int TrainTexts { get; init; }

    /// <summary>Texts that chose the epoch.</summary>
    public required int ValidationTexts { get; init; }

    /// <summary>Texts of the test.</summary>
    public required int TestTexts { get; init; }

    /// <summary>Share of the test texts that are right.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Mean cross-entropy on the test texts.</summary>
    public required double Loss { get; init; }

    /// <summary>Test texts with a word that has a vector and that the texts trained on lack.</summary>
    public required int SliceTexts { get; init; }

    /// <summary>Share of those that are right; null where there are none.</summary>
    public required double? SliceAccuracy { get; init; }

    /// <summary>Epochs run.</summary>
    public required int Epochs { get; init; }

    /// <summary>The epoch kept, that of the least validation loss.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>The first epoch after the thaw; null where the policy does not thaw.</summary>
    public int? ThawEpoch { get; init; }

    /// <summary>
    /// Wall time of training on one thread beside the study's other jobs; a repair's own time is not in it.
    /// </summary>
    public required double Seconds { get; init; }

    /// <summary>
    /// Weights, gradients and optimizer state at the most demanding phase, in bytes, by their number: activations are
    /// not in it.
    /// </summary>
    public required long TrainingBytes { get; init; }

    /// <summary>
    /// Bytes of the weights that differ from the pretrained table: what a new version of the model has to bring along.
    /// </summary>
    public required long VersionBytes { get; init; }

    /// <summary>What happened to the vectors; null where the table is frozen or was random.</summary>
    public StudyDrift? Drift { get; init; }

    /// <summary>
    /// Whether each test text is right: bits of bytes, the first text in the lowest bit of the first, in base64.
    /// </summary>
    public required string Correct { get; init; }

    /// <summary>Which test texts <see cref="SliceTexts"/> counts, as <see cref="Correct"/>.</summary>
    public required string Slice { get; init; }

    internal string ToJson() => JsonSerializer.Serialize(this, StudyJson.Default.StudyResult);
}

/// <summary>The first line of a results' file: which study its lines belong to.</summary>
/// <param name="Study">Hash of texts, vectors and options.</param>
/// <param name="Format">Version of the lines' layout.</param>
internal sealed record StudyHeader(string Study, int Format);

/// <summary>Truth values as base64.</summary>
internal static class BitText
{
    public static string Of(ReadOnlySpan<bool> values)
    {
        var bytes = new byte[(values.Length + 7) / 8];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i])
                bytes[i >> 3] |= (byte)(1 << (i & 7));
        }
        return Convert.ToBase64String(bytes);
    }

    public static bool[] Read(string text, int count)
    {
        byte[] bytes = Convert.FromBase64String(text);
        if (bytes.Length != (count + 7) / 8)
            throw new FormatException($"{bytes.Length} bytes do not hold {count} truth values");
        var values = new bool[count];
        for (int i = 0; i < count; i++)
            values[i] = (bytes[i >> 3] >> (i & 7) & 1) == 1;
        return values;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(StudyResult))]
[JsonSerializable(typeof(StudyHeader))]
[JsonSerializable(typeof(StudyIdentity))]
[JsonSerializable(typeof(StudyVectorsIdentity))]
internal sealed partial class StudyJson : JsonSerializerContext;
