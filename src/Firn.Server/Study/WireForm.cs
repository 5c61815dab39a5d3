using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Firn.Client;
using Firn.Server.Batching;
using Firn.Server.Inference;
using Firn.Server.Inputs;
using Firn.Server.Wire.Serving;
using Firn.Server.Wire.Tensorflow;
using Google.Protobuf;

namespace Firn.Server.Study;

/// <summary>How a text's content travels.</summary>
internal enum WireTransport
{
    /// <summary>JSON over HTTP/1.1.</summary>
    Json,

    /// <summary>protobuf over gRPC.</summary>
    Grpc,

    /// <summary>Packed ids over HTTP/1.1.</summary>
    Packed,

    /// <summary>Packed ids over HTTP/2.</summary>
    PackedHttp2,
}

/// <summary>One way to send texts: what is sent, and over what.</summary>
/// <param name="Name">What is sent, as tables name it.</param>
/// <param name="Transport">Over what.</param>
/// <param name="Body">Makes a request's body of texts.</param>
internal sealed record WireForm(string Name, WireTransport Transport, Func<IReadOnlyList<string>, byte[]> Body)
{
    /// <summary>Every way, the heaviest first.</summary>
    public static IReadOnlyList<WireForm> All(IScorer scorer, string model) =>
        [
            new(
                "float vectors",
                WireTransport.Json,
                texts => Json(Signatures.Vectors, texts.Select(t => Rows(Vectors(scorer, t))))
            ),
            new("float vectors", WireTransport.Grpc, texts => VectorTensor(scorer, model, texts)),
            new(
                "padded ids",
                WireTransport.Json,
                texts => Json(Signatures.Ids, texts.Select(t => Numbers(Padded(scorer, t))))
            ),
            new(
                "padded ids",
                WireTransport.Grpc,
                texts =>
                    IdTensor(model, [texts.Count, scorer.MaxTokens], texts.SelectMany(t => Padded(scorer, t)), null)
            ),
            new(
                "ragged ids",
                WireTransport.Json,
                texts => Json(Signatures.Ids, texts.Select(t => Numbers(Ids(scorer, t))))
            ),
            new("ragged ids", WireTransport.Grpc, texts => RaggedTensor(scorer, model, texts)),
            new("raw text", WireTransport.Json, texts => Json(null, texts.Select(t => (JsonNode)t))),
            new("raw text", WireTransport.Grpc, texts => TextTensor(model, texts)),
            new("packed ids", WireTransport.Packed, texts => Packed(scorer, texts)),
            new("packed ids", WireTransport.PackedHttp2, texts => Packed(scorer, texts)),
        ];

    /// <summary>The transport as tables name it.</summary>
    public string TransportName =>
        Transport switch
        {
            WireTransport.Json => "JSON",
            WireTransport.Grpc => "protobuf, gRPC",
            WireTransport.Packed => "LEB128, HTTP/1.1",
            _ => "LEB128, HTTP/2",
        };

    private static readonly JsonWriterOptions _relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static byte[] Json(string? signature, IEnumerable<JsonNode> instances)
    {
        var body = new JsonObject();
        if (signature is not null)
            body["signature_name"] = signature;
        body["instances"] = new JsonArray([.. instances]);
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, _relaxed))
            body.WriteTo(writer);
        return bytes.ToArray();
    }

    private static JsonArray Numbers(int[] values) => new([.. values.Select(value => (JsonNode)value)]);

    private static JsonArray Rows(float[][] rows) =>
        new([.. rows.Select(row => new JsonArray([.. row.Select(value => (JsonNode)value)]))]);

    private static int[] Ids(IScorer scorer, string text)
    {
        var ids = new List<int>();
        scorer.Encode(text, ids, []);
        return [.. ids];
    }

    private static int[] Padded(IScorer scorer, string text)
    {
        int[] ids = Ids(scorer, text),
            padded = new int[scorer.MaxTokens];
        ids.CopyTo(padded, padded.Length - ids.Length);
        return padded;
    }

    private static float[][] Vectors(IScorer scorer, string text) =>
        [.. Ids(scorer, text).Select(id => scorer.VectorOf(id).ToArray())];

    private static byte[] Packed(IScorer scorer, IReadOnlyList<string> texts)
    {
        var body = new List<byte>();
        foreach (string text in texts)
            PackedIds.Append(Ids(scorer, text), body);
        return [.. body];
    }

    private static byte[] VectorTensor(IScorer scorer, string model, IReadOnlyList<string> texts)
    {
        // A tensor is rectangular: texts are padded with zero vectors to the longest, as a client of fixed shapes must.
        float[][][] rows = [.. texts.Select(t => Vectors(scorer, t))];
        int longest = Math.Max(1, rows.Max(r => r.Length)),
            width = scorer.Dimension;
        byte[] content = new byte[texts.Count * longest * width * sizeof(float)];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int p = 0; p < rows[i].Length; p++)
                Buffer.BlockCopy(
                    rows[i][p],
                    0,
                    content,
                    (((i * longest) + p) * width) * sizeof(float),
                    width * sizeof(float)
                );
        }
        var tensor = new TensorProto
        {
            Dtype = DataType.DtFloat,
            TensorShape = OpenInferenceInput.Shape([texts.Count, longest, width]),
            TensorContent = ByteString.CopyFrom(content),
        };
        return Request(model, Signatures.Vectors, (Signatures.VectorsInput, tensor));
    }

    private static byte[] IdTensor(string model, long[] shape, IEnumerable<int> ids, TensorProto? splits)
    {
        var tensor = new TensorProto { Dtype = DataType.DtInt32, TensorShape = OpenInferenceInput.Shape(shape) };
        tensor.IntVal.AddRange(ids);
        return splits is null
            ? Request(model, Signatures.Ids, (Signatures.IdsInput, tensor))
            : Request(model, Signatures.Ids, (Signatures.IdsInput, tensor), (Signatures.RowSplitsInput, splits));
    }

    private static byte[] RaggedTensor(IScorer scorer, string model, IReadOnlyList<string> texts)
    {
        int[][] ids = [.. texts.Select(t => Ids(scorer, t))];
        var splits = new TensorProto
        {
            Dtype = DataType.DtInt32,
            TensorShape = OpenInferenceInput.Shape([ids.Length + 1]),
        };
        int end = 0;
        splits.IntVal.Add(0);
        foreach (int[] text in ids)
            splits.IntVal.Add(end += text.Length);
        return IdTensor(model, [end], ids.SelectMany(i => i), splits);
    }

    private static byte[] TextTensor(string model, IReadOnlyList<string> texts)
    {
        var tensor = new TensorProto
        {
            Dtype = DataType.DtString,
            TensorShape = OpenInferenceInput.Shape([texts.Count]),
        };
        tensor.StringVal.AddRange(texts.Select(t => ByteString.CopyFrom(Encoding.UTF8.GetBytes(t))));
        return Request(model, "", (Signatures.TextInput, tensor));
    }

    private static byte[] Request(string model, string signature, params (string Name, TensorProto Tensor)[] inputs)
    {
        var request = new Wire.Serving.PredictRequest
        {
            ModelSpec = new ModelSpec { Name = model, SignatureName = signature },
        };
        foreach ((string name, TensorProto tensor) in inputs)
            request.Inputs[name] = tensor;
        return request.ToByteArray();
    }
}
