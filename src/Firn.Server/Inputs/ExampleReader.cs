using System.Text.Json;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;

namespace Firn.Server.Inputs;

/// <summary>
/// Reads the JSON of <c>:classify</c> and <c>:regress</c>: a list of examples, each with the feature <c>text</c> or
/// <c>ids</c>, and an optional context whose features count for every example. Other features are passed over.
/// </summary>
internal static class ExampleReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <exception cref="ServingException">The body is no such request.</exception>
    public static ExampleRequest Read(ReadOnlySpan<byte> body, ServingLimits limits)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body.ToArray(), Options);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw ServingException.Invalid($"the body must be a JSON object, found {Name(root)}");
            string? signature = root.TryGetProperty("signature_name", out JsonElement named)
                ? Text(named, "signature_name")
                : null;
            if (!root.TryGetProperty("examples", out JsonElement examples))
                throw ServingException.Invalid(
                    "When method is classify or regress, key 'examples' is expected and was not found"
                );
            if (examples.ValueKind != JsonValueKind.Array)
                throw ServingException.Invalid($"examples: expected a list, found {Name(examples)}");
            JsonElement? context = root.TryGetProperty("context", out JsonElement shared) ? shared : null;
            if (context is { ValueKind: not JsonValueKind.Object })
                throw ServingException.Invalid($"context: expected an object of features, found {Name(context.Value)}");
            return new(signature, Collect(examples, context, limits));
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

    private static ModelInput Collect(JsonElement examples, JsonElement? context, ServingLimits limits)
    {
        var collected = new ExampleInputs(limits);
        // Looked up once: a context may have a million features, and each look goes through all of them.
        JsonElement? sharedText = Feature(context, Signatures.TextInput),
            sharedIds = Feature(context, Signatures.IdsInput);
        int number = 0;
        foreach (JsonElement example in examples.EnumerateArray())
        {
            if (example.ValueKind != JsonValueKind.Object)
                throw ServingException.Invalid(
                    $"example {number}: expected an object of features, found {Name(example)}"
                );
            if (Feature(example, sharedText, Signatures.TextInput, number) is { } text)
                collected.AddText(Text(Single(text, number), $"example {number}: text"));
            else if (Feature(example, sharedIds, Signatures.IdsInput, number) is { } ids)
                collected.AddIds(Ids(ids, number));
            else
                throw ServingException.Invalid(
                    $"example {number}: the feature '{Signatures.TextInput}' (or '{Signatures.IdsInput}') is missing"
                );
            number++;
        }
        return collected.ToInput();
    }

    private static JsonElement? Feature(JsonElement? context, string name) =>
        context is { } features && features.TryGetProperty(name, out JsonElement feature) ? feature : null;

    private static JsonElement? Feature(JsonElement example, JsonElement? shared, string name, int number)
    {
        JsonElement? own = Feature(example, name);
        if (own is not null && shared is not null)
            throw ServingException.Invalid(
                $"example {number}: the feature '{name}' stands in the context too; it may stand in one of them"
            );
        return own ?? shared;
    }

    private static JsonElement Single(JsonElement feature, int number)
    {
        if (feature.ValueKind != JsonValueKind.Array)
            return feature;
        return feature.GetArrayLength() == 1
            ? feature[0]
            : throw ServingException.Invalid(
                $"example {number}: the feature '{Signatures.TextInput}' holds {feature.GetArrayLength()} values; it "
                    + $"holds one text"
            );
    }

    private static int[] Ids(JsonElement feature, int number)
    {
        JsonElement[] values = feature.ValueKind == JsonValueKind.Array ? [.. feature.EnumerateArray()] : [feature];
        int[] ids = new int[values.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            if (values[i].ValueKind != JsonValueKind.Number || !values[i].TryGetInt32(out ids[i]))
                throw ServingException.Invalid(
                    $"example {number}: '{Signatures.IdsInput}' holds 32-bit whole numbers, found "
                        + $"{values[i].GetRawText()}"
                );
        }
        return ids;
    }

    private static string Text(JsonElement value, string where)
    {
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString()!;
        if (
            value.ValueKind == JsonValueKind.Object
            && value.TryGetProperty("b64", out JsonElement packed)
            && packed.ValueKind == JsonValueKind.String
        )
        {
            return packed.TryGetBytesFromBase64(out byte[]? bytes)
                ? JsonValues.Utf8(bytes, where)
                : throw ServingException.Invalid($"{where}: b64 does not hold Base64");
        }
        throw ServingException.Invalid($"{where}: expected a string, found {Name(value)}");
    }

    private static string Name(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "a boolean",
            _ => "null",
        };
}
