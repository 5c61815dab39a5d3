using Firn.Kernels;

namespace Firn.Layers;

/// <summary>The largest value of each unit in windows over time: a sequence [T,F] to [T',F].</summary>
/// <param name="Window">Steps, 1 to 1024 (Keras' <c>pool_size</c>).</param>
/// <param name="Stride">Steps between windows; 0 for as many as the window has.</param>
/// <param name="Padding">Valid or same; steps beyond the text count for nothing.</param>
public sealed record MaxPooling(int Window, int Stride = 0, WindowPadding Padding = WindowPadding.Valid) : Layer
{
    internal override string Kind => "max_pooling";

    internal override PadUse Pads => PadUse.Sees;

    internal override LayerNode Build(ModelBuilder builder, LayerNode input) =>
        builder.Add(WindowPoolingNode.Create(builder, input, new WindowShape(Window, Stride, Padding), largest: true));
}

/// <summary>The mean of each unit in windows over time: a sequence [T,F] to [T',F].</summary>
/// <param name="Window">Steps, 1 to 1024 (Keras' <c>pool_size</c>).</param>
/// <param name="Stride">Steps between windows; 0 for as many as the window has.</param>
/// <param name="Padding">Valid or same; steps beyond the text count for nothing, in the divisor neither.</param>
public sealed record AveragePooling(int Window, int Stride = 0, WindowPadding Padding = WindowPadding.Valid) : Layer
{
    internal override string Kind => "average_pooling";

    internal override PadUse Pads => PadUse.Sees;

    internal override LayerNode Build(ModelBuilder builder, LayerNode input) =>
        builder.Add(WindowPoolingNode.Create(builder, input, new WindowShape(Window, Stride, Padding), largest: false));
}

/// <summary>How windows stand.</summary>
internal readonly record struct WindowShape(int Width, int Stride, WindowPadding Padding);

internal sealed unsafe class WindowPoolingNode(LayerNode input, WindowShape windows, bool largest, SignalShape shape)
    : LayerNode(largest ? "max of windows" : "mean of windows", [input], shape)
{
    private readonly Func<int, int> _steps = steps =>
        Windows.Count(steps, windows.Width, windows.Stride, windows.Padding);

    /// <summary>Checks the windows.</summary>
    public static WindowPoolingNode Create(ModelBuilder builder, LayerNode input, WindowShape windows, bool largest)
    {
        input = builder.Rows(builder.Sequence(input));
        builder.Check(windows.Width, 1, 1024, "window");
        builder.Check(windows.Stride, 0, 1024, "stride");
        builder.CheckNamed(windows.Padding, "padding");
        if (windows.Padding == WindowPadding.Causal)
            throw builder.Problem("a pooling has no causal padding; take valid or same");
        windows = windows with { Stride = windows.Stride == 0 ? windows.Width : windows.Stride };
        SignalShape shape = input.Shape with
        {
            Steps = Windows.Count(input.Shape.Steps, windows.Width, windows.Stride, windows.Padding),
        };
        return new WindowPoolingNode(input, windows, largest, shape)
        {
            Title = FormattableString.Invariant($"{(largest ? "max" : "mean")} of {windows.Width} steps"),
        };
    }

    public override string? StepsRule => Windows.Rule(windows.Width, windows.Stride, windows.Padding);

    public override NodeTape CreateTape() => new Tape();

    public override void Forward(ShardWorkspace work, in LayerPass pass)
    {
        var tape = (Tape)work.TapeOf(this);
        NodeTape below = work.TapeOf(Inputs[0]);
        RaggedLayout from = below.Layout,
            to = tape.Layout;
        int width = Shape.Width;
        to.BuildFrom(from, _steps);
        tape.Output.Enter(to.Texts, to.Tokens, width);
        float* inputs = below.Read(Inputs[0].Shape, tape.Joined);
        if (largest && tape.Rows.Length < to.Tokens * width)
            tape.Rows = new int[to.Tokens * width];
        for (int step = 0; step < to.Steps; step++)
        {
            for (int i = 0; i < to.AliveAt(step); i++)
            {
                int row = to.OffsetOf(step) + i;
                (int first, int end) = Bounds(step, from.LengthOf(i));
                Span<float> output = tape.Output.OutputAt(row);
                output.Fill(largest ? float.NegativeInfinity : 0);
                for (int p = first; p < end; p++)
                {
                    int at = from.OffsetOf(p) + i;
                    var values = new ReadOnlySpan<float>(inputs + (long)at * width, width);
                    if (largest)
                        Raise(values, output, at, tape.Rows.AsSpan(row * width, width));
                    else
                        VectorMath.AddScaled(1f / (end - first), values, output);
                }
            }
        }
    }

    public override void Backward(ShardWorkspace work, in LayerPass pass, BackwardNeeds needs)
    {
        var tape = (Tape)work.TapeOf(this);
        NodeTape below = work.TapeOf(Inputs[0]);
        RaggedLayout from = below.Layout,
            to = tape.Layout;
        int width = Shape.Width;
        float* dInput = tape.DInput.Reserve((long)from.Tokens * width);
        new Span<float>(dInput, from.Tokens * width).Clear();
        for (int step = 0; step < to.Steps; step++)
        {
            for (int i = 0; i < to.AliveAt(step); i++)
            {
                int row = to.OffsetOf(step) + i;
                ReadOnlySpan<float> gradient = tape.Output.DOutsideAt(row);
                if (largest)
                {
                    for (int j = 0; j < width; j++)
                        dInput[(long)tape.Rows[row * width + j] * width + j] += gradient[j];
                    continue;
                }
                (int first, int end) = Bounds(step, from.LengthOf(i));
                for (int p = first; p < end; p++)
                    VectorMath.AddScaled(
                        1f / (end - first),
                        gradient,
                        new Span<float>(dInput + (long)(from.OffsetOf(p) + i) * width, width)
                    );
            }
        }
        below.AddGradient(Inputs[0].Shape, dInput);
    }

    /// <summary>The steps that a window reads.</summary>
    private (int First, int End) Bounds(int window, int steps)
    {
        int first = window * windows.Stride - Windows.Before(steps, windows.Width, windows.Stride, windows.Padding);
        return (Math.Max(0, first), Math.Min(steps, first + windows.Width));
    }

    private static void Raise(ReadOnlySpan<float> values, Span<float> output, int at, Span<int> rows)
    {
        for (int j = 0; j < output.Length; j++)
        {
            if (values[j] > output[j])
            {
                output[j] = values[j];
                rows[j] = at;
            }
        }
    }

    private sealed class Tape() : NodeTape(new OutputRows())
    {
        /// <summary>Row of the largest input, [M',F].</summary>
        public int[] Rows { get; set; } = [];

        public AlignedBuffer Joined { get; } = new();

        public AlignedBuffer DInput { get; } = new();
    }
}
