namespace Firn.Model;

/// <summary>Which layers over time a model's options ask for.</summary>
internal static class SequenceLayers
{
    /// <summary>The layers of one level.</summary>
    /// <param name="options">The model's.</param>
    /// <param name="level">From 0.</param>
    /// <param name="width">Values of an input row.</param>
    /// <param name="weights">Where their weights are made or found.</param>
    public static SequenceLayer[] Create(ClassifierOptions options, int level, int width, WeightSource weights)
    {
        SequenceLayer One(LayerPlace place) => options.Encoder switch
        {
            Encoder.Gru => GruLayer.Create(place, width, options, weights),
            Encoder.Convolution => ConvolutionLayer.Create(place, width, options, weights),
            Encoder.Mean => LinearLayer.Create(place, width, options, weights),
            _ => LstmLayer.Create(place, width, options, weights),
        };
        return [.. Enumerable.Range(0, options.LayersOfLevel).Select(i => One(new LayerPlace(level, i, options.Bidirectional && i == 1)))];
    }
}
