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
/// A recurrent layer: a sequence [T,F] to the sequence of its outputs [T,H] ([T,2H] with two directions that are joined side by
/// side). <see cref="LastState"/> directly behind it takes the output after the last step of each direction (Keras'
/// <c>return_sequences=False</c>).
/// </summary>
/// <remarks>Weights of the second direction are named <c>NAME_backward.*</c>, of the same shapes.</remarks>
public abstract record Recurrent : Layer
{
    private protected Recurrent()
    {
    }

    /// <summary>Units of each direction, H; 1 to 8192.</summary>
    public abstract int Units { get; init; }

    /// <summary>Reads each text in both directions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Bidirectional { get; init; }

    /// <summary>How the outputs of both directions become one (Keras' <c>merge_mode</c>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Join Merge { get; init; }

    /// <summary>
    /// Reads texts from their end (Keras' <c>go_backwards</c>): outputs stand in the order in which they were read. Not with
    /// <see cref="Bidirectional"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Reversed { get; init; }

    /// <summary>Dropout of the input, one mask a text and direction, held over time (Keras' <c>dropout</c>); in [0, 1).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double InputDropout { get; init; }

    /// <summary>Dropout of the recurrent state, one mask a text and direction, held over time (Keras' <c>recurrent_dropout</c>); in [0, 1).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double RecurrentDropout { get; init; }
}
