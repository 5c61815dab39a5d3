using System.Text.Json;
using Firn.Server.Inference;
using Firn.Server.Wire.Tensorflow;
using Google.Protobuf;

namespace Firn.Server.Rest;

/// <summary>A request of the Open Inference Protocol.</summary>
/// <param name="Id">The client's name for it, given back in the answer; null without one.</param>
/// <param name="Input">The texts.</param>
/// <param name="Vocabulary">The vocabulary's hash from the parameters; null without one.</param>
internal readonly record struct OpenInferenceRequest(string? Id, ModelInput Input, string? Vocabulary);

/// <summary>Reads the JSON of <c>/v2/models/NAME/infer</c>.</summary>
internal static class OpenInferenceReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <exception cref="ServingException">The body is no such request, or its values do not fit the model.</exception>
    public static OpenInferenceRequest Read(ReadOnlySpan<byte> body, InputShape model, ServingLimits limits)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body.ToArray(), Options);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw ServingException.Invalid("the body must be a JSON object with 'inputs'");
            if (!root.TryGetProperty("inputs", out JsonElement inputs) || inputs.ValueKind != JsonValueKind.Array)
                throw ServingException.Invalid("'inputs' must be a list of tensors");
            CheckOutputs(root);
            var tensors = new List<(string, TensorProto)>();
            foreach (JsonElement input in inputs.EnumerateArray())
                tensors.Add(Tensor(input, limits));
            string? id = root.TryGetProperty("id", out JsonElement named) ? Text(named, "id") : null;
            return new OpenInferenceRequest(id, OpenInferenceInput.Read(tensors, model, limits), Vocabulary(root));
        }
        catch (JsonException error)
        {
            throw PredictReader.Unreadable(error);
        }
        catch (InvalidOperationException)
        {
            throw ServingException.Invalid("a string of the body is not valid UTF-8 or holds half a surrogate pair");
        }
    }

    private static (string Name, TensorProto Tensor) Tensor(JsonElement input, ServingLimits limits)
    {
        if (input.ValueKind != JsonValueKind.Object)
            throw ServingException.Invalid("an input must be an object with name, shape, datatype and data");
        string name = input.TryGetProperty("name", out JsonElement n) ? Text(n, "name") : throw Missing("name");
        string datatype = input.TryGetProperty("datatype", out JsonElement d) ? Text(d, "datatype") : throw Missing("datatype");
        if (!input.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array)
            throw Missing("shape");
        if (!input.TryGetProperty("data", out JsonElement data) || data.ValueKind != JsonValueKind.Array)
            throw Missing("data");
        var sizes = new List<long>();
        foreach (JsonElement size in shape.EnumerateArray())
            sizes.Add(size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long value) ? value : throw ServingException.Invalid($"input '{name}': the shape holds whole numbers"));
        var tensor = new TensorProto { Dtype = OpenInferenceInput.TypeOf(datatype, name), TensorShape = OpenInferenceInput.Shape(sizes) };
        long most = limits.MaxBodyBytes;
        Collect(data, tensor, name, ref most);
        long count = sizes.Aggregate(1L, (product, size) => size is < 0 or > int.MaxValue || product > int.MaxValue ? long.MaxValue : product * size);
        long found = limits.MaxBodyBytes - most;
        if (count != found)
            throw ServingException.Invalid($"input '{name}': data holds {found} values where the shape [{string.Join(',', sizes)}] needs another number");
        return (name, tensor);

        ServingException Missing(string key) => ServingException.Invalid($"an input lacks '{key}' or has it in another form; it needs name, shape, datatype and data");
    }

    private static void Collect(JsonElement data, TensorProto tensor, string name, ref long left)
    {
        foreach (JsonElement value in data.EnumerateArray())
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                Collect(value, tensor, name, ref left);
                continue;
            }
            left--;
            bool taken = false;
            switch (tensor.Dtype)
            {
                case DataType.DtString when value.ValueKind == JsonValueKind.String:
                    tensor.StringVal.Add(ByteString.CopyFromUtf8(value.GetString()!));
                    taken = true;
                    break;
                case DataType.DtInt32 when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id):
                    tensor.IntVal.Add(id);
                    taken = true;
                    break;
                case DataType.DtInt64 when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long wide):
                    tensor.Int64Val.Add(wide);
                    taken = true;
                    break;
                case DataType.DtFloat when value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number):
                    tensor.FloatVal.Add(number);
                    taken = true;
                    break;
            }
            if (!taken)
                throw ServingException.Invalid($"input '{name}': the data holds a value that does not fit its datatype");
        }
    }

    private static void CheckOutputs(JsonElement root)
    {
        if (!root.TryGetProperty("outputs", out JsonElement outputs))
            return;
        if (outputs.ValueKind != JsonValueKind.Array)
            throw ServingException.Invalid("'outputs' must be a list of objects with a name");
        foreach (JsonElement output in outputs.EnumerateArray())
        {
            OpenInferenceInput.CheckOutput(output.ValueKind == JsonValueKind.Object && output.TryGetProperty("name", out JsonElement name)
                ? Text(name, "name") : null);
        }
    }

    private static string? Vocabulary(JsonElement root) =>
        root.TryGetProperty("parameters", out JsonElement parameters) && parameters.ValueKind == JsonValueKind.Object
        && parameters.TryGetProperty("vocabulary", out JsonElement hash) ? Text(hash, "vocabulary") : null;

    private static string Text(JsonElement value, string key) => value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw ServingException.Invalid($"'{key}' must be a string");
}
