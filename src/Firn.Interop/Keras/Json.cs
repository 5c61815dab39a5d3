using System.Text;
using System.Text.Json;
using Firn.Files;

namespace Firn.Interop.Keras;

/// <summary>JSON as Python programs write it, with errors that name the file.</summary>
internal static class Json
{
    private const int MaxDepth = 256;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth };

    /// <summary>Whether a file is text that begins as an object, a list or a text of JSON.</summary>
    public static bool Begins(string path)
    {
        using Stream stream = InputFile.Open(path);
        Span<byte> head = stackalloc byte[256];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> start = head[..length];
        if (start.StartsWith("\uFEFF"u8))
            start = start[3..];
        start = start.TrimStart(" \t\r\n"u8);
        return start.Length > 0 && start[0] is (byte)'{' or (byte)'[' or (byte)'"';
    }

    /// <summary>Reads a file; a text that holds JSON again (written by json.dump of a text) is taken apart.</summary>
    public static JsonDocument Read(string path)
    {
        using Stream stream = InputFile.Open(path);
        return Unwrap(path, Guarded(path, () => JsonDocument.Parse(stream, Strict)));
    }

    /// <summary>Reads a text.</summary>
    public static JsonDocument Parse(string path, string text) => Unwrap(path, Guarded(path, () => OfText(path, text)));

    /// <summary>Reads bytes in UTF-8.</summary>
    public static JsonDocument Parse(string path, byte[] text) =>
        Unwrap(path, Guarded(path, () => JsonDocument.Parse(text, Strict)));

    /// <summary>
    /// A single value as .NET has it: text, whole number, float, truth; null for null; lists of these.
    /// </summary>
    public static object? Plain(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.TryGetInt64(out long whole) ? whole : (object)value.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
            _ => null,
        };

    private static JsonDocument Unwrap(string path, JsonDocument document)
    {
        if (document.RootElement.ValueKind != JsonValueKind.String)
            return document;
        using (document)
        {
            string text = document.RootElement.GetString()!;
            return Guarded(path, () => OfText(path, text));
        }
    }

    /// <summary>
    /// Words what the JSON reader throws, also where texts of it are looked at (half a pair of characters).
    /// </summary>
    public static T Guarded<T>(string path, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (JsonException error)
        {
            string place = error.LineNumber is { } line ? $"line {line + 1}: " : "";
            string why = FirstSentence(error.Message);
            throw new InvalidDataException(
                $"{path}: {place}this is no JSON ({why}). Fetch or write the file again.",
                error
            );
        }
        catch (Exception error) when (error is DecoderFallbackException or InvalidOperationException)
        {
            throw Broken(path, error);
        }
    }

    private static JsonDocument OfText(string path, string text)
    {
        try
        {
            return JsonDocument.Parse(text.AsMemory(), Strict);
        }
        catch (ArgumentException error) // half a pair of characters
        {
            throw Broken(path, error);
        }
    }

    private static InvalidDataException Broken(string path, Exception error) =>
        new($"{path}: the JSON holds broken characters. Fetch or write the file again.", error);

    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }
}
