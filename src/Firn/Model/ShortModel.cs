using Firn.Layers;

namespace Firn.Model;

/// <summary>The list of layers that the short options of a <see cref="ClassifierOptions"/> stand for.</summary>
internal static class ShortModel
{
    /// <summary>The options' own list, or the one that follows from their short members.</summary>
    public static LayerList LayersOf(ClassifierOptions options) =>
        options.Model.Count > 0 ? options.Model : [.. OverTime(options), .. Pooled(options), .. Dense(options)];

    /// <summary>How texts are padded; null for not.</summary>
    public static PaddedInput? PaddingOf(ClassifierOptions options) =>
        options.Padding
        ?? (
            options.Model.Count == 0 && options.PaddedLength > 0
                ? new PaddedInput { Length = options.PaddedLength }
                : null
        );

    private static IEnumerable<Layer> OverTime(ClassifierOptions options)
    {
        if (!options.IsRecurrent && options.InputDropout > 0)
            yield return new SpatialDropout(options.InputDropout);
        for (int level = 0; level < options.Levels; level++)
        {
            yield return options.Encoder switch
            {
                EncoderKind.Gru => Recurrent(new Gru(options.HiddenSize), options),
                EncoderKind.Convolution => new Convolution(options.HiddenSize, options.Widths),
                EncoderKind.Mean => new Dense(options.HiddenSize) { Name = "linear" },
                _ => Recurrent(new Lstm(options.HiddenSize), options),
            };
        }
    }

    private static Recurrent Recurrent(Recurrent layer, ClassifierOptions options) =>
        layer with
        {
            Bidirectional = options.Bidirectional,
            InputDropout = options.InputDropout,
            RecurrentDropout = options.RecurrentDropout,
        };

    private static IEnumerable<Layer> Pooled(ClassifierOptions options)
    {
        yield return options.Pooling switch
        {
            Pooling.Mean => new GlobalAveragePooling(),
            Pooling.Max => new GlobalMaxPooling(),
            Pooling.Attention => new AttentionPooling(),
            _ => new LastState(),
        };
        if (options.Encoder == EncoderKind.Mean) // the map of a mean of words is linear without
            yield return new Activate(Activation.Relu);
    }

    private static IEnumerable<Layer> Dense(ClassifierOptions options)
    {
        foreach (int units in options.Dense)
        {
            if (options.DenseDropout > 0)
                yield return new Dropout(options.DenseDropout);
            yield return new Dense(units, options.DenseActivation);
        }
        if (options.DenseDropout > 0)
            yield return new Dropout(options.DenseDropout);
    }
}
