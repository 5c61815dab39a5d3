using System.Text.Json;
using System.Text.RegularExpressions;
using Firn.Cli.Output;
using Firn.Layers;

namespace Firn.Cli.Commands;

/// <summary>Reads the file of <c>--model</c>: a list of layers as JSON.</summary>
internal static partial class ModelListFile
{
    private const string Help = "docs/model.md shows how layers are written";

    /// <summary>The layers; what is no such list is refused.</summary>
    public static LayerList Read(string path)
    {
        string json = File.ReadAllText(Inputs.RequireFile(path));
        JsonSyntax.Require(path, json, Help);
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
        catch (NotSupportedException error)
            when (error.Message.Contains("type discriminator", StringComparison.Ordinal))
        {
            throw new UserError($"{path}: a layer has no member 'layer', which says its kind; {Help}");
        }
        if (layers.Count == 0)
            throw new UserError(
                $"{path}: the list has no layer; write at least one, such as [{{\"layer\": "
                    + $"\"global_average_pooling\"}}]"
            );
        return layers;
    }

    // The parser speaks of .NET types; what it means is a word that no layer knows.
    private static string Reason(JsonException error)
    {
        string where = error.Path is { Length: > 1 } path ? $" (at {path})" : "";
        string text = error.Message;
        int end = text.IndexOf(" Path: ", StringComparison.Ordinal);
        text = (end < 0 ? text : text[..end]).TrimEnd('.', ' ');
        if (Unmapped().Match(text) is { Success: true } unmapped)
            text = $"a layer of the kind {unmapped.Groups[2].Value} has no member '{unmapped.Groups[1].Value}'";
        else if (UnknownKind().Match(text) is { Success: true } kind)
            text = $"there is no layer '{kind.Groups[1].Value}'";
        else if (Missing().Match(text) is { Success: true } missing)
            text = $"a layer of the kind {missing.Groups[1].Value} lacks {missing.Groups[2].Value.Trim()}";
        else if (text.Contains("could not be converted", StringComparison.Ordinal))
            text = "the value there is of another kind than that member's, or no word that it knows";
        return $"{text}{where}; {Help}";
    }

    [GeneratedRegex(
        @"^The JSON property '(.*)' could not be mapped to any \.NET member contained in type '[\w.]*\.(\w+)'"
    )]
    private static partial Regex Unmapped();

    [GeneratedRegex(@"for type '[\w.]*\.(\w+)' was missing required properties including: (.*)")]
    private static partial Regex Missing();

    [GeneratedRegex("unrecognized type discriminator id '(.*)'")]
    private static partial Regex UnknownKind();
}
