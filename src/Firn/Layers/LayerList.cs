using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Firn.Layers;

/// <summary>
/// A list of layers that never changes and equals any list of equal layers, so that options that hold one stay values:
/// <c>[new Convolution(128, [5]), new GlobalMaxPooling(), new Dense(64, Activation.Relu)]</c>.
/// </summary>
[CollectionBuilder(typeof(LayerList), nameof(Of))]
[JsonConverter(typeof(Converter))]
public readonly struct LayerList : IReadOnlyList<Layer>, IEquatable<LayerList>
{
    private readonly Layer[]? _items;

    private LayerList(Layer[] items) => _items = items;

    /// <inheritdoc/>
    public int Count => _items?.Length ?? 0;

    /// <inheritdoc/>
    public Layer this[int index] => (_items ?? [])[index];

    /// <summary>Whether both hold equal layers in the same order.</summary>
    public static bool operator ==(LayerList left, LayerList right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(LayerList left, LayerList right) => !left.Equals(right);

    /// <summary>A list of these layers.</summary>
    /// <exception cref="ArgumentException">One is null.</exception>
    public static LayerList Of(ReadOnlySpan<Layer> items)
    {
        Layer[] copy = items.ToArray();
        return Array.IndexOf(copy, null) is int at && at < 0
            ? new(copy)
            : throw new ArgumentException($"Layer {at + 1} of the list is null.", nameof(items));
    }

    /// <summary>
    /// Reads a list of layers as JSON (see <see cref="Layer"/>); comments and trailing commas may stand in it.
    /// </summary>
    /// <exception cref="JsonException">It is none; the message names the place.</exception>
    public static LayerList FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return JsonSerializer.Deserialize(json, LayerContext.Default.LayerList);
    }

    /// <summary>The list as JSON that <see cref="FromJson"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LayerContext.Default.LayerList);

    /// <inheritdoc/>
    public bool Equals(LayerList other) => (_items ?? []).AsSpan().SequenceEqual(other._items ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LayerList other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Layer item in this)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>The layers with commas between.</summary>
    public override string ToString() => $"[{string.Join(", ", (IEnumerable<Layer>)this)}]";

    /// <inheritdoc/>
    public IEnumerator<Layer> GetEnumerator() => ((IEnumerable<Layer>)(_items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal sealed class Converter : JsonConverter<LayerList>
    {
        public override LayerList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                Layer[]? items = JsonSerializer.Deserialize(ref reader, LayerContext.Default.LayerArray);
                return items is not null && Array.IndexOf(items, null) < 0
                    ? new(items)
                    : throw new JsonException(
                        "A list of layers is expected, as [{\"layer\": \"lstm\", \"units\": 64}, ...]."
                    );
            }
            catch (NotSupportedException error) // what the reader says of an abstract type
            {
                throw new JsonException("A layer has no member 'layer', which names its kind.", error);
            }
        }

        public override void Write(Utf8JsonWriter writer, LayerList value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value._items ?? [], LayerContext.Default.LayerArray);
    }
}

/// <summary>Lists of layers side by side, a value as <see cref="LayerList"/> is.</summary>
[CollectionBuilder(typeof(BranchList), nameof(Of))]
[JsonConverter(typeof(Converter))]
public readonly struct BranchList : IReadOnlyList<LayerList>, IEquatable<BranchList>
{
    private readonly LayerList[]? _items;

    private BranchList(LayerList[] items) => _items = items;

    /// <inheritdoc/>
    public int Count => _items?.Length ?? 0;

    /// <inheritdoc/>
    public LayerList this[int index] => (_items ?? [])[index];

    /// <summary>Whether both hold equal lists in the same order.</summary>
    public static bool operator ==(BranchList left, BranchList right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(BranchList left, BranchList right) => !left.Equals(right);

    /// <summary>These lists.</summary>
    public static BranchList Of(ReadOnlySpan<LayerList> items) => new(items.ToArray());

    /// <inheritdoc/>
    public bool Equals(BranchList other) => (_items ?? []).AsSpan().SequenceEqual(other._items ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BranchList other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (LayerList item in this)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>The lists with commas between.</summary>
    public override string ToString() => $"[{string.Join(", ", (IEnumerable<LayerList>)this)}]";

    /// <inheritdoc/>
    public IEnumerator<LayerList> GetEnumerator() => ((IEnumerable<LayerList>)(_items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal sealed class Converter : JsonConverter<BranchList>
    {
        public override BranchList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(
                JsonSerializer.Deserialize(ref reader, LayerContext.Default.LayerListArray)
                    ?? throw new JsonException("A list of lists of layers is expected.")
            );

        public override void Write(Utf8JsonWriter writer, BranchList value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value._items ?? [], LayerContext.Default.LayerListArray);
    }
}

/// <summary>Words of enumerations as JSON keys are written.</summary>
internal sealed class SnakeCaseWords<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NewLine = "\n",
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    Converters = [
        typeof(SnakeCaseWords<Activation>),
        typeof(SnakeCaseWords<Join>),
        typeof(SnakeCaseWords<WindowPadding>),
    ]
)]
[JsonSerializable(typeof(LayerList))]
[JsonSerializable(typeof(Layer[]))]
[JsonSerializable(typeof(LayerList[]))]
internal sealed partial class LayerContext : JsonSerializerContext;
