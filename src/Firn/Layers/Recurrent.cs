using System.Text.Json.Serialization;

namespace Firn.Layers;

/// <summary>How the outputs of two directions, or of branches, become one.</summary>
public enum Join
{
    /// <summary>Side by side: the widths add up.</summary>
    Concatenate,

    /// <summary>Their sum; widths must be equal.</summary>
    Sum,

    /// <summary>Their product, value by value; widths must be equal.</summary>
    Multiply,

    /// <summary>Their mean; widths must be equal.</summary>
    Average,
}

/// <summary>
/// A recurrent layer: a sequence [T,F] to the sequence of its outputs [T,H] ([T,2H] with two directions that are joined
/// side by side). <see cref="LastState"/> directly behind it takes the output after the last step of each direction
/// (Keras' <c>return_sequences=False</c>).
/// </summary>
/// <remarks>Weights of the second direction are named <c>NAME_backward.*</c>, of the same shapes.</remarks>
public abstract record Recurrent : Layer
{
    private protected Recurrent() { }

    /// <summary>Units of each direction, H; 1 to 8192.</summary>
    public abstract int Units { get; init; }

    /// <summary>Reads each text in both directions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Bidirectional { get; init; }

    /// <summary>How the outputs of both directions become one (Keras' <c>merge_mode</c>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Join Merge { get; init; }

    /// <summary>
    /// Reads texts from their end (Keras' <c>go_backwards</c>): outputs stand in the order in which they were read. Not
    /// with <see cref="Bidirectional"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Reversed { get; init; }

    /// <summary>
    /// Dropout of the input, one mask a text and direction, held over time (Keras' <c>dropout</c>); in [0, 1).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double InputDropout { get; init; }

    /// <summary>
    /// Dropout of the recurrent state, one mask a text and direction, held over time (Keras' <c>recurrent_dropout</c>);
    /// in [0, 1).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double RecurrentDropout { get; init; }

    internal sealed override PadUse Pads => PadUse.Skips;

    internal sealed override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        builder.Sequence(input);
        builder.Check(Units, 1, 8192, "units");
        builder.Check(InputDropout, 0, HighestRate, "input_dropout");
        builder.Check(RecurrentDropout, 0, HighestRate, "recurrent_dropout");
        builder.CheckNamed(Merge, "merge");
        foreach (Activation activation in Functions)
        {
            builder.CheckNamed(activation, "activation");
            if (!activation.FollowsFromValue())
                throw builder.Problem($"a recurrent layer cannot have the activation {activation}; take another");
        }
        if (Reversed && Bidirectional)
            throw builder.Problem("it cannot be both reversed and bidirectional; leave one of the two out");
        LayerNames names = builder.NamesOf(this, Kind);
        int level = builder.NextLevel(),
            width = input.Shape.Width;
        double dropout = 1 - (1 - InputDropout) * (1 - builder.TakeInputDropout());
        bool[] directions = Bidirectional ? [false, true] : [Reversed];
        SequenceLayer[] layers =
        [
            .. directions.Select(
                (reversed, i) =>
                    Create(
                        i == 0 ? names.Own : names.Backward,
                        new RecurrentPlace(
                            new LayerPlace(level, i, reversed),
                            Bidirectional && reversed,
                            dropout,
                            width
                        ),
                        builder.Weights
                    )
            ),
        ];
        return builder.Add(
            new SequenceNode(names.Own, input, layers, input.Shape with { Width = layers.Length * Units })
            {
                Title = $"{(Bidirectional ? "bidirectional " : "")}{Kind.ToUpperInvariant()}, {Units} units",
                Skipped = input.Skipped is { } skipped ? PadsBehind(skipped.Side) : null,
            }
        );
    }

    /// <summary>The activations that it has.</summary>
    private protected abstract Activation[] Functions { get; }

    /// <summary>One direction, its weights made or found.</summary>
    private protected abstract SequenceLayer Create(string name, RecurrentPlace at, WeightSource weights);

    /// <summary>What Keras shows behind it where a masked text has pads.</summary>
    private SkippedPads PadsBehind(PaddingSide side)
    {
        if (Bidirectional)
            return new SkippedPads(side, Holds: false);
        PaddingSide read = (side == PaddingSide.Post) != Reversed ? PaddingSide.Post : PaddingSide.Pre;
        return new SkippedPads(read, Holds: read == PaddingSide.Post);
    }
}

/// <summary>Where a direction of a recurrent layer stands, and what it reads.</summary>
/// <param name="Place">Its place.</param>
/// <param name="GivesReversed">Whether its outputs stand for the positions at which they were read.</param>
/// <param name="InputDropout">Dropout of its input.</param>
/// <param name="Width">E.</param>
internal readonly record struct RecurrentPlace(LayerPlace Place, bool GivesReversed, double InputDropout, int Width);
