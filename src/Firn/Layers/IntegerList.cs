using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Firn.Layers;

/// <summary>
/// A short list of whole numbers that never changes and equals any list of the same ones, so that options that hold one
/// stay values.
/// </summary>
[CollectionBuilder(typeof(IntegerList), nameof(Of))]
[JsonConverter(typeof(Converter))]
public readonly struct IntegerList : IReadOnlyList<int>, IEquatable<IntegerList>
{
    private readonly int[]? _items;

    private IntegerList(int[] items) => _items = items;

    /// <inheritdoc/>
    public int Count => _items?.Length ?? 0;

    /// <inheritdoc/>
    public int this[int index] => (_items ?? [])[index];

    /// <summary>Whether both hold equal numbers in the same order.</summary>
    public static bool operator ==(IntegerList left, IntegerList right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(IntegerList left, IntegerList right) => !left.Equals(right);

    /// <summary>A list of these numbers.</summary>
    public static IntegerList Of(ReadOnlySpan<int> items) => new(items.ToArray());

    /// <inheritdoc/>
    public bool Equals(IntegerList other) => (_items ?? []).AsSpan().SequenceEqual(other._items ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IntegerList other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int item in this)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>The numbers with commas between.</summary>
    public override string ToString() => string.Join(',', this);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal sealed class Converter : JsonConverter<IntegerList>
    {
        public override IntegerList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new JsonException("A list of whole numbers is expected.");
            var items = new List<int>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                items.Add(reader.GetInt32());
            return new IntegerList([.. items]);
        }

        public override void Write(Utf8JsonWriter writer, IntegerList value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (int item in value)
                writer.WriteNumberValue(item);
            writer.WriteEndArray();
        }
    }
}
