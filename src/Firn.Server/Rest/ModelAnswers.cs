using Firn.Server.Contracts;
using Firn.Server.Http;
using Firn.Server.Inference;
using Firn.Server.Models;
using Firn.Server.Telemetry;

namespace Firn.Server.Rest;

/// <summary>Writes scores, classes, states and metadata in TensorFlow Serving's JSON.</summary>
internal static class ModelAnswers
{
    /// <summary>
    /// <c>{"predictions": [[...], ...]}</c> or <c>{"outputs": ...}</c>, one row of K scores a text; where given, labels
    /// and known tokens of the texts behind it.
    /// </summary>
    public static void Predictions(
        AnswerBuffer answer,
        ReadOnlySpan<float> scores,
        int width,
        bool rows,
        TextLabels? labels
    )
    {
        answer.Raw(rows ? "{\"predictions\":["u8 : "{\"outputs\":["u8);
        for (int at = 0; at < scores.Length; at += width)
        {
            if (at > 0)
                answer.Raw(","u8);
            answer.Row(scores.Slice(at, width));
        }
        answer.Raw("]"u8);
        Labels(answer, labels);
        answer.Raw("}"u8);
    }

    /// <summary><c>,"labels":["positive"],"known_tokens":[3]</c>; the tokens are known of texts alone.</summary>
    private static void Labels(AnswerBuffer answer, TextLabels? told)
    {
        if (told is not { } labels)
            return;
        answer.Raw(",\"labels\":["u8);
        for (int i = 0; i < labels.Count; i++)
        {
            if (i > 0)
                answer.Raw(","u8);
            answer.String(labels.Of(i).Label);
        }
        if (labels.HasKnownTokens)
        {
            answer.Raw("],\"known_tokens\":["u8);
            for (int i = 0; i < labels.Count; i++)
            {
                if (i > 0)
                    answer.Raw(","u8);
                answer.Number(labels.KnownTokens(i));
            }
        }
        answer.Raw("]"u8);
    }

    /// <summary>
    /// <c>{"results": [[["negative", 0.1], ["positive", 0.9]], ...]}</c>, and where given <c>"labels": ["positive",
    /// ...]</c>.
    /// </summary>
    public static void Classes(
        AnswerBuffer answer,
        ReadOnlySpan<float> scores,
        IReadOnlyList<string> labels,
        int width,
        TextLabels? decided
    )
    {
        answer.Raw("{\"results\":["u8);
        for (int at = 0; at < scores.Length; at += width)
        {
            answer.Raw(at > 0 ? ",["u8 : "["u8);
            for (int c = 0; c < labels.Count; c++)
            {
                answer.Raw(c > 0 ? ",["u8 : "["u8);
                answer.String(labels[c]);
                answer.Raw(","u8);
                answer.Number(ClassScores.Of(scores.Slice(at, width), c));
                answer.Raw("]"u8);
            }
            answer.Raw("]"u8);
        }
        answer.Raw("]"u8);
        Labels(answer, decided);
        answer.Raw("}"u8);
    }

    /// <summary><c>{"results": [0.9, ...]}</c>.</summary>
    public static void Values(AnswerBuffer answer, ReadOnlySpan<float> scores)
    {
        answer.Raw("{\"results\":"u8);
        answer.Row(scores);
        answer.Raw("}"u8);
    }

    public static void Status(AnswerBuffer answer, IReadOnlyList<VersionStatus> statuses)
    {
        answer.Raw("{\n \"model_version_status\": ["u8);
        for (int i = 0; i < statuses.Count; i++)
        {
            VersionStatus status = statuses[i];
            answer.Raw(i > 0 ? ",\n  {\n   \"version\": \""u8 : "\n  {\n   \"version\": \""u8);
            answer.Number(status.Version);
            answer.Raw("\",\n   \"state\": "u8);
            answer.String(status.State.ToString().ToUpperInvariant());
            answer.Raw(",\n   \"status\": {\n    \"error_code\": "u8);
            answer.String(CanonicalNames.Of(status.Code));
            answer.Raw(",\n    \"error_message\": "u8);
            answer.String(status.Message);
            answer.Raw("\n   }\n  }"u8);
        }
        answer.Raw("\n ]\n}\n"u8);
    }

    /// <summary>
    /// <c>{"models": [{"name": "tweets", "versions": ["2"], "labels": {"stable": "2"}}]}</c>: what serves, by name.
    /// </summary>
    public static void Models(AnswerBuffer answer, IEnumerable<ServedModel> models)
    {
        answer.Raw("{\"models\": ["u8);
        bool first = true;
        foreach (ServedModel model in models.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            answer.Raw(first ? "\n {\"name\": "u8 : ",\n {\"name\": "u8);
            first = false;
            answer.String(model.Name);
            answer.Raw(", \"versions\": ["u8);
            string separator = "";
            foreach (ModelVersion version in model.Available)
            {
                answer.Raw(separator.Length == 0 ? ""u8 : ", "u8);
                answer.String(version.NumberText);
                separator = ",";
            }
            answer.Raw("], \"labels\": {"u8);
            separator = "";
            foreach ((string label, long version) in model.Labels.OrderBy(l => l.Key, StringComparer.Ordinal))
            {
                answer.Raw(separator.Length == 0 ? ""u8 : ", "u8);
                answer.String(label);
                answer.Raw(": \""u8);
                answer.Number(version);
                answer.Raw("\""u8);
                separator = ",";
            }
            answer.Raw("}}"u8);
        }
        answer.Raw("\n]}\n"u8);
    }

    public static void Metadata(AnswerBuffer answer, ModelVersion version)
    {
        answer.Raw("{\n \"model_spec\": {\"name\": "u8);
        answer.String(version.Model);
        answer.Raw(", \"signature_name\": \"\", \"version\": \""u8);
        answer.Number(version.Number);
        answer.Raw("\"},\n \"metadata\": {\"signature_def\": {\"signature_def\": {"u8);
        bool first = true;
        foreach (SignatureShape signature in SignatureShape.All(version.Scorer))
        {
            answer.Raw(first ? "\n  "u8 : ",\n  "u8);
            first = false;
            answer.String(signature.Name);
            answer.Raw(": {\n   \"inputs\": {"u8);
            Tensors(answer, signature.Inputs);
            answer.Raw("},\n   \"outputs\": {"u8);
            Tensors(answer, signature.Outputs);
            answer.Raw("},\n   \"method_name\": "u8);
            answer.String(signature.Method);
            answer.Raw("}"u8);
        }
        answer.Raw("\n }}}\n}\n"u8);
    }

    private static void Tensors(AnswerBuffer answer, IReadOnlyList<TensorShape> tensors)
    {
        for (int i = 0; i < tensors.Count; i++)
        {
            answer.Raw(i > 0 ? ", "u8 : ""u8);
            answer.String(tensors[i].Name);
            answer.Raw(": {\"dtype\": "u8);
            answer.String(tensors[i].Type);
            answer.Raw(", \"tensor_shape\": {\"dim\": ["u8);
            for (int d = 0; d < tensors[i].Shape.Length; d++)
            {
                answer.Raw(d > 0 ? ", {\"size\": \""u8 : "{\"size\": \""u8);
                answer.Number(tensors[i].Shape[d]);
                answer.Raw("\", \"name\": \"\"}"u8);
            }
            answer.Raw("], \"unknown_rank\": false}, \"name\": "u8);
            answer.String(tensors[i].Name + ":0");
            answer.Raw("}"u8);
        }
    }
}
