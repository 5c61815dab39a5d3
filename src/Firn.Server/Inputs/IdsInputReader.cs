using System.Text.Json;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;

namespace Firn.Server.Inputs;

/// <summary>
/// Reads token ids: signature <c>ids</c>. Lists may be ragged, or padded with 0 to one length; the column form may also
/// give all ids in one list with <c>row_splits</c>, as TensorFlow's ragged tensors do.
/// </summary>
internal static class IdsInputReader
{
    public static ModelInput Read(ref Utf8JsonReader reader, bool rows, ServingLimits limits)
    {
        if (rows)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                throw ServingException.Invalid(
                    $"instances: expected a list, found {JsonValues.Name(reader.TokenType)}"
                );
            return Lists(ref reader, limits, named: true, "instance");
        }
        return reader.TokenType switch
        {
            JsonTokenType.StartArray => Lists(ref reader, limits, named: false, "inputs: ids"),
            JsonTokenType.StartObject => Columns(ref reader, limits),
            _ => throw ServingException.Invalid(
                $"inputs: expected lists of ids, found {JsonValues.Name(reader.TokenType)}"
            ),
        };
    }

    /// <summary>Ids in one list, cut by row splits.</summary>
    /// <exception cref="ServingException">The splits do not rise from 0 to the number of ids.</exception>
    public static ModelInput Split(int[] ids, int[] splits)
    {
        if (splits.Length == 0 || splits[0] != 0 || splits[^1] != ids.Length)
            throw ServingException.Invalid(
                $"{Signatures.RowSplitsInput} must begin with 0 and end with the number of ids, {ids.Length}"
            );
        for (int i = 1; i < splits.Length; i++)
        {
            if (splits[i] < splits[i - 1])
                throw ServingException.Invalid(
                    $"{Signatures.RowSplitsInput} must not fall; value {i} is {splits[i]} after {splits[i - 1]}"
                );
        }
        return ModelInput.FromIds(ids, splits);
    }

    private static ModelInput Lists(ref Utf8JsonReader reader, ServingLimits limits, bool named, string what)
    {
        var ids = new List<int>();
        var offsets = new List<int> { 0 };
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (offsets.Count > limits.MaxInstances)
                throw ServingException.Invalid($"more than {limits.MaxInstances} instances; send them in parts");
            string where = $"{what} {offsets.Count - 1}";
            if (named && reader.TokenType == JsonTokenType.StartObject)
            {
                InputObject.Open(ref reader, Signatures.IdsInput, where);
                JsonValues.Ids(ref reader, ids, limits.MaxTokens, where);
                InputObject.Close(ref reader, Signatures.IdsInput, where);
            }
            else
            {
                JsonValues.Ids(ref reader, ids, limits.MaxTokens, where);
            }
            offsets.Add(ids.Count);
        }
        return ModelInput.FromIds([.. ids], [.. offsets]);
    }

    private static ModelInput Columns(ref Utf8JsonReader reader, ServingLimits limits)
    {
        ModelInput? lists = null;
        List<int>? flat = null,
            splits = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(Signatures.RowSplitsInput) && splits is null)
            {
                reader.Read();
                JsonValues.Ids(ref reader, splits = [], limits.MaxInstances + 1, Signatures.RowSplitsInput);
                continue;
            }
            InputObject.CheckName(ref reader, Signatures.IdsInput, "inputs");
            if (lists is not null || flat is not null)
                throw ServingException.Invalid("inputs: 'ids' is given twice");
            reader.Read();
            if (IsFlat(reader))
                JsonValues.Ids(ref reader, flat = [], limits.MaxInstances * limits.MaxTokens, "inputs: ids");
            else if (reader.TokenType == JsonTokenType.StartArray)
                lists = Lists(ref reader, limits, named: false, "inputs: ids");
            else
                throw ServingException.Invalid(
                    $"inputs: ids must be a list, found {JsonValues.Name(reader.TokenType)}"
                );
        }
        if (splits is not null)
            return Split(
                [.. flat ?? throw ServingException.Invalid("row_splits needs 'ids' as one flat list")],
                [.. splits]
            );
        return lists
            ?? throw ServingException.Invalid(
                flat is null
                    ? "inputs: 'ids' is missing"
                    : "inputs: ids is one flat list; add 'row_splits', or send one list a text"
            );
    }

    /// <summary>True at a list whose first value is a number; the reader is a copy.</summary>
    private static bool IsFlat(Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.Number;
}
