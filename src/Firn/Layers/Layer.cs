using System.Text.Json.Serialization;

namespace Firn.Layers;

/// <summary>
/// One layer of a model, as a value: a model is a list of these (<see cref="Model.ClassifierOptions.Model"/>) between
/// the embedding and the output. Shapes in the documentation: n texts, T steps of a text, F values of a step or of a
/// text. A layer stands on a sequence, [T,F] a text, or on features, [F] a text; each says which it takes and gives.
/// </summary>
/// <remarks>
/// As JSON a layer is an object whose <c>layer</c> names the kind and whose other keys are its members:
/// <c>{"layer": "lstm", "units": 64, "bidirectional": true}</c>. Members left out have their defaults; unknown ones are
/// refused.
/// </remarks>
[JsonPolymorphic(
    TypeDiscriminatorPropertyName = "layer",
    UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization
)]
[JsonDerivedType(typeof(Lstm), "lstm")]
[JsonDerivedType(typeof(Gru), "gru")]
[JsonDerivedType(typeof(SimpleRnn), "simple_rnn")]
[JsonDerivedType(typeof(Convolution), "convolution")]
[JsonDerivedType(typeof(MaxPooling), "max_pooling")]
[JsonDerivedType(typeof(AveragePooling), "average_pooling")]
[JsonDerivedType(typeof(GlobalMaxPooling), "global_max_pooling")]
[JsonDerivedType(typeof(GlobalAveragePooling), "global_average_pooling")]
[JsonDerivedType(typeof(AttentionPooling), "attention_pooling")]
[JsonDerivedType(typeof(LastState), "last_state")]
[JsonDerivedType(typeof(Flatten), "flatten")]
[JsonDerivedType(typeof(Dense), "dense")]
[JsonDerivedType(typeof(Activate), "activate")]
[JsonDerivedType(typeof(BatchNormalization), "batch_normalization")]
[JsonDerivedType(typeof(LayerNormalization), "layer_normalization")]
[JsonDerivedType(typeof(Dropout), "dropout")]
[JsonDerivedType(typeof(SpatialDropout), "spatial_dropout")]
[JsonDerivedType(typeof(Branches), "branches")]
[JsonDerivedType(typeof(Residual), "residual")]
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public abstract record Layer
{
    private protected Layer() { }

    /// <summary>
    /// What the names of its weights begin with, unlike that of any other layer; letters, digits,
    /// <c>_</c> and <c>-</c>. Null for the kind's own: <c>lstm</c>, the second <c>lstm_2</c>; of dense layers
    /// <c>dense_1</c>, <c>dense_2</c>; the output is <c>dense</c>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>The highest rate of dropout.</summary>
    internal const double HighestRate = 0.999;

    /// <summary>The word for it in JSON and in errors.</summary>
    internal abstract string Kind { get; }

    /// <summary>How it treats the pads of a masked text.</summary>
    internal virtual PadUse Pads => PadUse.None;

    /// <summary>Appends its nodes behind <paramref name="input"/>; gives the one that stands for its output.</summary>
    /// <exception cref="ArgumentException">
    /// A member is wrong, or the layer cannot stand there; the message names the layer.
    /// </exception>
    internal abstract LayerNode Build(ModelBuilder builder, LayerNode input);
}
