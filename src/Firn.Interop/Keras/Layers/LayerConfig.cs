using System.Text.Json;

namespace Firn.Interop.Keras.Layers;

/// <summary>A layer's settings as its file has them; each error names the file, the layer and the setting.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">The layer's name.</param>
/// <param name="ClassName">Its class.</param>
/// <param name="Config">Its settings.</param>
/// <param name="Version">The version of Keras that wrote it.</param>
internal readonly record struct LayerConfig(
    string Path,
    string Name,
    string ClassName,
    JsonElement Config,
    KerasVersion Version
)
{
    public bool Has(string name) => this[name] is not null;

    /// <summary>A setting; null where it is missing or null.</summary>
    public JsonElement? this[string name] =>
        Config.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A whole number from 1 on, under its name or the one that Keras 1 had.</summary>
    public int Size(string name, string? old = null)
    {
        JsonElement? value = this[name] ?? (old is null ? null : this[old]);
        return value is null ? throw Bad($"'{name}' is missing") : Whole(name, value.Value, least: 1);
    }

    public int Whole(string name, int fallback, int least) =>
        this[name] is { } value ? Whole(name, value, least) : fallback;

    /// <summary>A whole number, alone or as the only one of a list; the fallback where it is missing.</summary>
    public int One(string name, string old, int? fallback)
    {
        if ((this[name] ?? this[old]) is not { } value)
            return fallback ?? throw Bad($"'{name}' is missing");
        if (value.ValueKind != JsonValueKind.Array)
            return Whole(name, value, least: 1);
        return value.GetArrayLength() == 1
            ? Whole(name, value[0], least: 1)
            : throw Bad($"'{name}' is {Shown(value)} where one whole number is expected");
    }

    public IReadOnlyList<int> Wholes(string name)
    {
        if (this[name] is not { ValueKind: JsonValueKind.Array } list)
            throw Bad($"'{name}' is missing or no list");
        LayerConfig config = this;
        return [.. list.EnumerateArray().Select(v => config.Whole(name, v, least: -1))];
    }

    public bool Flag(string name, bool fallback) =>
        this[name] switch
        {
            null => fallback,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out int whole) && whole is 0 or 1 =>
                number.GetInt32() == 1,
            { } other => throw Bad($"'{name}' is {Shown(other)} where true or false is expected"),
        };

    public float Number(string name, float fallback) =>
        this[name] switch
        {
            null => fallback,
            { ValueKind: JsonValueKind.Number } number => number.GetSingle(),
            { } other => throw Bad($"'{name}' is {Shown(other)} where a number is expected"),
        };

    public string? Text(string name) =>
        this[name] switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { } other => throw Bad($"'{name}' is {Shown(other)} where a text is expected"),
        };

    /// <summary>An activation by name, as text or as an object of Keras.</summary>
    public KerasActivation Activation(string name, string? old = null) =>
        (this[name] ?? (old is null ? null : this[old])) is { } value
            ? Activations.Read(this, name, value)
            : KerasActivation.None;

    /// <summary>Refuses a setting that has another value than the one that is understood.</summary>
    public void Only(string name, string allowed)
    {
        if (this[name] is { } value && Shown(value) != allowed)
            throw Unsupported($"with {name} = {Shown(value)}");
    }

    /// <summary>A setting that the file has wrong.</summary>
    public InvalidDataException Bad(string problem) =>
        new($"{Path}: layer '{Name}' ({ClassName}): {problem}. The file is damaged, or not of Keras; save it again.");

    /// <summary>A layer that cannot be imported.</summary>
    /// <param name="how">What it is or has, to follow "layer 'x' is a Class".</param>
    public InvalidDataException Unsupported(string how) =>
        new($"{Path}: layer '{Name}' is a {ClassName} {how}, which is not read. docs/import.md lists what is.");

    public static string Shown(JsonElement value)
    {
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "...";
    }

    private int Whole(string name, JsonElement value, int least)
    {
        bool whole =
            value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out double number)
            && number == Math.Floor(number)
            && number >= least
            && number <= int.MaxValue;
        return whole
            ? (int)value.GetDouble()
            : throw Bad($"'{name}' is {Shown(value)} where a whole number from {least} on is expected");
    }
}
