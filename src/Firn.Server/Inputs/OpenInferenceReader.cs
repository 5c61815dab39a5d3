using System.Text;
using System.Text.Json;
using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;
using Firn.Server.Wire.Tensorflow;
using Google.Protobuf;

namespace Firn.Server.Inputs;

/// <summary>A request of the Open Inference Protocol.</summary>
/// <param name="Id">The client's name for it, given back in the answer; null without one.</param>
/// <param name="Input">The texts.</param>
/// <param name="Vocabulary">The vocabulary's hash from the parameters; null without one.</param>
/// <param name="Binary">The client wants the scores as bytes behind the JSON.</param>
internal readonly record struct OpenInferenceRequest(string? Id, ModelInput Input, string? Vocabulary, bool Binary);

/// <summary>
/// Reads the body of <c>/v2/models/NAME/infer</c>: JSON, and behind it, by Triton's extension, the values of those
/// inputs that have <c>binary_data_size</c>.
/// </summary>
internal static class OpenInferenceReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <param name="body">The whole body.</param>
    /// <param name="json">
    /// Bytes of JSON at its beginning, from the header <c>Inference-Header-Content-Length</c>; null without one.
    /// </param>
    /// <param name="model">What ids and vectors must look like.</param>
    /// <param name="limits">How much a request may ask for.</param>
    /// <exception cref="ServingException">The body is no such request, or its values do not fit the model.</exception>
    public static OpenInferenceRequest Read(ReadOnlySpan<byte> body, int? json, InputShape model, ServingLimits limits)
    {
        if (json > body.Length)
            throw ServingException.Invalid(
                $"{BinaryTensors.Header} is {json} and the body has {body.Length} bytes; it is the length of the "
                    + $"JSON at the body's beginning"
            );
        if (json == 0)
        {
            // Triton's form without any JSON: the body is the value of the only input, here one text.
            return new OpenInferenceRequest(
                null,
                ModelInput.FromTexts([JsonValues.Utf8(body, "the body")]),
                null,
                Binary: true
            );
        }
        byte[]? binary = json is { } length ? body[length..].ToArray() : null;
        ReadOnlySpan<byte> text = body[..(json ?? body.Length)];
        byte[]? replaced = null;
        try
        {
            try
            {
                return Document(text, binary, model, limits);
            }
            catch (JsonException) when ((replaced = NonFinite.Replace(text)) is not null)
            {
                return Document(replaced, binary, model, limits);
            }
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

    private static OpenInferenceRequest Document(
        ReadOnlySpan<byte> json,
        byte[]? binary,
        InputShape model,
        ServingLimits limits
    )
    {
        using JsonDocument document = JsonDocument.Parse(json.ToArray(), Options);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw ServingException.Invalid("the body must be a JSON object with 'inputs'");
        if (!root.TryGetProperty("inputs", out JsonElement inputs) || inputs.ValueKind != JsonValueKind.Array)
            throw ServingException.Invalid("'inputs' must be a list of tensors");
        bool binaryOutput = Output(root);
        var tensors = new List<(string, TensorProto)>();
        int at = 0;
        foreach (JsonElement input in inputs.EnumerateArray())
            tensors.Add(Tensor(input, binary, ref at, limits));
        if (binary is not null && at != binary.Length)
            throw ServingException.Invalid(
                $"{binary.Length - at} bytes are left behind the inputs' binary data; {BinaryTensors.Header} and "
                    + $"binary_data_size must add up to the body's length"
            );
        string? id = root.TryGetProperty("id", out JsonElement named) ? Text(named, "id") : null;
        return new OpenInferenceRequest(
            id,
            OpenInferenceInput.Read(tensors, model, limits),
            Vocabulary(root),
            binaryOutput
        );
    }

    private static (string Name, TensorProto Tensor) Tensor(
        JsonElement input,
        byte[]? binary,
        ref int at,
        ServingLimits limits
    )
    {
        if (input.ValueKind != JsonValueKind.Object)
            throw ServingException.Invalid("an input must be an object with name, shape, datatype and data");
        string name = input.TryGetProperty("name", out JsonElement n) ? Text(n, "name") : throw Missing("name");
        string datatype = input.TryGetProperty("datatype", out JsonElement d)
            ? Text(d, "datatype")
            : throw Missing("datatype");
        if (!input.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array)
            throw Missing("shape");
        var sizes = new List<long>();
        foreach (JsonElement size in shape.EnumerateArray())
            sizes.Add(
                size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long value)
                    ? value
                    : throw ServingException.Invalid($"input '{name}': the shape holds whole numbers")
            );
        bool given = input.TryGetProperty("data", out JsonElement data);
        if (BinarySize(input, name) is { } length)
        {
            if (given)
                throw ServingException.Invalid($"input '{name}' has both data and binary_data_size; send one of them");
            if (binary is null)
                throw ServingException.Invalid(
                    $"input '{name}' has binary_data_size; the header {BinaryTensors.Header} must then tell where "
                        + $"the JSON ends"
                );
            if (length > binary.Length - at)
                throw ServingException.Invalid(
                    $"input '{name}': binary_data_size is {length} and {binary.Length - at} bytes are left behind "
                        + $"the JSON"
                );
            at += length;
            return (name, OpenInferenceInput.Raw(name, datatype, sizes, binary.AsSpan(at - length, length)));
        }
        if (!given || data.ValueKind != JsonValueKind.Array)
            throw Missing("data");
        var tensor = new TensorProto
        {
            Dtype = OpenInferenceInput.TypeOf(datatype, name),
            TensorShape = OpenInferenceInput.Shape(sizes),
        };
        long most = limits.MaxBodyBytes;
        Collect(data, tensor, name, ref most);
        OpenInferenceInput.CheckCount(name, sizes, limits.MaxBodyBytes - most);
        return (name, tensor);

        ServingException Missing(string key) =>
            ServingException.Invalid(
                $"an input lacks '{key}' or has it in another form; it needs name, shape, datatype and data"
            );
    }

    private static int? BinarySize(JsonElement input, string name)
    {
        if (!input.TryGetProperty("parameters", out JsonElement parameters))
            return null;
        if (parameters.ValueKind != JsonValueKind.Object)
            throw ServingException.Invalid($"input '{name}': parameters must be an object");
        if (parameters.TryGetProperty("shared_memory_region", out _))
            throw new ServingException(
                Grpc.Core.StatusCode.Unimplemented,
                $"input '{name}': shared memory is not supported; send the data in the body"
            );
        if (!parameters.TryGetProperty("binary_data_size", out JsonElement size))
            return null;
        return size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out int length) && length >= 0
            ? length
            : throw ServingException.Invalid($"input '{name}': binary_data_size must be a whole number of bytes");
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
                case DataType.DtInt64
                    when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long linear):
                    tensor.Int64Val.Add(linear);
                    taken = true;
                    break;
                case DataType.DtFloat
                    when value.ValueKind == JsonValueKind.Number
                        && NonFinite.TryRead(Encoding.ASCII.GetBytes(value.GetRawText()), out float number):
                    tensor.FloatVal.Add(number);
                    taken = true;
                    break;
            }
            if (!taken)
                throw ServingException.Invalid(
                    $"input '{name}': the data holds a value that does not fit its datatype"
                );
        }
    }

    /// <summary>
    /// Whether the scores are wanted as bytes: what the output's own parameters say, or else the request's.
    /// </summary>
    private static bool Output(JsonElement root)
    {
        bool binary = Flag(root, "binary_data_output") ?? false;
        if (!root.TryGetProperty("outputs", out JsonElement outputs))
            return binary;
        if (outputs.ValueKind != JsonValueKind.Array)
            throw ServingException.Invalid("'outputs' must be a list of objects with a name");
        foreach (JsonElement output in outputs.EnumerateArray())
        {
            OpenInferenceInput.CheckOutput(
                output.ValueKind == JsonValueKind.Object && output.TryGetProperty("name", out JsonElement name)
                    ? Text(name, "name")
                    : null
            );
            binary = Flag(output, "binary_data") ?? binary;
            if (
                Parameter(output, "classification") is { } classes
                && !(classes.ValueKind == JsonValueKind.Number && classes.TryGetInt32(out int count) && count == 0)
            )
                throw new ServingException(
                    Grpc.Core.StatusCode.Unimplemented,
                    "classification of an output is not supported; the scores stand in the order of the labels"
                );
            if (Parameter(output, "shared_memory_region") is not null)
                throw new ServingException(
                    Grpc.Core.StatusCode.Unimplemented,
                    "shared memory is not supported; the scores come in the body"
                );
        }
        return binary;
    }

    private static bool? Flag(JsonElement owner, string name) =>
        Parameter(owner, name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            _ => throw ServingException.Invalid($"'{name}' must be true or false"),
        };

    private static JsonElement? Parameter(JsonElement owner, string name) =>
        owner.TryGetProperty("parameters", out JsonElement parameters)
        && parameters.ValueKind == JsonValueKind.Object
        && parameters.TryGetProperty(name, out JsonElement value)
            ? value
            : null;

    private static string? Vocabulary(JsonElement root) =>
        Parameter(root, "vocabulary") is { } hash ? Text(hash, "vocabulary") : null;

    private static string Text(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw ServingException.Invalid($"'{key}' must be a string");
}
