using System.Text.Json;
using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;

namespace Firn.Server.Inputs;

/// <summary>
/// Reads the JSON of <c>:predict</c>. The keys may come in any order, and what <c>instances</c> must look like depends
/// on <c>signature_name</c>, so a first pass finds the parts and a second reads the values.
/// </summary>
internal static class PredictReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 16 };

    /// <exception cref="ServingException">The body is no such request, or its values do not fit the model.</exception>
    public static PredictRequest Read(ReadOnlySpan<byte> body, InputShape shape, ServingLimits limits)
    {
        byte[]? replaced = null;
        try
        {
            try
            {
                return ReadParts(body, shape, limits);
            }
            catch (JsonException) when ((replaced = NonFinite.Replace(body)) is not null)
            {
                return ReadParts(replaced, shape, limits);
            }
        }
        catch (JsonException error)
        {
            throw Unreadable(error);
        }
        catch (InvalidOperationException)
        {
            // What the reader throws where a key has an escape that no text can hold.
            throw ServingException.Invalid("a key of the body is not valid UTF-8 or holds half a surrogate pair");
        }
    }

    private static PredictRequest ReadParts(ReadOnlySpan<byte> body, InputShape shape, ServingLimits limits)
    {
        Parts parts = Find(body);
        InputKind kind = Signatures.KindOf(parts.Signature);
        bool rows = parts.Instances.Length > 0;
        var reader = new Utf8JsonReader((rows ? parts.Instances : parts.Inputs).Of(body), Options);
        reader.Read();
        ModelInput input = kind switch
        {
            InputKind.Texts => TextInputReader.Read(ref reader, rows, limits),
            InputKind.Ids => IdsInputReader.Read(ref reader, rows, limits),
            _ => VectorsInputReader.Read(ref reader, rows, shape, limits),
        };
        return new PredictRequest(input, rows, parts.Vocabulary);
    }

    /// <summary>The message for a body that is no JSON.</summary>
    public static ServingException Unreadable(JsonException error) =>
        ServingException.Invalid($"JSON Parse error: {error.Message}");

    private static Parts Find(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, Options);
        if (body.IsEmpty)
            throw ServingException.Invalid("JSON Parse error: The document is empty");
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw ServingException.Invalid(
                $"the body must be a JSON object, found {JsonValues.Name(reader.TokenType)}"
            );
        var parts = new Parts();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("signature_name"u8))
            {
                parts.Signature = Once(ref reader, parts.Signature, "signature_name");
            }
            else if (reader.ValueTextEquals("vocabulary"u8))
            {
                parts.Vocabulary = Once(ref reader, parts.Vocabulary, "vocabulary");
            }
            else if (reader.ValueTextEquals("instances"u8))
            {
                parts.Instances = Once(ref reader, parts.Instances, "instances");
            }
            else if (reader.ValueTextEquals("inputs"u8))
            {
                parts.Inputs = Once(ref reader, parts.Inputs, "inputs");
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        // Reads on to the end, so that anything after the object is an error.
        while (reader.Read()) { }
        bool rows = parts.Instances.Length > 0,
            columns = parts.Inputs.Length > 0;
        if (rows && columns)
            throw ServingException.Invalid("Not formatted correctly: use either \"instances\" or \"inputs\", not both");
        if (!rows && !columns)
            throw ServingException.Invalid("Missing 'inputs' or 'instances' key");
        return parts;
    }

    private static string Once(ref Utf8JsonReader reader, string? before, string key)
    {
        if (before is not null)
            throw ServingException.Invalid($"'{key}' is given twice");
        reader.Read();
        return reader.TokenType == JsonTokenType.String
            ? JsonValues.String(ref reader, key)
            : throw ServingException.Invalid($"'{key}' must be a string, found {JsonValues.Name(reader.TokenType)}");
    }

    private static Part Once(ref Utf8JsonReader reader, Part before, string key)
    {
        if (before.Length > 0)
            throw ServingException.Invalid($"'{key}' is given twice");
        reader.Read();
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new Part(start, (int)reader.BytesConsumed - start);
    }

    private readonly record struct Part(int Start, int Length)
    {
        public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> body) => body.Slice(Start, Length);
    }

    private struct Parts
    {
        public string? Signature;
        public string? Vocabulary;
        public Part Instances;
        public Part Inputs;
    }
}
