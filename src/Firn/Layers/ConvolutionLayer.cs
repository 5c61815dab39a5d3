using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// Convolutions over windows of some widths side by side (Kim 2014). A word is multiplied once with the weights of all
/// its places in all windows, and a window of w words adds up w of these sums; over a frozen table they are folded, and
/// a convolution only adds.
/// </summary>
/// <param name="map">
/// [E,WF] for W places in all: the columns of the first window's first place, of its second, and so on, window by
/// window; no bias.
/// </param>
/// <param name="bias">[nF] for n windows; null for none.</param>
/// <param name="kind">Filters, widths, padding, stride, activation.</param>
/// <param name="place">Where it stands.</param>
internal sealed unsafe class ConvolutionLayer(InputMap map, Parameter? bias, Convolution kind, LayerPlace place)
    : SequenceLayer(map, kind.Filters * kind.Widths.Count, place)
{
    private readonly int _filters = kind.Filters,
        _stride = kind.Stride;
    private readonly int[] _widths = [.. kind.Widths];
    private readonly bool _dependsOnLength = kind.Stride > 1 && kind.Padding == WindowPadding.Same;
    private readonly int[] _before = [.. kind.Widths.Select(width => Windows.Before(0, width, 1, kind.Padding))];
    private readonly Activation _activation = kind.Activation.FollowsFromValue() ? kind.Activation : Activation.Linear;

    /// <summary>Makes or finds the map's weights: Glorot uniform over each window, as Keras starts them.</summary>
    public static InputMap CreateMap(
        string name,
        LayerPlace place,
        int width,
        Convolution kind,
        WeightSource weights
    ) =>
        new(
            weights.Get(
                name + ".kernel",
                ParameterGroup.Encoder,
                [width, kind.Widths.Sum() * kind.Filters],
                values => Fill(place.Stream(weights.Random), width, kind.Widths, kind.Filters, values)
            ),
            null
        );

    /// <summary>
    /// Whether its maximum over time alone is read: then one window a text and filter has a gradient. Set by the model.
    /// </summary>
    public bool OnlyMaximum { get; set; }

    public override bool GivesWindows => OnlyMaximum;

    public override bool KeepsSteps => _stride == 1 && kind.Padding != WindowPadding.Valid;

    public override string? StepsRule => Windows.Rule(_widths[0], _stride, kind.Padding);

    protected override IEnumerable<Parameter> OwnWeights => bias is null ? [] : [bias];

    public override int StepsOf(int steps) => Windows.Count(steps, _widths[0], _stride, kind.Padding);

    public override void Forward(RaggedLayout layout, SequenceTape tape)
    {
        ReadOnlySpan<float> start = bias is null ? default : bias.Values.Span;
        RaggedLayout outputs = tape.OutputLayout;
        for (int step = 0; step < outputs.Steps; step++)
        {
            for (int i = 0; i < outputs.AliveAt(step); i++)
            {
                Span<float> to = tape.OutputAt(outputs.OffsetOf(step) + i);
                if (bias is null)
                    to.Clear();
                else
                    start.CopyTo(to);
                int column = 0;
                for (int n = 0; n < _widths.Length; n++)
                {
                    Span<float> window = to.Slice(n * _filters, _filters);
                    int first = step * _stride - Before(n, layout.LengthOf(i));
                    for (int o = 0; o < _widths[n]; o++, column += _filters)
                    {
                        int at = first + o;
                        if (at >= 0 && i < layout.AliveAt(at))
                            VectorMath.Add(SumsAt(tape, layout.OffsetOf(at) + i, column), window);
                    }
                }
            }
        }
        if (_activation != Activation.Linear)
            _activation.Forward(tape.All, tape.All);
    }

    public override SequenceTape CreateTape() => new ConvolutionTape(this);

    protected override double OwnFloats(double tokens, double texts) =>
        OnlyMaximum ? texts * Size + ConvolutionTape.Block * Map.Width + tokens * PackedMatrix.Padded(Map.Width) : 0;

    public override void PackInputGradient()
    {
        if (OnlyMaximum)
            Map.CopyColumns();
        else
            Map.PackTransposed();
    }

    public override void Backward(RaggedLayout layout, SequenceTape tape)
    {
        if (OnlyMaximum)
        {
            ((ConvolutionTape)tape).PassActivation(_activation);
            return;
        }
        if (_activation == Activation.Relu)
            Activations.ReluBackward(tape.All, tape.DAll);
        else
            _activation.Backward(default, tape.All, tape.DAll);
        RaggedLayout outputs = tape.OutputLayout;
        for (int step = 0; step < layout.Steps; step++)
        {
            for (int i = 0; i < layout.AliveAt(step); i++)
            {
                int column = 0;
                for (int n = 0; n < _widths.Length; n++)
                {
                    int last = step + Before(n, layout.LengthOf(i));
                    for (int o = 0; o < _widths[n]; o++, column += _filters)
                    {
                        // The window that has this word at its place o.
                        int first = last - o,
                            at = _stride == 1 ? first : first / _stride;
                        Span<float> to = SumsAt(tape, layout.OffsetOf(step) + i, column);
                        if (first >= 0 && at * _stride == first && i < outputs.AliveAt(at))
                            tape.DOutsideAt(outputs.OffsetOf(at) + i).Slice(n * _filters, _filters).CopyTo(to);
                        else
                            to.Clear();
                    }
                }
            }
        }
    }

    protected override void OwnGradients(
        RaggedLayout layout,
        SequenceTape tape,
        PackedMatrix dSums,
        GradientBuffer destination
    )
    {
        if (bias is null)
            return;
        Span<float> dBias = destination.Of(bias);
        dBias.Clear();
        if (OnlyMaximum)
            VectorMath.AddColumnSums(new(tape.DOutput, layout.Texts * Size), layout.Texts, dBias);
        else
            VectorMath.AddColumnSums(tape.DAll, tape.Count, dBias);
    }

    public override void WindowGradients(
        RaggedLayout layout,
        SequenceTape tape,
        in MapInputs inputs,
        float* dKernel,
        float* dInputs
    )
    {
        var own = (ConvolutionTape)tape;
        own.Begin(layout, Map.Width, dInputs != null);
        int column = 0;
        for (int n = 0; n < _widths.Length; n++)
        {
            for (int first = 0; first < _filters; first += ConvolutionTape.Block)
            {
                int count = Math.Min(ConvolutionTape.Block, _filters - first);
                for (int j = 0; j < count; j++)
                    own.List(j, n * _filters + first + j);
                for (int o = 0; o < _widths[n]; o++)
                {
                    int at = column + o * _filters + first;
                    for (int j = 0; j < count; j++)
                    {
                        int picked = Pick(layout, own, j, n, o, inputs.RowOf);
                        if (dKernel != null)
                            own.SumInputs(j, picked, inputs.Rows);
                        if (dInputs != null)
                            own.AddColumn(Map.ColumnAt(at + j), picked);
                    }
                    if (dKernel != null)
                        own.StoreSums(count, dKernel + at, Map.Columns);
                }
            }
            column += _widths[n] * _filters;
        }
        if (dInputs != null)
            own.StoreInputs(dInputs);
    }

    /// <summary>Lists the rows that stand at place <paramref name="o"/> of a filter's windows.</summary>
    private int Pick(RaggedLayout layout, ConvolutionTape tape, int filter, int window, int o, int* rowOf)
    {
        int picked = 0;
        foreach (ref readonly MaximumWindow maximum in tape.ListOf(filter))
        {
            int at = maximum.Step * _stride - Before(window, layout.LengthOf(maximum.Text)) + o;
            if (at < 0 || at >= layout.LengthOf(maximum.Text))
                continue;
            int row = layout.OffsetOf(at) + maximum.Text;
            tape.Set(picked++, row, rowOf == null ? row : rowOf[row], maximum.Gradient);
        }
        return picked;
    }

    private static void Fill(CounterRandom random, int width, IntegerList widths, int filters, Span<float> kernel)
    {
        int columns = widths.Sum() * filters,
            column = 0;
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

    /// <summary>Steps before a text's first that its first window begins with.</summary>
    private int Before(int window, int steps) =>
        _dependsOnLength ? Windows.Before(steps, _widths[window], _stride, WindowPadding.Same) : _before[window];

    private Span<float> SumsAt(SequenceTape tape, int row, int column) =>
        new(tape.Sums + (long)row * Map.Columns + column, _filters);
}

/// <summary>Where windows over a text stand.</summary>
internal static class Windows
{
    /// <summary>How many there are.</summary>
    public static int Count(int steps, int width, int stride, WindowPadding padding) =>
        padding == WindowPadding.Valid ? Math.Max(0, steps - width + stride) / stride : (steps + stride - 1) / stride;

    /// <summary>Two kinds of windows of one rule are as many on any text.</summary>
    public static string Rule(int width, int stride, WindowPadding padding) =>
        FormattableString.Invariant($"{(padding == WindowPadding.Valid ? width : 1)}/{stride}");

    /// <summary>
    /// Steps before the text's first with which the first begins (as Keras' <c>same</c> divides what is missing).
    /// </summary>
    public static int Before(int steps, int width, int stride, WindowPadding padding) =>
        padding switch
        {
            WindowPadding.Valid => 0,
            WindowPadding.Causal => width - 1,
            _ => stride == 1
                ? (width - 1) / 2
                : Math.Max(0, (Count(steps, width, stride, padding) - 1) * stride + width - steps) / 2,
        };
}
