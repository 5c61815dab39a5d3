using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Firn.Cli.Output;

/// <summary>The one JSON object that a command writes under <c>--json</c>.</summary>
internal static class Json
{
    // Texts stay readable: the output goes to programs and files, not into a page.
    internal static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(Terminal terminal, JsonObject value)
    {
        terminal.Out.WriteLine(value.ToJsonString(Readable));
        terminal.Out.Flush();
    }

    /// <summary>One object on one line, for streams of objects.</summary>
    public static string Line(JsonObject value) => value.ToJsonString(OneLine);

    /// <summary>A number; null where it is not finite, which JSON cannot say.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <summary>A single-precision number with the few digits that it has, not those of the nearest double.</summary>
    public static JsonNode? Number(float value) =>
        float.IsFinite(value) ? JsonValue.Create(Math.Round((double)value, 7)) : null;

    public static JsonArray Array(IEnumerable<string> values) =>
        new([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]);

    public static JsonArray Array(IEnumerable<double> values) => new([.. values.Select(Number)]);

    public static JsonArray Array(IEnumerable<int> values) =>
        new([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]);
}
