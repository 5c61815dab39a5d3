using System.Text.Json;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;

namespace Firn.Server.Inputs;

/// <summary>Reads texts: signature <c>serving_default</c>.</summary>
internal static class TextInputReader
{
    public static ModelInput Read(ref Utf8JsonReader reader, bool rows, ServingLimits limits)
    {
        if (rows)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                throw ServingException.Invalid(
                    $"instances: expected a list, found {JsonValues.Name(reader.TokenType)}"
                );
            return ModelInput.FromTexts(List(ref reader, limits, named: true, "instance"));
        }
        if (reader.TokenType == JsonTokenType.StartObject && IsNamed(reader))
        {
            InputObject.Open(ref reader, Signatures.TextInput, "inputs");
            ModelInput input = Column(ref reader, limits);
            InputObject.Close(ref reader, Signatures.TextInput, "inputs");
            return input;
        }
        return Column(ref reader, limits);
    }

    private static ModelInput Column(ref Utf8JsonReader reader, ServingLimits limits) =>
        ModelInput.FromTexts(
            reader.TokenType == JsonTokenType.StartArray
                ? List(ref reader, limits, named: false, "inputs: text")
                : [JsonValues.Text(ref reader, "inputs")]
        );

    private static List<string> List(ref Utf8JsonReader reader, ServingLimits limits, bool named, string what)
    {
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (texts.Count == limits.MaxInstances)
                throw ServingException.Invalid($"more than {limits.MaxInstances} instances; send them in parts");
            string where = $"{what} {texts.Count}";
            if (named && reader.TokenType == JsonTokenType.StartObject && IsNamed(reader))
            {
                InputObject.Open(ref reader, Signatures.TextInput, where);
                texts.Add(JsonValues.Text(ref reader, where));
                InputObject.Close(ref reader, Signatures.TextInput, where);
            }
            else
            {
                texts.Add(JsonValues.Text(ref reader, where));
            }
        }
        return texts;
    }

    /// <summary>True at an object of named inputs, false at <c>{"b64": ...}</c>; the reader is a copy.</summary>
    private static bool IsNamed(Utf8JsonReader reader) =>
        reader.Read() && (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("b64"u8));
}
