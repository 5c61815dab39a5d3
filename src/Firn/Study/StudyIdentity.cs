using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Vectors.Training;

namespace Firn.Study;

/// <summary>What trained word vectors depend on.</summary>
internal sealed record StudyVectorsIdentity(
    string Texts,
    string? Unlabeled,
    CleaningOptions Cleaning,
    Word2VecOptions Word2Vec
);

/// <summary>
/// What a result depends on beside its size, seed and policy: results of studies that agree in this may stand in one
/// file. How many seeds and which sizes are asked for is no part of it, so that a study can be extended.
/// </summary>
internal sealed record StudyIdentity(
    string Data,
    CleaningOptions Cleaning,
    ClassifierOptions Classifier,
    int MaxTokens,
    double TestShare,
    uint Seed,
    int? Epochs,
    int? BatchSize,
    double LearningRate,
    [property: JsonPropertyName("pull")] double AnchorStrength
)
{
    /// <summary>As 16 hexadecimal digits.</summary>
    public static string Of(StudyData data, StudyOptions options)
    {
        var identity = new StudyIdentity(
            data.Identity,
            options.Cleaning,
            options.Classifier,
            options.MaxTokens,
            options.TestShare,
            options.Seed,
            options.Epochs,
            options.BatchSize,
            options.LearningRate,
            options.AnchorStrength
        );
        return Short(JsonSerializer.Serialize(identity, StudyJson.Default.StudyIdentity));
    }

    /// <summary>
    /// What word vectors depend on that a study trains: texts, cleaning, options. The number of threads is none of it.
    /// </summary>
    public static string OfVectors(RawCorpus texts, RawCorpus? unlabeled, StudyOptions options)
    {
        var identity = new StudyVectorsIdentity(
            texts.Sha256,
            unlabeled?.Sha256,
            options.Cleaning,
            options.Word2Vec with
            {
                Threads = 0,
            }
        );
        return Short(JsonSerializer.Serialize(identity, StudyJson.Default.StudyVectorsIdentity));
    }

    private static string Short(string json) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16];
}
