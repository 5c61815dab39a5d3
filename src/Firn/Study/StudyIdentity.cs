using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Firn.Model;
using Firn.Text;

namespace Firn.Study;

/// <summary>
/// What a result depends on beside its size, seed and policy: results of studies that agree in this may stand in one
/// file. How many seeds and which sizes are asked for is no part of it, so that a study can be extended.
/// </summary>
internal sealed record StudyIdentity(
    string Data, CleaningOptions Cleaning, ClassifierOptions Classifier, int MaxTokens, double TestShare, uint Seed,
    int? Epochs, int? BatchSize, double LearningRate, double Pull)
{
    /// <summary>As 16 hexadecimal digits.</summary>
    public static string Of(StudyData data, StudyOptions options)
    {
        var identity = new StudyIdentity(data.Identity, options.Cleaning, options.Classifier, options.MaxTokens, options.TestShare,
            options.Seed, options.Epochs, options.BatchSize, options.LearningRate, options.Pull);
        string json = JsonSerializer.Serialize(identity, StudyJson.Default.StudyIdentity);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16];
    }
}
