using System.Text.Json.Serialization;
using Firn.Layers;

namespace Firn.Model;

/// <summary>The layers that read a text's words in order.</summary>
public enum EncoderKind
{
    /// <summary>Long short-term memory (Hochreiter, Schmidhuber 1997; Gers et al. 2000).</summary>
    Lstm,

    /// <summary>
    /// Gated recurrent units with the reset behind the product, as Keras' <c>reset_after</c>, cuDNN and PyTorch have
    /// them (Cho et al. 2014).
    /// </summary>
    Gru,

    /// <summary>Convolutions over windows of several widths side by side, with ReLU (Kim 2014).</summary>
    Convolution,

    /// <summary>
    /// A linear map of each word, to be averaged: the order of words does not count (Iyyer et al. 2015).
    /// </summary>
    Mean,
}

/// <summary>How an encoder's outputs over time become one feature vector a text.</summary>
public enum Pooling
{
    /// <summary>The state after the last token (Keras' <c>return_sequences=False</c>).</summary>
    LastState,

    /// <summary>The mean of the outputs over the text's tokens.</summary>
    Mean,

    /// <summary>The largest value of each unit over the text's tokens.</summary>
    Max,

    /// <summary>A weighted mean; weights from a learnt context vector (Yang et al. 2016, equations 5 to 7).</summary>
    Attention,
}

/// <summary>The function that turns logits into probabilities.</summary>
public enum OutputActivation
{
    /// <summary>One unit: the probability of class 1 of two.</summary>
    Sigmoid,

    /// <summary>One unit a class; the probabilities sum to 1.</summary>
    Softmax,

    /// <summary>One unit a class, each a probability by itself: a text may have any number of classes.</summary>
    Sigmoids,
}

/// <summary>
/// The shape of a classifier: Embedding, Dropout, an encoder, pooling, Dense; or any list of layers
/// (<see cref="Model"/>). The defaults are the notebook's model. Dropout rates are the share of values that training
/// sets to zero (inverted dropout: what is kept is divided by 1 - rate); prediction drops nothing.
/// </summary>
public sealed record ClassifierOptions
{
    /// <summary>
    /// Units of a recurrent layer in each direction or of the mean's map, or filters of each width of a convolution, H;
    /// 1 to 8192.
    /// </summary>
    public int HiddenSize { get; init; } = 100;

    /// <summary>The layers that read a text's words.</summary>
    public EncoderKind Encoder { get; init; }

    /// <summary>Recurrent layers above each other, each reading the outputs of the one below; 1 to 8.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>
    /// Words that a window of each convolution spans; 1 to 64, <see cref="HiddenSize"/> filters each.
    /// </summary>
    public IntegerList Widths { get; init; } = [3, 4, 5];

    /// <summary>
    /// Reads each text in both directions and joins both features; doubles the LSTM's cost and parameters.
    /// </summary>
    public bool Bidirectional { get; init; }

    /// <summary>How outputs over time become one feature vector.</summary>
    public Pooling Pooling { get; init; } = Pooling.LastState;

    /// <summary>
    /// Units of the dense layers between the features and the output, at most seven of them; none for none.
    /// </summary>
    public IntegerList Dense { get; init; }

    /// <summary>The function behind each of them.</summary>
    public Activation DenseActivation { get; init; }

    /// <summary>Dropout of what enters each dense layer, the output's too; in [0, 1).</summary>
    public double DenseDropout { get; init; }

    /// <summary>Dropout of the embedded words, drawn for each value by itself; in [0, 1).</summary>
    public double EmbeddingDropout { get; init; } = 0.5;

    /// <summary>
    /// Draws the embedding's dropout once a distinct word of a batch instead of once a token, so that training projects
    /// each distinct word once where <see cref="InputDropout"/> is 0. Another model in training, the same in
    /// prediction.
    /// </summary>
    public bool TiedEmbeddingDropout { get; init; }

    /// <summary>
    /// Dropout of the LSTM's input, one mask a text held over time (Keras' <c>dropout</c>); in [0, 1).
    /// </summary>
    public double InputDropout { get; init; } = 0.2;

    /// <summary>
    /// Dropout of the recurrent state, one mask a text held over time (Keras' <c>recurrent_dropout</c>); in [0, 1).
    /// </summary>
    public double RecurrentDropout { get; init; } = 0.2;

    /// <summary>
    /// For a model without masking whose texts are padded in front to this length, as Keras' <c>pad_sequences</c> does:
    /// it trains on zero vectors before each text, at their full price, and scores a shorter text as if they stood
    /// there, at none. 0 for none. Last states and one direction only; of a longer text the last tokens are
    /// trained on and scored.
    /// </summary>
    public int PaddedLength { get; init; }

    /// <summary>
    /// The layers between the embedding, with its dropout, and the output; where there are any, the members that say
    /// the same in short are not read: <see cref="Encoder"/>, <see cref="HiddenSize"/>, <see cref="Layers"/>,
    /// <see cref="Widths"/>, <see cref="Bidirectional"/>, <see cref="Pooling"/>, <see cref="Dense"/>,
    /// <see cref="DenseActivation"/>, <see cref="DenseDropout"/>, <see cref="InputDropout"/>,
    /// <see cref="RecurrentDropout"/>. Empty for the list that follows from those.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LayerList Model { get; init; }

    /// <summary>
    /// Two channels of word vectors that start alike, one that stays and one that trains as the schedule says (Kim
    /// 2014, CNN-multichannel): a row of the table holds both, side by side, so that every layer on the embedding reads
    /// 2E values and a filter's sums over both channels are added. Only the second half of a row ever moves.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Multichannel { get; init; }

    /// <summary>
    /// How texts are padded, for a model that was made elsewhere; null for no pads. In place of
    /// <see cref="PaddedLength"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PaddedInput? Padding { get; init; }

    /// <summary>Number of classes, at least 2. Two classes have one sigmoid unit, more a softmax.</summary>
    public int Classes { get; init; } = 2;

    /// <summary>A text may have any number of the classes: a sigmoid a class, also for two.</summary>
    public bool MultiLabel { get; init; }

    /// <summary>The output's function, which follows from <see cref="Classes"/>.</summary>
    [JsonIgnore]
    public OutputActivation Output =>
        MultiLabel ? OutputActivation.Sigmoids
        : Classes == 2 ? OutputActivation.Sigmoid
        : OutputActivation.Softmax;

    /// <summary>Values a text in the output, K: 1 for two classes of which a text has one, else one a class.</summary>
    [JsonIgnore]
    public int OutputSize => Classes == 2 && !MultiLabel ? 1 : Classes;

    /// <summary>Levels of layers over time.</summary>
    [JsonIgnore]
    internal int Levels => IsRecurrent ? Layers : 1;

    [JsonIgnore]
    internal bool IsRecurrent => Encoder is EncoderKind.Lstm or EncoderKind.Gru;

    /// <summary>How texts are padded, however it was said; null for not.</summary>
    [JsonIgnore]
    internal PaddedInput? PaddingInEffect => ShortModel.PaddingOf(this);

    internal void Validate()
    {
        if (Model.Count == 0)
            ValidateShortForm();
        Throw.IfOutside(Classes, 2, 1_000_000);
        const double highest = 0.999;
        Throw.IfOutside(EmbeddingDropout, 0, highest);
        if (Padding is { } padding)
        {
            Throw.IfOutside(padding.Length, 0, 100_000, "Padding.Length");
            if (!Enum.IsDefined(padding.Side) || !Enum.IsDefined(padding.Truncating))
                throw new ArgumentOutOfRangeException(
                    nameof(Padding),
                    padding,
                    "Padding must name a side, and what stays of a longer text."
                );
            if (PaddedLength > 0)
                throw new ArgumentException(
                    "PaddedLength and Padding say the same; leave one of the two out.",
                    nameof(Padding)
                );
        }
        if (Model.Count > 0 && PaddedLength > 0)
        {
            throw new ArgumentException(
                "PaddedLength belongs to the short form; say by Padding how the texts of a list of layers are padded.",
                nameof(PaddedLength)
            );
        }
        ModelLayers.Check(this);
    }

    private void ValidateShortForm()
    {
        Throw.IfOutside(HiddenSize, 1, 8192);
        Throw.IfOutside(Layers, 1, 8);
        if (!Enum.IsDefined(Encoder))
            throw new ArgumentOutOfRangeException(nameof(Encoder), Encoder, "Encoder must be one of the named kinds.");
        if (Encoder == EncoderKind.Convolution)
            Throw.IfOutside(Widths.Count, 1, 16, nameof(Widths));
        foreach (int width in Widths)
            Throw.IfOutside(width, 1, 64, nameof(Widths));
        if (Pooling == Pooling.LastState && !IsRecurrent)
            throw new ArgumentException(
                $"A {(Encoder == EncoderKind.Mean ? "mean" : "convolution")} has no last state; choose mean, max or "
                    + $"attention pooling.",
                nameof(Pooling)
            );
        if ((Bidirectional || Layers > 1) && !IsRecurrent)
            throw new ArgumentException(
                "Only recurrent layers have directions and stand above each other.",
                nameof(Encoder)
            );
        const double highest = 0.999;
        Throw.IfOutside(InputDropout, 0, highest);
        Throw.IfOutside(RecurrentDropout, 0, highest);
        Throw.IfOutside(DenseDropout, 0, highest);
        Throw.IfOutside(Dense.Count, 0, 7, nameof(Dense));
        foreach (int units in Dense)
            Throw.IfOutside(units, 1, 8192, nameof(Dense));
        if (!Enum.IsDefined(DenseActivation))
            throw new ArgumentOutOfRangeException(
                nameof(DenseActivation),
                DenseActivation,
                "DenseActivation must be one of the named functions."
            );
        Throw.IfOutside(PaddedLength, 0, 100_000);
        if (PaddedLength > 0 && (Encoder != EncoderKind.Lstm || Layers > 1))
            throw new ArgumentException("PaddedLength needs one LSTM.", nameof(PaddedLength));
        if (PaddedLength > 0 && (Bidirectional || Pooling != Pooling.LastState))
            throw new ArgumentException(
                "PaddedLength needs one direction and the last state: other models read the pads' outputs.",
                nameof(PaddedLength)
            );
        if (!Enum.IsDefined(Pooling))
            throw new ArgumentOutOfRangeException(nameof(Pooling), Pooling, "Pooling must be one of the named ways.");
    }
}
