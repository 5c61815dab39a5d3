using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// Convolutions over windows of some widths side by side, with ReLU (Kim 2014); the text is taken to have zero vectors before
/// and behind it, so that each gives one output a word (Keras' <c>same</c>). A word is multiplied once with the weights of all
/// its places in all windows, and a window of w words adds up w of these sums; over a frozen table they are folded, and a
/// convolution only adds.
/// </summary>
/// <param name="map">
/// [E,WF] for W places in all: the columns of the first window's first place, of its second, and so on, window by window; no bias.
/// </param>
/// <param name="bias">[nF] for n windows.</param>
/// <param name="widths">Words that each window spans.</param>
/// <param name="place">Where it stands.</param>
internal sealed unsafe class ConvolutionLayer(InputMap map, Parameter bias, IntegerList widths, LayerPlace place) : SequenceLayer(map, bias.Shape[0], place)
{
    private readonly int filters = bias.Shape[0] / widths.Count;

    /// <summary>Makes or finds the weights: Glorot uniform over each window, zero bias, as Keras starts them.</summary>
    public static ConvolutionLayer Create(LayerPlace place, int width, IntegerList widths, int filters, WeightSource weights)
    {
        int columns = widths.Sum() * filters;
        Parameter kernel = weights.Get("convolution.kernel", ParameterGroup.Lstm, [width, columns],
            values => Fill(place.Stream(weights.Random), width, widths, filters, values));
        return new ConvolutionLayer(new InputMap(kernel, null), weights.Get("convolution.bias", ParameterGroup.Lstm, [widths.Count * filters]), widths, place);
    }

    public override double PackedFloats => 0;

    public override void PackForward()
    {
    }

    public override void PackBackward()
    {
    }

    public override SequenceTape CreateTape() => new();

    public override void Forward(RaggedLayout layout, SequenceTape tape)
    {
        ReadOnlySpan<float> start = bias.Values.Span;
        for (int step = 0; step < layout.Steps; step++)
        {
            for (int i = 0; i < layout.AliveAt(step); i++)
            {
                Span<float> to = tape.OutputAt(layout.OffsetOf(step) + i);
                start.CopyTo(to);
                int column = 0;
                for (int n = 0; n < widths.Count; n++)
                {
                    Span<float> window = to.Slice(n * filters, filters);
                    for (int o = 0; o < widths[n]; o++, column += filters)
                    {
                        int at = step + o - Before(n);
                        if (at >= 0 && i < layout.AliveAt(at))
                            VectorMath.Add(SumsAt(tape, layout.OffsetOf(at) + i, column), window);
                    }
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
                int column = 0;
                for (int n = 0; n < widths.Count; n++)
                {
                    for (int o = 0; o < widths[n]; o++, column += filters)
                    {
                        // The window that has this word at its place o.
                        int at = step - o + Before(n);
                        Span<float> to = SumsAt(tape, layout.OffsetOf(step) + i, column);
                        if (at >= 0 && i < layout.AliveAt(at))
                            tape.DOutsideAt(layout.OffsetOf(at) + i).Slice(n * filters, filters).CopyTo(to);
                        else
                            to.Clear();
                    }
                }
            }
        }
    }

    protected override double OwnFloats(double tokens, double texts, bool dropsStates) => 0;

    protected override void OwnGradients(RaggedLayout layout, SequenceTape tape, PackedMatrix dSums, GradientBuffer destination)
    {
        Span<float> dBias = destination.Of(bias);
        dBias.Clear();
        VectorMath.AddColumnSums(new(tape.DOutside, layout.Tokens * Size), layout.Tokens, dBias);
    }

    private static void Fill(CounterRandom random, int width, IntegerList widths, int filters, Span<float> kernel)
    {
        int columns = widths.Sum() * filters, column = 0;
        for (int n = 0; n < widths.Count; n++)
        {
            int own = widths[n] * filters;
            var values = new float[width * own];
            Initializers.GlorotUniform(random.Derive((ulong)n), widths[n] * width, own, values);
            for (int row = 0; row < width; row++)
                values.AsSpan(row * own, own).CopyTo(kernel.Slice(row * columns + column, own));
            column += own;
        }
    }

    /// <summary>Words before the one at which a window stands.</summary>
    private int Before(int window) => (widths[window] - 1) / 2;

    private Span<float> SumsAt(SequenceTape tape, int row, int column) => new(tape.Sums + (long)row * Map.Columns + column, filters);
}
