using System.Text.Json;

namespace Firn.Text;

/// <summary>One JSON object a line, the text and the label each a property of it.</summary>
internal static class JsonSource
{
    /// <summary>Finds the properties by the first line, or takes those that the options name.</summary>
    public static LineSource Open(CorpusFile file, CorpusOptions options, string head)
    {
        string first = head.Split('\n').First(line => !string.IsNullOrWhiteSpace(line));
        string[] names;
        try
        {
            using JsonDocument document = JsonDocument.Parse(first);
            names = [.. document.RootElement.EnumerateObject().Select(p => p.Name)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CorpusException(file.Path, 1, "the line is not a JSON object", "Write one object a line, with a property for the text and one for the label.", error);
        }
        ColumnRoles roles = ColumnRoles.Choose(file.Path, names, [], options);
        string textName = names[roles.Text[0]], labelName = names[roles.Label];
        return new LineSource(file, CorpusFormat.JsonLines, $"JSON lines, properties {labelName} and {textName}", (ReadOnlySpan<char> line, LabelPool labels, out LabeledText row) =>
        {
            row = default;
            try
            {
                using JsonDocument document = JsonDocument.Parse(line.ToString());
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                    return "the line is not a JSON object";
                if (!document.RootElement.TryGetProperty(textName, out JsonElement textValue) || textValue.ValueKind != JsonValueKind.String)
                    return $"the object has no string '{textName}'";
                if (!document.RootElement.TryGetProperty(labelName, out JsonElement labelValue) || LabelOf(labelValue) is not { Length: > 0 } value)
                    return $"the object has no string, number or truth value '{labelName}'";
                row = new LabeledText(textValue.GetString()!, labels.Get(value));
                return null;
            }
            catch (JsonException error)
            {
                return $"the line is not JSON (byte {error.BytePositionInLine})";
            }
            catch (InvalidOperationException)
            {
                return "a string holds half of a surrogate pair";
            }
        });
    }

    private static string? LabelOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
