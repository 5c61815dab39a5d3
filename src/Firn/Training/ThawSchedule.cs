using System.ComponentModel;
using System.Text.Json.Serialization;
using Firn.Layers;

namespace Firn.Training;

/// <summary>
/// Which weights train in which epoch, as a list of phases. Frozen groups cost nothing: no gradient is computed for
/// them and no optimizer state is held. Immutable.
/// </summary>
[JsonConverter(typeof(ThawScheduleJsonConverter))]
[TypeConverter(typeof(ThawScheduleConverter))]
public sealed class ThawSchedule : IEquatable<ThawSchedule>
{
    /// <summary>
    /// ULMFiT's ratio between the rates of a layer and the one below it (Howard, Ruder 2018, section 3.2).
    /// </summary>
    private const double RateRatio = 2.6;

    /// <summary>The phase in which <see cref="Gradual"/> lets the word vectors train, by default.</summary>
    internal const int GradualEpoch = 3;

    /// <summary>Epochs without improvement that end a phase which lasts until its best epoch, by default.</summary>
    internal const int DefaultPatience = 2;

    private const string Custom = "custom",
        AtBest = "@best";

    /// <summary>The groups that a schedule can train.</summary>
    internal static ParameterGroup[] Groups { get; } =
    [ParameterGroup.Embedding, ParameterGroup.Encoder, ParameterGroup.Dense];

    private static readonly HashSet<ParameterGroup> Body = [ParameterGroup.Encoder, ParameterGroup.Dense];
    private static readonly HashSet<ParameterGroup> Everything =
    [
        ParameterGroup.Embedding,
        ParameterGroup.Encoder,
        ParameterGroup.Dense,
    ];

    private readonly ThawPhase[] _phases;
    private readonly string? _base; // of a named schedule, without its options
    private readonly ScheduleOptions _options;

    /// <summary>A schedule of one's own.</summary>
    /// <param name="phases">One or more; all but the last say how many epochs they last.</param>
    /// <param name="name">What reports call it.</param>
    /// <exception cref="ArgumentException">A phase cannot be meant; the message names it and the remedy.</exception>
    public ThawSchedule(IReadOnlyList<ThawPhase> phases, string name = Custom)
        : this(phases, null, ScheduleOptions.None, name) { }

    private ThawSchedule(IReadOnlyList<ThawPhase> phases, string? @base, ScheduleOptions options, string name)
    {
        ArgumentNullException.ThrowIfNull(phases);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (phases.Count == 0)
            throw new ArgumentException($"The schedule {name} has no phase; give at least one.", nameof(phases));
        for (int i = 0; i < phases.Count; i++)
            phases[i].Validate($"Phase {i + 1} of the schedule {name}", last: i == phases.Count - 1);
        if (phases[^1].Epochs is not null && phases.Any(p => p.Patience is not null))
            throw new ArgumentException(
                $"The last phase of the schedule {name} has a number of epochs, after one that lasts until its best "
                    + $"epoch; leave it out, for the last phase goes on until training ends.",
                nameof(phases)
            );
        _phases = [.. phases];
        _base = @base;
        _options = options;
        Name = name;
    }

    /// <summary>The table of word vectors stays as it is: the notebook's <c>trainable=False</c>.</summary>
    public static ThawSchedule Frozen { get; } = Named("frozen", new ThawPhase { Trainable = Body });

    /// <summary>All weights train from the start.</summary>
    public static ThawSchedule Trainable { get; } = Named("trainable", new ThawPhase { Trainable = Everything });

    /// <summary>
    /// Frozen up to the epoch in which the frozen model is best on the validation texts, half of the epochs at most
    /// (<see cref="ThawPhase.Patience"/>), from there on all weights train: as <see cref="ThawAll"/> with the epoch
    /// after that one.
    /// </summary>
    public static ThawSchedule ThawAllAtBest { get; } = ThawFromBest("thaw-all", Everything);

    /// <summary>
    /// The same, and from the best frozen epoch on the word vectors alone train: as <see cref="ThawEmbedding"/> with
    /// the epoch after it.
    /// </summary>
    public static ThawSchedule ThawEmbeddingAtBest { get; } =
        ThawFromBest("thaw-embedding", [ParameterGroup.Embedding]);

    /// <summary>
    /// <see cref="Gradual"/>, where the word vectors follow once the LSTM above them is at its best on the validation
    /// texts.
    /// </summary>
    public static ThawSchedule GradualAtBest { get; } =
        FromTheTop($"gradual{AtBest}", new ThawPhase { Patience = DefaultPatience, Trainable = Body });

    /// <summary>
    /// The name. Of a named schedule the text that <see cref="Parse"/> reads: <c>frozen</c>,
    /// <c>thaw-all@5,anchor=0.01</c>.
    /// </summary>
    public string Name { get; }

    /// <summary>The phases in their order; the first begins with epoch 1.</summary>
    public IReadOnlyList<ThawPhase> Phases => _phases;

    /// <summary>Epochs of all phases together; null when the last one goes on until training ends.</summary>
    public int? Epochs => _phases[^1].Epochs is null ? null : _phases.Sum(p => p.Epochs!.Value);

    /// <summary>Whether training has to find how long a phase lasts (<see cref="ThawPhase.Patience"/>).</summary>
    public bool LastsUntilBest => _phases.Any(p => p.Patience is not null);

    /// <summary>Whether <see cref="Name"/> says all: <see cref="Parse"/> makes the same schedule of it.</summary>
    internal bool HasText => _base is not null;

    /// <summary>Whether some phase lets rows without a vector move, so that each needs a row of its own.</summary>
    internal bool MovesRowsWithoutVector =>
        _phases.Any(p => p.Trains(ParameterGroup.Embedding) && p.Rows.WithoutVector);

    /// <summary>Frozen before epoch <paramref name="epoch"/>, all weights train from it on.</summary>
    /// <param name="epoch">2 or more; for 1, take <see cref="Trainable"/>.</param>
    public static ThawSchedule ThawAll(int epoch) => Thaw("thaw-all", epoch, Everything);

    /// <summary>
    /// Frozen before epoch <paramref name="epoch"/>; from it on the word vectors train and everything else is fixed,
    /// which needs the least memory of all ways to fine-tune them.
    /// </summary>
    /// <param name="epoch">2 or more: the body must have learnt something before it is fixed.</param>
    public static ThawSchedule ThawEmbedding(int epoch) => Thaw("thaw-embedding", epoch, [ParameterGroup.Embedding]);

    /// <summary>
    /// From the top down, as ULMFiT thaws (Howard, Ruder 2018): in epoch 1 the dense layer alone, from epoch 2 the LSTM
    /// too, from epoch <paramref name="epoch"/> everything. Each layer learns 2.6 times slower than the one above it:
    /// the LSTM at 1/2.6 of the rate, the word vectors at 1/6.76.
    /// </summary>
    /// <param name="epoch">The first epoch of the word vectors; 3 or more.</param>
    public static ThawSchedule Gradual(int epoch = GradualEpoch)
    {
        Throw.IfOutside(epoch, GradualEpoch, int.MaxValue, "first epoch of the word vectors");
        return FromTheTop(
            epoch == GradualEpoch ? "gradual" : $"gradual@{epoch}",
            new ThawPhase { Epochs = epoch - 2, Trainable = Body }
        );
    }

    /// <summary>
    /// Reads a schedule: a name (<c>frozen</c>, <c>trainable</c>, <c>thaw-all@N</c>, <c>thaw-embedding@N</c>,
    /// <c>gradual</c>, <c>gradual@N</c>; with <c>@best</c> in place of <c>@N</c> training finds the epoch), options
    /// behind it separated by commas (<c>rows=seen:5+top:1000</c>, <c>anchor=0.01</c>, <c>embedding-rate=0.1</c>,
    /// <c>encoder-rate=</c>, <c>dense-rate=</c>, <c>optimizer=reset</c>, <c>patience=3</c>), or the phases as JSON (see
    /// <see cref="FromJson"/>).
    /// </summary>
    /// <exception cref="ArgumentException">The text is none of these; the message says what can be written.</exception>
    public static ThawSchedule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().TrimStart() is ['{' or '[', ..] ? FromJson(text) : ScheduleText.Parse(text);
    }

    /// <summary>
    /// Reads <c>{"name": "mine", "phases": [{"epochs": 2, "train": ["encoder", "dense"]}, {"train": ["embedding"],
    /// "rows": {"seen": 5, "top": 1000, "without_vector": false}, "rates": {"embedding": 0.1}, "anchor": 0.01,
    /// "optimizer": "reset"}]}</c>; name, rows, rates, anchor and optimizer may be left out, and epochs in the last
    /// phase. In place of epochs a phase before the last may have <c>"until": "best"</c>, and with it <c>"patience":
    /// 3</c>. The bare list of phases will do.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// It is no such JSON; the message names the place, and a misspelt key's right name.
    /// </exception>
    public static ThawSchedule FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return ScheduleJson.Read(json);
    }

    /// <summary>The phases as JSON that <see cref="FromJson"/> reads.</summary>
    public string ToJson() => ScheduleJson.Write(this);

    /// <summary>The same with another rule for rows in every phase that trains the word vectors.</summary>
    public ThawSchedule WithRows(RowRule rows) =>
        With(_options with { Rows = rows }, new ScheduleOptions { Rows = rows });

    /// <summary>
    /// The same with a pull in every phase that trains the word vectors; see <see cref="ThawPhase.AnchorStrength"/>.
    /// </summary>
    public ThawSchedule WithAnchor(double strength) =>
        With(_options with { AnchorStrength = strength }, new ScheduleOptions { AnchorStrength = strength });

    /// <summary>The same with another factor of a group's learning rate in every phase that trains it.</summary>
    public ThawSchedule WithRate(ParameterGroup group, double factor) =>
        With(_options.WithRate(group, factor), ScheduleOptions.None.WithRate(group, factor));

    /// <summary>The same with another fate of the optimizer's state, wherever a phase begins.</summary>
    public ThawSchedule WithOptimizer(OptimizerStart start) =>
        With(_options with { Optimizer = start }, new ScheduleOptions { Optimizer = start });

    /// <summary>
    /// The same with another patience of the phases that last until their best epoch; see
    /// <see cref="ThawPhase.Patience"/>.
    /// </summary>
    public ThawSchedule WithPatience(int epochs) =>
        With(_options with { Patience = epochs }, new ScheduleOptions { Patience = epochs });

    /// <summary>The same where words without a vector move as well.</summary>
    internal ThawSchedule WithRowsWithoutVector()
    {
        if (
            !EverTrains(ParameterGroup.Embedding)
            || _phases.All(p => !p.Trains(ParameterGroup.Embedding) || p.Rows.WithoutVector)
        )
            return this;
        if (HasText)
            return WithRows((_options.Rows ?? RowRule.WithVector) with { WithoutVector = true });
        return new ThawSchedule(
            [
                .. _phases.Select(p =>
                    p.Trains(ParameterGroup.Embedding) ? p with { Rows = p.Rows with { WithoutVector = true } } : p
                ),
            ],
            Name
        );
    }

    /// <summary>
    /// The place in <see cref="Phases"/> of the phase that an epoch, counted from 1, belongs to; one whose length
    /// training has to find has no end here. The lengths found are in <see cref="TrainingResult.Schedule"/>.
    /// </summary>
    public int PhaseOf(int epoch)
    {
        Throw.IfNotPositive(epoch);
        int phase = 0;
        while (phase + 1 < _phases.Length && FirstEpochOf(phase + 1) is { } next && next <= epoch)
            phase++;
        return phase;
    }

    /// <summary>
    /// The first epoch, counted from 1, of a phase in [0, phases); null when training has to find how long one before
    /// it lasts.
    /// </summary>
    public int? FirstEpochOf(int phase) =>
        _phases.Take(phase).Any(p => p.Patience is not null) ? null : 1 + _phases.Take(phase).Sum(p => p.Epochs ?? 0);

    /// <summary>
    /// The last epoch of a phase when training has so many, of one that lasts until its best epoch the latest; null
    /// when its first is not known.
    /// </summary>
    internal int? LastEpochOf(int phase, int epochs) =>
        FirstEpochOf(phase) is not { } first ? null
        : _phases[phase].Patience is not null ? first - 1 + (int)AtMost(epochs - first + 1L)
        : _phases[phase].Epochs is { } own ? first - 1 + own
        : epochs;

    /// <summary>The groups that train in an epoch, counted from 1.</summary>
    public IReadOnlySet<ParameterGroup> TrainableIn(int epoch) => _phases[PhaseOf(epoch)].Trainable;

    /// <summary>Whether some phase trains the group.</summary>
    public bool EverTrains(ParameterGroup group) => _phases.Any(p => p.Trains(group));

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <inheritdoc/>
    public bool Equals(ThawSchedule? other) =>
        other is not null && Name == other.Name && _phases.AsSpan().SequenceEqual(other._phases);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ThawSchedule);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Refuses a schedule that does not fit the number of epochs.</summary>
    internal void Validate(int epochs)
    {
        int last = _phases.Length - 1;
        long before = _phases.Take(last).Aggregate(0L, (done, phase) => done + (phase.Epochs ?? AtMost(epochs - done)));
        if (before >= epochs)
        {
            bool thaws = last > 0 && _phases[last].Trainable.Except(_phases[last - 1].Trainable).Any();
            throw new ArgumentException(
                $"The schedule {Name} {(thaws ? "thaws" : "begins its last phase")} in epoch {before + 1} and "
                    + $"training has {epochs}; {(LastsUntilBest ? "" : "choose an earlier epoch or ")}train longer."
            );
        }
        if (Epochs is { } own && own != epochs)
        {
            throw new ArgumentException(
                $"The phases of the schedule {Name} last {own} epochs and training has {epochs}; "
                    + $"train {own} epochs, or leave out the last phase's epochs."
            );
        }
    }

    /// <summary>Refuses a rule for rows that asks for more occurrences than the most frequent word has.</summary>
    internal void CheckSeen(long most)
    {
        foreach (RowRule rule in _phases.Where(p => p.Trains(ParameterGroup.Embedding)).Select(p => p.Rows))
        {
            if (rule.SeenAtLeast > most)
                throw new ArgumentException(
                    $"The rule rows={rule} matches no word: the most frequent one occurs {most} times in training; "
                        + $"choose seen:{Math.Max(1, most)} or less."
                );
        }
    }

    /// <summary>
    /// The schedule once training has found how long a phase lasts: <c>thaw-all@best</c> becomes <c>thaw-all@4</c>.
    /// </summary>
    internal ThawSchedule WithLength(int phase, int epochs)
    {
        ThawPhase[] phases = [.. _phases];
        phases[phase] = phases[phase] with { Patience = null, Epochs = epochs };
        if (_base is null)
            return new ThawSchedule(phases, Name);
        int thawed = 1 + phases.Take(phase + 1).Sum(p => p.Epochs!.Value);
        return Parse($"{_base[..^AtBest.Length]}@{thawed}{(_options with { Patience = null }).ToText()}");
    }

    /// <summary>
    /// The schedule of a run that ended in a phase that lasts until its best epoch: those after it never began.
    /// </summary>
    internal ThawSchedule EndedIn(int phase) =>
        _phases[phase].Patience is null
            ? this
            : new ThawSchedule([.. _phases.Take(phase), _phases[phase] with { Patience = null }], Name);

    /// <summary>A group as schedules write it.</summary>
    internal static string NameOf(ParameterGroup group) => group.ToString().ToLowerInvariant();

    /// <summary>The named schedule with options; the ones given replace those of its phases.</summary>
    internal ThawSchedule With(ScheduleOptions all, ScheduleOptions changed)
    {
        ThawPhase[] phases = changed.Apply(_phases, Name);
        return _base is null
            ? new ThawSchedule(phases, Name)
            : new ThawSchedule(phases, _base, all, _base + all.ToText());
    }

    /// <summary>
    /// Epochs of a phase that lasts until its best one: half of those that are left, so that the next has as many to go
    /// on with.
    /// </summary>
    private static long AtMost(long left) => Math.Max(1, left / 2);

    private static ThawSchedule Named(string name, params ThawPhase[] phases) =>
        new(phases, name, ScheduleOptions.None, name);

    private static ThawSchedule ThawFromBest(string name, HashSet<ParameterGroup> groups) =>
        Named(
            name + AtBest,
            new ThawPhase { Patience = DefaultPatience, Trainable = Body },
            new ThawPhase { Trainable = groups }
        );

    private static ThawSchedule FromTheTop(string name, ThawPhase encoderFollows)
    {
        const double encoder = 1 / RateRatio,
            embedding = encoder / RateRatio;
        return Named(
            name,
            new ThawPhase
            {
                Epochs = 1,
                Trainable = new HashSet<ParameterGroup> { ParameterGroup.Dense },
            },
            encoderFollows with
            {
                EncoderRate = encoder,
            },
            new ThawPhase
            {
                Trainable = Everything,
                EncoderRate = encoder,
                EmbeddingRate = embedding,
            }
        );
    }

    private static ThawSchedule Thaw(string name, int epoch, HashSet<ParameterGroup> groups)
    {
        Throw.IfOutside(epoch, 2, int.MaxValue, "first thawed epoch");
        return Named(
            $"{name}@{epoch}",
            new ThawPhase { Epochs = epoch - 1, Trainable = Body },
            new ThawPhase { Trainable = groups }
        );
    }
}
