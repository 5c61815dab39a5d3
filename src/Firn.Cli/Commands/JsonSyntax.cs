using System.Text;
using System.Text.Json;
using Firn.Cli.Output;

namespace Firn.Cli.Commands;

/// <summary>
/// Tells a user where a text is no JSON, in plain words; the parser of .NET speaks of tokens and payloads.
/// </summary>
internal static class JsonSyntax
{
    private static readonly JsonDocumentOptions _s_lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Refuses a text that is no JSON; comments and a comma behind the last member are taken.</summary>
    /// <param name="path">What errors call the file.</param>
    /// <param name="json">Its text.</param>
    /// <param name="help">Where a user finds what is expected.</param>
    public static void Require(string path, string json, string help)
    {
        if (string.IsNullOrWhiteSpace(json))
            throw new UserError($"{path}: the file is empty; {help}");
        try
        {
            JsonDocument.Parse(json, _s_lenient).Dispose();
        }
        catch (JsonException error)
        {
            throw new UserError($"{path}: {Found(json, error)}; {help}");
        }
    }

    private static string Found(string json, JsonException error)
    {
        long number = error.LineNumber ?? 0;
        byte[] line = Encoding.UTF8.GetBytes(json.Split('\n').ElementAtOrDefault((int)number) ?? "");
        int at = (int)Math.Min(error.BytePositionInLine ?? 0, line.Length);
        string before = Encoding.UTF8.GetString(line, 0, at),
            behind = Encoding.UTF8.GetString(line, at, line.Length - at).TrimEnd('\r');
        bool atEnd = behind.Length == 0 && number == json.Count(c => c == '\n');
        if (
            atEnd
            || error.Message.Contains("reached end of data", StringComparison.Ordinal)
            || error.Message.Contains("depth", StringComparison.Ordinal)
        )
            return $"line {number + 1}: the file ends before every bracket and quotation mark is closed";
        string what = behind.Length == 0 ? "the line's end" : $"'{behind.EnumerateRunes().First()}'";
        return $"line {number + 1}, character {before.Length + 1}: {what} cannot stand there; JSON has names and "
            + $"words in double quotation marks, commas between, and every bracket closed";
    }
}
