using Firn.Server.Batching;
using Firn.Server.Http;
using Firn.Server.Inference;
using Firn.Server.Models;
using Firn.Server.Wire.OpenInference;

namespace Firn.Server.Rest;

/// <summary>Writes what the Open Inference Protocol answers beside scores, in its JSON and Triton's.</summary>
internal static class OpenInferenceAnswers
{
    /// <summary>The server: name, version, extensions.</summary>
    public static void Server(AnswerBuffer answer)
    {
        answer.Raw("{\"name\":\"firn\",\"version\":"u8);
        answer.String(Bundle.FirnVersion);
        answer.Raw(",\"extensions\":"u8);
        Strings(answer, ModelDescription.Extensions);
        answer.Raw("}"u8);
    }

    /// <summary>The scores; <paramref name="binary"/> leaves room for them behind the JSON.</summary>
    public static void Scores(
        AnswerBuffer answer,
        ModelVersion version,
        string? id,
        ReadOnlySpan<float> scores,
        bool binary
    )
    {
        answer.Raw("{\"model_name\":"u8);
        answer.String(version.Model);
        answer.Raw(",\"model_version\":\""u8);
        answer.Number(version.Number);
        answer.Raw("\""u8);
        if (id is not null)
        {
            answer.Raw(",\"id\":"u8);
            answer.String(id);
        }
        answer.Raw(",\"outputs\":[{\"name\":\"scores\",\"datatype\":\"FP32\",\"shape\":["u8);
        answer.Number(scores.Length / version.Scorer.OutputSize);
        answer.Raw(","u8);
        answer.Number(version.Scorer.OutputSize);
        if (binary)
        {
            answer.Raw("],\"parameters\":{\"binary_data_size\":"u8);
            answer.Number((long)scores.Length * sizeof(float));
            answer.Raw("}}]}"u8);
            return;
        }
        answer.Raw("],\"data\":"u8);
        answer.Row(scores);
        answer.Raw("}]}"u8);
    }

    /// <summary>The names of the models that serve.</summary>
    public static void Models(AnswerBuffer answer, IEnumerable<ServedModel> models)
    {
        answer.Raw("{\"models\":"u8);
        Strings(
            answer,
            [.. models.Where(m => m.Available.Length > 0).Select(m => m.Name).Order(StringComparer.Ordinal)]
        );
        answer.Raw("}"u8);
    }

    /// <summary>A model's versions, inputs and outputs.</summary>
    public static void Metadata(AnswerBuffer answer, ServedModel model, IScorer scorer)
    {
        answer.Raw("{\"name\":"u8);
        answer.String(model.Name);
        answer.Raw(",\"versions\":"u8);
        Strings(answer, [.. model.Available.Reverse().Select(v => v.NumberText)]);
        answer.Raw(",\"platform\":"u8);
        answer.String(ModelDescription.Platform);
        answer.Raw(",\"inputs\":["u8);
        bool first = true;
        foreach (OpenTensor input in ModelDescription.Inputs(scorer))
        {
            Tensor(answer, input, first);
            first = false;
        }
        answer.Raw("],\"outputs\":["u8);
        Tensor(answer, ModelDescription.Output(scorer), first: true);
        answer.Raw("]}"u8);
    }

    /// <summary>A model's configuration as Triton gives it.</summary>
    public static void Configuration(AnswerBuffer answer, string model, IScorer scorer)
    {
        answer.Raw("{\"name\":"u8);
        answer.String(model);
        answer.Raw(",\"platform\":"u8);
        answer.String(ModelDescription.Platform);
        answer.Raw(",\"backend\":\"firn\",\"max_batch_size\":0,\"input\":["u8);
        bool first = true;
        foreach (OpenTensor input in ModelDescription.Inputs(scorer))
        {
            Configured(answer, input, first);
            answer.Raw(",\"optional\":true}"u8);
            first = false;
        }
        answer.Raw("],\"output\":["u8);
        Configured(answer, ModelDescription.Output(scorer), first: true);
        answer.Raw("}]}"u8);
    }

    /// <summary>Counts and times as Triton gives them.</summary>
    public static void Statistics(AnswerBuffer answer, IEnumerable<Wire.OpenInference.ModelStatistics> statistics)
    {
        answer.Raw("{\"model_stats\":["u8);
        bool first = true;
        foreach (Wire.OpenInference.ModelStatistics model in statistics)
        {
            answer.Raw(first ? "{\"name\":"u8 : ",{\"name\":"u8);
            first = false;
            answer.String(model.Name);
            answer.Raw(",\"version\":"u8);
            answer.String(model.Version);
            answer.Raw(",\"last_inference\":"u8);
            answer.Number((long)model.LastInference);
            answer.Raw(",\"inference_count\":"u8);
            answer.Number((long)model.InferenceCount);
            answer.Raw(",\"execution_count\":"u8);
            answer.Number((long)model.ExecutionCount);
            answer.Raw(",\"inference_stats\":{"u8);
            InferStatistics times = model.InferenceStats;
            Duration(answer, "success", times.Success);
            Duration(answer, ",fail", times.Fail);
            Duration(answer, ",queue", times.Queue);
            Duration(answer, ",compute_input", times.ComputeInput);
            Duration(answer, ",compute_infer", times.ComputeInfer);
            Duration(answer, ",compute_output", times.ComputeOutput);
            answer.Raw("},\"batch_stats\":[]}"u8);
        }
        answer.Raw("]}"u8);
    }

    /// <summary>The index of the repository as Triton gives it.</summary>
    public static void Index(AnswerBuffer answer, IEnumerable<RepositoryIndexResponse.Types.ModelIndex> models)
    {
        answer.Raw("["u8);
        bool first = true;
        foreach (RepositoryIndexResponse.Types.ModelIndex model in models)
        {
            answer.Raw(first ? "{\"name\":"u8 : ",{\"name\":"u8);
            first = false;
            answer.String(model.Name);
            if (model.Version.Length > 0)
            {
                answer.Raw(",\"version\":"u8);
                answer.String(model.Version);
            }
            answer.Raw(",\"state\":"u8);
            answer.String(model.State);
            answer.Raw(",\"reason\":"u8);
            answer.String(model.Reason);
            answer.Raw("}"u8);
        }
        answer.Raw("]"u8);
    }

    private static void Duration(AnswerBuffer answer, string name, StatisticDuration time)
    {
        answer.Raw(name[0] == ',' ? ","u8 : ""u8);
        answer.String(name.TrimStart(','));
        answer.Raw(":{\"count\":"u8);
        answer.Number((long)time.Count);
        answer.Raw(",\"ns\":"u8);
        answer.Number((long)time.Ns);
        answer.Raw("}"u8);
    }

    private static void Tensor(AnswerBuffer answer, OpenTensor tensor, bool first)
    {
        answer.Raw(first ? "{\"name\":"u8 : ",{\"name\":"u8);
        answer.String(tensor.Name);
        answer.Raw(",\"datatype\":"u8);
        answer.String(tensor.Datatype);
        answer.Raw(",\"shape\":"u8);
        Numbers(answer, tensor.Shape);
        answer.Raw("}"u8);
    }

    private static void Configured(AnswerBuffer answer, OpenTensor tensor, bool first)
    {
        answer.Raw(first ? "{\"name\":"u8 : ",{\"name\":"u8);
        answer.String(tensor.Name);
        answer.Raw(",\"data_type\":"u8);
        answer.String(tensor.TypeName);
        answer.Raw(",\"dims\":"u8);
        Numbers(answer, tensor.Shape);
    }

    private static void Strings(AnswerBuffer answer, IReadOnlyList<string> values)
    {
        answer.Raw("["u8);
        for (int i = 0; i < values.Count; i++)
        {
            answer.Raw(i > 0 ? ","u8 : ""u8);
            answer.String(values[i]);
        }
        answer.Raw("]"u8);
    }

    private static void Numbers(AnswerBuffer answer, long[] values)
    {
        answer.Raw("["u8);
        for (int i = 0; i < values.Length; i++)
        {
            answer.Raw(i > 0 ? ","u8 : ""u8);
            answer.Number(values[i]);
        }
        answer.Raw("]"u8);
    }
}
