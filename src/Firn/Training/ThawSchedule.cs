using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Firn.Model;

namespace Firn.Training;

/// <summary>A stretch of epochs in which the same groups train.</summary>
/// <param name="FirstEpoch">The first epoch, counted from 1; the phase lasts until the next one begins.</param>
/// <param name="Trainable">The groups that train.</param>
public sealed record ThawPhase(int FirstEpoch, IReadOnlySet<ParameterGroup> Trainable);

/// <summary>
/// Which groups of weights train in which epoch. Frozen groups cost nothing: no gradient is computed for them and no
/// optimizer state is held.
/// </summary>
[JsonConverter(typeof(ThawScheduleJsonConverter))]
public sealed class ThawSchedule : IEquatable<ThawSchedule>
{
    private static readonly HashSet<ParameterGroup> Body = [ParameterGroup.Lstm, ParameterGroup.Dense];
    private static readonly HashSet<ParameterGroup> Everything = [ParameterGroup.Embedding, ParameterGroup.Lstm, ParameterGroup.Dense];
    private static readonly HashSet<ParameterGroup> EmbeddingOnly = [ParameterGroup.Embedding];

    private ThawSchedule(string name, params ThawPhase[] phases)
    {
        Name = name;
        Phases = phases;
    }

    /// <summary>The table of word vectors stays as it is: the notebook's <c>trainable=False</c>.</summary>
    public static ThawSchedule Frozen { get; } = new("frozen", new ThawPhase(1, Body));

    /// <summary>All weights train from the start.</summary>
    public static ThawSchedule Trainable { get; } = new("trainable", new ThawPhase(1, Everything));

    /// <summary>The name, as <see cref="Parse"/> reads it: <c>frozen</c>, <c>thaw-all@5</c>.</summary>
    public string Name { get; }

    /// <summary>The phases, by first epoch; the first begins with epoch 1.</summary>
    public IReadOnlyList<ThawPhase> Phases { get; }

    /// <summary>Frozen before epoch <paramref name="epoch"/>, all weights train from it on.</summary>
    /// <param name="epoch">2 or more; for 1, take <see cref="Trainable"/>.</param>
    public static ThawSchedule ThawAll(int epoch) => Thaw("thaw-all", epoch, Everything);

    /// <summary>
    /// Frozen before epoch <paramref name="epoch"/>; from it on the word vectors train and everything else is fixed,
    /// which needs the least memory of all ways to fine-tune them.
    /// </summary>
    /// <param name="epoch">2 or more: the body must have learnt something before it is fixed.</param>
    public static ThawSchedule ThawEmbedding(int epoch) => Thaw("thaw-embedding", epoch, EmbeddingOnly);

    /// <summary>Reads <c>frozen</c>, <c>trainable</c>, <c>thaw-all@N</c> or <c>thaw-embedding@N</c>.</summary>
    /// <exception cref="ArgumentException">The text is none of these.</exception>
    public static ThawSchedule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.IndexOf('@', StringComparison.Ordinal);
        string name = at < 0 ? text : text[..at];
        if (name is "frozen" or "trainable")
        {
            if (at >= 0)
                throw new ArgumentException($"The schedule '{name}' takes no epoch; write {name}, not {text}.", nameof(text));
            return name == "frozen" ? Frozen : Trainable;
        }
        if (name is not ("thaw-all" or "thaw-embedding"))
            throw new ArgumentException($"There is no schedule '{name}'; choose frozen, trainable, thaw-all@N or thaw-embedding@N.", nameof(text));
        if (at < 0 || !int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int epoch) || epoch < 2)
            throw new ArgumentException($"'{text}' must name the first thawed epoch, 2 or more: {name}@5.", nameof(text));
        return name == "thaw-all" ? ThawAll(epoch) : ThawEmbedding(epoch);
    }

    /// <summary>The groups that train in an epoch, counted from 1.</summary>
    public IReadOnlySet<ParameterGroup> TrainableIn(int epoch) => Phases.Last(p => p.FirstEpoch <= epoch).Trainable;

    /// <summary>Whether some phase trains the group.</summary>
    public bool EverTrains(ParameterGroup group) => Phases.Any(p => p.Trainable.Contains(group));

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <inheritdoc/>
    public bool Equals(ThawSchedule? other) => other?.Name == Name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ThawSchedule);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Refuses a schedule that would never reach its last phase.</summary>
    internal void Validate(int epochs)
    {
        if (Phases[^1].FirstEpoch > epochs)
        {
            throw new ArgumentException(
                $"The schedule {Name} thaws in epoch {Phases[^1].FirstEpoch} and training has {epochs}; choose an earlier epoch or train longer.");
        }
    }

    private static ThawSchedule Thaw(string name, int epoch, HashSet<ParameterGroup> groups)
    {
        Throw.IfOutside(epoch, 2, int.MaxValue, "first thawed epoch");
        return new ThawSchedule($"{name}@{epoch}", new ThawPhase(1, Body), new ThawPhase(epoch, groups));
    }
}

/// <summary>A schedule as its name.</summary>
internal sealed class ThawScheduleJsonConverter : JsonConverter<ThawSchedule>
{
    public override ThawSchedule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ThawSchedule.Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, ThawSchedule value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}
