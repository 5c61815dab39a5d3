using System.Text.Json;
using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;

namespace Firn.Server.Inputs;

/// <summary>Reads word vectors, one list of lists a text ([T,E]): signature <c>vectors</c>.</summary>
internal static class VectorsInputReader
{
    public static ModelInput Read(ref Utf8JsonReader reader, bool rows, InputShape shape, ServingLimits limits)
    {
        if (rows || reader.TokenType != JsonTokenType.StartObject)
            return Texts(ref reader, rows, shape, limits);
        InputObject.Open(ref reader, Signatures.VectorsInput, "inputs");
        ModelInput input = Texts(ref reader, rows, shape, limits);
        InputObject.Close(ref reader, Signatures.VectorsInput, "inputs");
        return input;
    }

    private static ModelInput Texts(ref Utf8JsonReader reader, bool rows, InputShape shape, ServingLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw ServingException.Invalid(
                $"{(rows ? "instances" : "inputs")}: expected a list, found {JsonValues.Name(reader.TokenType)}"
            );
        var values = new List<float>();
        var offsets = new List<int> { 0 };
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (offsets.Count > limits.MaxInstances)
                throw ServingException.Invalid($"more than {limits.MaxInstances} instances; send them in parts");
            string where = $"instance {offsets.Count - 1}";
            if (rows && reader.TokenType == JsonTokenType.StartObject)
            {
                InputObject.Open(ref reader, Signatures.VectorsInput, where);
                Tokens(ref reader, values, shape, limits, where);
                InputObject.Close(ref reader, Signatures.VectorsInput, where);
            }
            else
            {
                Tokens(ref reader, values, shape, limits, where);
            }
            offsets.Add(values.Count / shape.Dimension);
        }
        return ModelInput.FromVectors([.. values], [.. offsets]);
    }

    private static void Tokens(
        ref Utf8JsonReader reader,
        List<float> values,
        InputShape shape,
        ServingLimits limits,
        string where
    )
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw ServingException.Invalid(
                $"{where}: expected a list of vectors, found {JsonValues.Name(reader.TokenType)}"
            );
        int token = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (token == limits.MaxTokens)
                throw ServingException.Invalid(
                    $"{where}: more than {limits.MaxTokens} vectors; shorten it or cut it in parts"
                );
            JsonValues.Vector(ref reader, values, shape.Dimension, $"{where}, token {token}");
            token++;
        }
    }
}
