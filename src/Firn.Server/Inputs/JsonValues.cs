using System.Text.Json;
using Firn.Server.Contracts;

namespace Firn.Server.Inputs;

/// <summary>
/// Reads the values that TensorFlow Serving's JSON is made of: strings, <c>{"b64": ...}</c>, ids, numbers.
/// </summary>
internal static class JsonValues
{
    private static readonly System.Text.UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>
    /// A text at the reader's token: a string, <c>{"b64": ...}</c>, or a list of one of these (shape [1]). The reader
    /// is left at the value's last token.
    /// </summary>
    /// <exception cref="ServingException">The value is something else, or not UTF-8.</exception>
    public static string Text(ref Utf8JsonReader reader, string where)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return String(ref reader, where);
            case JsonTokenType.StartObject:
                reader.Read();
                if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("b64"u8))
                    throw ServingException.Invalid(
                        $"{where}: an object in place of a text must read {{\"b64\": \"...\"}}"
                    );
                reader.Read();
                string text = Base64(ref reader, where);
                reader.Read();
                if (reader.TokenType != JsonTokenType.EndObject)
                    throw ServingException.Invalid($"{where}: {{\"b64\": ...}} holds nothing else");
                return text;
            case JsonTokenType.StartArray:
                reader.Read();
                if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.StartArray)
                    throw ServingException.Invalid(
                        $"{where}: expected one text, found {Name(reader.TokenType)} in a list"
                    );
                string only = Text(ref reader, where);
                reader.Read();
                if (reader.TokenType != JsonTokenType.EndArray)
                    throw ServingException.Invalid($"{where}: a list in place of a text holds exactly one");
                return only;
            default:
                throw ServingException.Invalid($"{where}: expected a text (string), found {Name(reader.TokenType)}");
        }
    }

    /// <summary>The list of whole numbers at the reader's token, appended.</summary>
    /// <exception cref="ServingException">It is no list, holds something else, or is longer than allowed.</exception>
    public static void Ids(ref Utf8JsonReader reader, List<int> destination, int most, string where)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw ServingException.Invalid($"{where}: expected a list of ids, found {Name(reader.TokenType)}");
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number)
                throw ServingException.Invalid(
                    $"{where}: expected an id (whole number), found {Name(reader.TokenType)}"
                );
            if (!reader.TryGetInt32(out int id))
                throw ServingException.Invalid($"{where}: '{Raw(ref reader)}' is no 32-bit whole number");
            if (++count > most)
                throw ServingException.Invalid($"{where}: more than {most} values; shorten it or send it in parts");
            destination.Add(id);
        }
    }

    /// <summary>
    /// The list of numbers at the reader's token, appended; it must hold <paramref name="width"/> values.
    /// </summary>
    /// <exception cref="ServingException">It is no list, holds something else, or has another length.</exception>
    public static void Vector(ref Utf8JsonReader reader, List<float> destination, int width, string where)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw ServingException.Invalid(
                $"{where}: expected a list of {width} numbers, found {Name(reader.TokenType)}"
            );
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number)
                throw ServingException.Invalid($"{where}: expected a number, found {Name(reader.TokenType)}");
            if (!NonFinite.TryRead(reader.ValueSpan, out float value))
                throw ServingException.Invalid(
                    $"{where}: '{Raw(ref reader)}' is no finite float32; write Infinity where that is meant"
                );
            if (++count > width)
                break;
            destination.Add(value);
        }
        if (count != width)
        {
            throw ServingException.Invalid(
                $"{where}: the vector has {(count > width ? "more than" : $"{count} values, not")} {width}; the "
                    + $"model's vectors have {width}"
            );
        }
    }

    /// <summary>What a JSON token is called in a message.</summary>
    public static string Name(JsonTokenType token) =>
        token switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.EndArray => "an empty list",
            JsonTokenType.EndObject => "an empty object",
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            JsonTokenType.True or JsonTokenType.False => "a boolean",
            JsonTokenType.Null => "null",
            _ => "nothing",
        };

    /// <summary>The string at the reader's token.</summary>
    /// <exception cref="ServingException">It is not UTF-8, or half a surrogate pair.</exception>
    public static string String(ref Utf8JsonReader reader, string where)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ServingException.Invalid($"{where}: the string is not valid UTF-8 or holds half a surrogate pair");
        }
    }

    /// <summary>Bytes as a text.</summary>
    /// <exception cref="ServingException">They are not UTF-8.</exception>
    public static string Utf8(ReadOnlySpan<byte> bytes, string where)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (ArgumentException)
        {
            throw ServingException.Invalid($"{where}: the bytes are not valid UTF-8; texts are sent in UTF-8");
        }
    }

    private static string Base64(ref Utf8JsonReader reader, string where)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw ServingException.Invalid($"{where}: b64 must be a string, found {Name(reader.TokenType)}");
        return reader.TryGetBytesFromBase64(out byte[]? bytes)
            ? Utf8(bytes, where)
            : throw ServingException.Invalid($"{where}: b64 does not hold Base64");
    }

    /// <summary>The number at the reader's token as the client wrote it, cut where it is long.</summary>
    private static string Raw(ref Utf8JsonReader reader) =>
        NonFinite.TryRead(reader.ValueSpan, out float value) && !float.IsFinite(value)
            ? value.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : System.Text.Encoding.ASCII.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 40)]);
}
