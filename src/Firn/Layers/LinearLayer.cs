namespace Firn.Layers;

/// <summary>
/// The linear map of each word and nothing else. Averaged over a text it is the map of the mean, which is a deep averaging
/// network's first layer (Iyyer et al. 2015) and, over a frozen table, one folded row a word.
/// </summary>
/// <param name="map">[E,H].</param>
/// <param name="place">Where it stands.</param>
internal sealed unsafe class LinearLayer(InputMap map, LayerPlace place) : SequenceLayer(map, map.Columns, place)
{
    /// <summary>Makes or finds the weights: Glorot uniform, zero bias.</summary>
    public static LinearLayer Create(LayerPlace place, int width, int units, WeightSource weights)
    {
        string prefix = place.Prefix("linear");
        Parameter kernel = weights.Get(prefix + ".kernel", ParameterGroup.Lstm, [width, units],
            values => Initializers.GlorotUniform(place.Stream(weights.Random).Derive(0), width, units, values));
        return new LinearLayer(new InputMap(kernel, weights.Get(prefix + ".bias", ParameterGroup.Lstm, [units])), place);
    }

    public override void PackForward()
    {
    }

    public override void PackBackward()
    {
    }

    public override SequenceTape CreateTape() => new();

    public override double PackedFloats => 0;

    protected override double OwnFloats(double tokens, double texts, bool dropsStates) => 0;

    public override void Forward(RaggedLayout layout, SequenceTape tape) =>
        new ReadOnlySpan<float>(tape.Sums, layout.Tokens * Size).CopyTo(new Span<float>(tape.Outputs, layout.Tokens * Size));

    public override void Backward(RaggedLayout layout, SequenceTape tape) =>
        new ReadOnlySpan<float>(tape.DOutside, layout.Tokens * Size).CopyTo(new Span<float>(tape.Sums, layout.Tokens * Size));

    protected override void OwnGradients(RaggedLayout layout, SequenceTape tape, Kernels.PackedMatrix dSums, GradientBuffer destination)
    {
    }
}
