namespace Firn.Interop.Keras.Layers;

/// <summary>A layer that reads a sequence step by step.</summary>
/// <param name="Units">Numbers of its state.</param>
/// <param name="Activation">The activation of what it takes in.</param>
/// <param name="UseBias">Whether it has a bias.</param>
public abstract record RecurrentLayer(int Units, KerasActivation Activation, bool UseBias) : KerasLayer
{
    /// <summary>Whether it gives the state of each step, not of the last alone.</summary>
    public bool ReturnSequences { get; init; }

    /// <summary>Whether it reads from the end; a sequence it gives is then in that order, too.</summary>
    public bool GoBackwards { get; init; }

    /// <summary>Whether it was made to keep its state from one batch to the next.</summary>
    public bool Stateful { get; init; }

    /// <summary>
    /// Whether a masked step gives zeros, not the state before it. Keras forces it within Bidirectional.
    /// </summary>
    public bool ZeroOutputForMask { get; init; }

    /// <summary>The dropout of its input in training.</summary>
    public double Dropout { get; init; }

    /// <summary>The dropout of its state in training.</summary>
    public double RecurrentDropout { get; init; }
}

/// <summary>Long short-term memory; gates in the order input, forget, cell, output. <c>CuDNNLSTM</c>, too.</summary>
/// <param name="Units">Numbers of its state.</param>
/// <param name="Activation">The activation of the cell.</param>
/// <param name="RecurrentActivation">The activation of the gates.</param>
/// <param name="UseBias">Whether it has a bias.</param>
public sealed record LstmLayer(int Units, KerasActivation Activation, KerasActivation RecurrentActivation, bool UseBias)
    : RecurrentLayer(Units, Activation, UseBias);

/// <summary>A gated recurrent unit; gates in the order update, reset, candidate. <c>CuDNNGRU</c>, too.</summary>
/// <param name="Units">Numbers of its state.</param>
/// <param name="Activation">The activation of the candidate.</param>
/// <param name="RecurrentActivation">The activation of the gates.</param>
/// <param name="UseBias">Whether it has a bias.</param>
/// <param name="ResetAfter">
/// Whether the reset gate stands behind the recurrent product; the bias then has two rows, of input and of state.
/// </param>
public sealed record GruLayer(
    int Units,
    KerasActivation Activation,
    KerasActivation RecurrentActivation,
    bool UseBias,
    bool ResetAfter
) : RecurrentLayer(Units, Activation, UseBias);

/// <summary>activation(x W + h U + b).</summary>
/// <param name="Units">Numbers of its state.</param>
/// <param name="Activation">The activation.</param>
/// <param name="UseBias">Whether it has a bias.</param>
public sealed record SimpleRnnLayer(int Units, KerasActivation Activation, bool UseBias)
    : RecurrentLayer(Units, Activation, UseBias);

/// <summary>How the two directions of a <see cref="BidirectionalLayer"/> become one.</summary>
public enum KerasMergeMode
{
    /// <summary>Side by side, the forward one first.</summary>
    Concat,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their product.</summary>
    Mul,

    /// <summary>Their mean.</summary>
    Ave,
}

/// <summary>
/// Two layers over one sequence, one from each end; a sequence of the backward one is turned round before they merge.
/// </summary>
/// <param name="Forward">The one that reads from the start.</param>
/// <param name="Backward">The one that reads from the end.</param>
/// <param name="MergeMode">How they become one.</param>
public sealed record BidirectionalLayer(RecurrentLayer Forward, RecurrentLayer Backward, KerasMergeMode MergeMode)
    : KerasLayer;
