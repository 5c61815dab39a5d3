using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Inputs;
using Firn.Server.Models;
using Firn.Server.Wire.OpenInference;

namespace Firn.Server.Inference;

/// <summary>
/// A tensor as the Open Inference Protocol and Triton's configuration name it; -1 for a size that varies.
/// </summary>
internal sealed record OpenTensor(string Name, string Datatype, DataType Type, long[] Shape)
{
    /// <summary>Triton's name of the type.</summary>
    public string TypeName =>
        Type switch
        {
            DataType.TypeString => "TYPE_STRING",
            DataType.TypeInt32 => "TYPE_INT32",
            _ => "TYPE_FP32",
        };
}

/// <summary>What the Open Inference Protocol says of this server and its models, over REST and gRPC alike.</summary>
internal static class ModelDescription
{
    public const string ServerName = "firn";
    public const string Platform = "firn_text_classifier";

    /// <summary>Triton's extensions of the protocol that this server has.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
    ["binary_tensor_data", "model_configuration", "model_repository", "statistics"];

    /// <summary>The inputs of a model; a request sends one of them.</summary>
    public static IReadOnlyList<OpenTensor> Inputs(IScorer scorer) =>
        [
            new(Signatures.TextInput, OpenInferenceInput.Bytes, DataType.TypeString, [-1]),
            new(Signatures.IdsInput, OpenInferenceInput.Int32, DataType.TypeInt32, [-1, -1]),
            new(Signatures.VectorsInput, OpenInferenceInput.Float, DataType.TypeFp32, [-1, -1, scorer.Dimension]),
        ];

    /// <summary>The output of a model.</summary>
    public static OpenTensor Output(IScorer scorer) =>
        new(Signatures.ScoresOutput, OpenInferenceInput.Float, DataType.TypeFp32, [-1, scorer.OutputSize]);

    /// <summary>
    /// Every version that is known of every model, and models that were taken out of service, as Triton's index lists
    /// them.
    /// </summary>
    /// <param name="models">The models.</param>
    /// <param name="unloaded">Models that were taken out of service.</param>
    /// <param name="ready">List only what serves.</param>
    public static IEnumerable<RepositoryIndexResponse.Types.ModelIndex> Index(
        IEnumerable<ServedModel> models,
        IEnumerable<string> unloaded,
        bool ready
    )
    {
        foreach (ServedModel model in models.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            foreach (VersionStatus status in model.Statuses(VersionChoice.Newest))
            {
                if (!ready || status.State == VersionState.Available)
                    yield return new()
                    {
                        Name = model.Name,
                        Version = $"{status.Version}",
                        State = StateOf(status.State),
                        Reason = status.Message,
                    };
            }
        }
        foreach (string name in unloaded.Where(_ => !ready).Order(StringComparer.Ordinal))
            yield return new()
            {
                Name = name,
                State = "UNAVAILABLE",
                Reason = "unloaded",
            };
    }

    /// <summary>The statistics of the versions that serve: of one model or of all, of one version or of all.</summary>
    public static IEnumerable<Wire.OpenInference.ModelStatistics> Statistics(
        IEnumerable<ServedModel> models,
        long? version
    )
    {
        foreach (ServedModel model in models.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            foreach (ModelVersion served in model.Available.Where(v => version is null || v.Number == version))
                yield return Statistics(served);
        }
    }

    private static Wire.OpenInference.ModelStatistics Statistics(ModelVersion version)
    {
        Telemetry.ModelStatistics counted = version.Statistics;
        return new Wire.OpenInference.ModelStatistics
        {
            Name = version.Model,
            Version = version.NumberText,
            LastInference = (ulong)counted.LastRequest,
            InferenceCount = (ulong)counted.Texts,
            ExecutionCount = (ulong)counted.Passes,
            InferenceStats = new InferStatistics
            {
                Success = Duration(counted.Succeeded),
                Fail = Duration(counted.Failed),
                Queue = Duration(counted.Waited),
                ComputeInput = new StatisticDuration(),
                ComputeInfer = new StatisticDuration(),
                ComputeOutput = new StatisticDuration(),
            },
        };
    }

    private static StatisticDuration Duration(Telemetry.ModelStatistics.Duration time) =>
        new() { Count = (ulong)time.Count, Ns = (ulong)time.Nanoseconds };

    private static string StateOf(VersionState state) =>
        state switch
        {
            VersionState.Available => "READY",
            VersionState.Start or VersionState.Loading => "LOADING",
            VersionState.Unloading => "UNLOADING",
            _ => "UNAVAILABLE",
        };
}
