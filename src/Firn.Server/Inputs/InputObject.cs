using System.Text.Json;
using Firn.Server.Contracts;

namespace Firn.Server.Inputs;

/// <summary>Steps through an object of named inputs such as <c>{"text": ...}</c>.</summary>
internal static class InputObject
{
    /// <summary>
    /// From the object's start to the value of its only key, which must have this name. Call <see cref="Close"/> after
    /// the value.
    /// </summary>
    /// <exception cref="ServingException">The object is empty or its key has another name.</exception>
    public static void Open(ref Utf8JsonReader reader, string name, string where)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName)
            throw ServingException.Invalid($"{where}: the object is empty; expected the input '{name}'");
        CheckName(ref reader, name, where);
        reader.Read();
    }

    /// <summary>From the value's last token to the object's end.</summary>
    /// <exception cref="ServingException">Another key follows.</exception>
    public static void Close(ref Utf8JsonReader reader, string name, string where)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.PropertyName)
            CheckName(ref reader, name, where, more: true);
    }

    /// <summary>Refuses a key that is no input.</summary>
    public static void CheckName(ref Utf8JsonReader reader, string name, string where, bool more = false)
    {
        if (more)
            throw ServingException.Invalid(
                $"{where}: the input '{JsonValues.String(ref reader, where)}' is not known; this signature has only "
                    + $"'{name}'"
            );
        if (!reader.ValueTextEquals(name))
            throw ServingException.Invalid(
                $"{where}: the input '{JsonValues.String(ref reader, where)}' is not known; this signature has '{name}'"
            );
    }
}
