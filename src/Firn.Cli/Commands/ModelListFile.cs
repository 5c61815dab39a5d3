using System.Text.Json;
using Firn.Cli.Output;
using Firn.Layers;

namespace Firn.Cli.Commands;

/// <summary>Reads the file of <c>--model</c>: a list of layers as JSON.</summary>
internal static class ModelListFile
{
    /// <summary>The layers; refused are what is no such list, and layers that cannot stand as they do.</summary>
    public static LayerList Read(string path)
    {
        string json = File.ReadAllText(Inputs.RequireFile(path));
        LayerList layers;
        try
        {
            layers = LayerList.FromJson(json);
        }
        catch (JsonException error)
        {
            string place = error.LineNumber is { } line ? $"line {line + 1}: " : "";
            throw new UserError($"{path}: {place}{Reason(error)}");
        }
        if (layers.Count == 0)
            throw new UserError($"{path}: the list has no layer; write at least one, such as [{{\"layer\": \"global_average_pooling\"}}]");
        return layers;
    }

    // What the parser adds says the same in its own words.
    private static string Reason(JsonException error)
    {
        string where = error.Path is { Length: > 1 } path ? $" (at {path})" : "";
        string text = error.Message;
        int end = text.IndexOf(" Path: ", StringComparison.Ordinal);
        return $"{(end < 0 ? text : text[..end]).TrimEnd('.', ' ')}{where}; docs/model.md shows how layers are written";
    }
}
