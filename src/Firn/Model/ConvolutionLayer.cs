using Firn.Kernels;

namespace Firn.Model;

/// <summary>
/// A convolution over windows of w words, with ReLU (Kim 2014); the text is taken to have zero vectors before and behind it,
/// so that there is one output a word (Keras' <c>same</c>). A word is multiplied once with the weights of all its places in a
/// window, and a window adds up w of these sums; over a frozen table they are folded, and a convolution only adds.
/// </summary>
/// <param name="map">[E,wF]: the columns of a window's first place, then those of its second, and so on; no bias.</param>
/// <param name="bias">[F].</param>
/// <param name="place">Where it stands.</param>
internal sealed unsafe class ConvolutionLayer(InputMap map, Parameter bias, LayerPlace place) : SequenceLayer(map, bias.Shape[0], place)
{
    private readonly int window = map.Columns / bias.Shape[0];

    /// <summary>Makes or finds the weights: Glorot uniform over the window, zero bias, as Keras starts them.</summary>
    public static ConvolutionLayer Create(LayerPlace place, int width, ClassifierOptions options, WeightSource weights)
    {
        int window = options.Widths[place.Index], filters = options.HiddenSize;
        string prefix = FormattableString.Invariant($"convolution_{place.Index + 1}");
        Parameter kernel = weights.Get(prefix + ".kernel", ParameterGroup.Lstm, [width, window * filters],
            values => Initializers.GlorotUniform(place.Stream(weights.Random).Derive(0), window * width, window * filters, values));
        return new ConvolutionLayer(new InputMap(kernel, null), weights.Get(prefix + ".bias", ParameterGroup.Lstm, [filters]), place);
    }

    /// <summary>Words before the one at which a window stands.</summary>
    private int Before => (window - 1) / 2;

    public override void PackForward()
    {
    }

    public override void PackBackward()
    {
    }

    public override SequenceTape CreateTape() => new();

    public override double PackedFloats => 0;

    protected override double OwnFloats(double tokens, double texts, bool dropsStates) => 0;

    public override void Forward(RaggedLayout layout, SequenceTape tape)
    {
        ReadOnlySpan<float> start = bias.Values.Span;
        for (int step = 0; step < layout.Steps; step++)
        {
            int alive = layout.AliveAt(step);
            for (int i = 0; i < alive; i++)
            {
                Span<float> to = tape.OutputAt(layout.OffsetOf(step) + i);
                start.CopyTo(to);
                for (int o = 0; o < window; o++)
                {
                    int at = step + o - Before;
                    if (at >= 0 && i < layout.AliveAt(at))
                        VectorMath.Add(SumsAt(tape, layout.OffsetOf(at) + i, o), to);
                }
            }
        }
        var outputs = new Span<float>(tape.Outputs, layout.Tokens * Size);
        Activations.Relu(outputs, outputs);
    }

    public override void Backward(RaggedLayout layout, SequenceTape tape)
    {
        int values = layout.Tokens * Size;
        Activations.ReluBackward(new(tape.Outputs, values), new(tape.DOutside, values));
        for (int step = 0; step < layout.Steps; step++)
        {
            for (int i = 0; i < layout.AliveAt(step); i++)
            {
                for (int o = 0; o < window; o++)
                {
                    // The window that has this word at its place o.
                    int at = step - o + Before;
                    Span<float> to = SumsAt(tape, layout.OffsetOf(step) + i, o);
                    if (at >= 0 && i < layout.AliveAt(at))
                        tape.DOutsideAt(layout.OffsetOf(at) + i).CopyTo(to);
                    else
                        to.Clear();
                }
            }
        }
    }

    protected override void OwnGradients(RaggedLayout layout, SequenceTape tape, PackedMatrix dSums, GradientBuffer destination)
    {
        Span<float> dBias = destination.Of(bias);
        dBias.Clear();
        VectorMath.AddColumnSums(new(tape.DOutside, layout.Tokens * Size), layout.Tokens, dBias);
    }

    private Span<float> SumsAt(SequenceTape tape, int row, int offset) => new(tape.Sums + (long)row * Map.Columns + offset * Size, Size);
}
