using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// A weighted mean over the text, weights from a learnt context vector (Yang et al. 2016, equations 5 to 7): u = tanh(h
/// A + b), weight = softmax over the text of u . v, feature = sum of weight * h. A sequence [T,F] to features [F]; zero
/// for an empty text.
/// </summary>
/// <remarks>
/// Weights: <c>NAME.kernel</c> A [F,F], <c>NAME.bias</c> b [F], <c>NAME.context</c> v [F]. Default name
/// <c>attention</c>.
/// </remarks>
public sealed record AttentionPooling : Layer
{
    private const string DefaultName = "attention"; // as the weights of bundles are called

    internal override string Kind => "attention_pooling";

    internal override PadUse Pads => PadUse.Skips;

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        input = builder.Rows(builder.Sequence(input));
        int features = input.Shape.Width;
        string name = builder.NamesOf(this, DefaultName).Own;
        WeightSource weights = builder.Weights;
        // The first has the streams that a model with one always had.
        (ulong first, ulong second) = name == DefaultName ? (2UL, 3UL) : (builder.NextStream(), builder.NextStream());
        Parameter kernel = weights.Get(
            name + ".kernel",
            ParameterGroup.Dense,
            [features, features],
            values => Initializers.GlorotUniform(weights.Random.Derive(first), features, features, values)
        );
        Parameter bias = weights.Get(name + ".bias", ParameterGroup.Dense, [features]);
        Parameter context = weights.Get(
            name + ".context",
            ParameterGroup.Dense,
            [features],
            values => Initializers.GlorotUniform(weights.Random.Derive(second), features, 1, values)
        );
        return builder.Add(new AttentionNode(name, input, kernel, bias, context) { Title = "attention pooling" });
    }
}

internal sealed unsafe class AttentionNode(
    string name,
    LayerNode input,
    Parameter kernel,
    Parameter bias,
    Parameter context
) : LayerNode(name, [input], SignalShape.Features(bias.Shape[0]))
{
    private const int RowsAtOnce = 64,
        OnStack = 512;
    private readonly PackedMatrix _packed = new(),
        _transposed = new();
    private readonly int _features = bias.Shape[0];

    public override IReadOnlyList<Parameter> Weights => [kernel, bias, context];

    public override NodeTape CreateTape() => new AttentionTape();

    public override void PackForward() => _packed.Pack(kernel.Values.Span, _features, _features);

    public override void PackBackward() => _transposed.PackTransposed(kernel.Values.Span, _features, _features);

    public override double TapeFloats(ShardSize size) =>
        4 * size.Tokens * _features + 2 * size.Tokens + 2 * size.Texts * _features;

    public override double ScoringFloats(ShardSize size) => 4 * size.Tokens * _features + size.Texts * _features;

    public override void Forward(ShardWorkspace work, in LayerPass pass)
    {
        var tape = (AttentionTape)work.TapeOf(this);
        NodeTape below = work.TapeOf(Inputs[0]);
        RaggedLayout layout = tape.Layout = below.Layout;
        tape.Output.Enter(layout.Texts, layout.Texts, _features);
        tape.Reserve(layout.Tokens, _features);
        JoinedRows.Join(layout, below.Parts, tape.Joined, _features);
        Score(layout.Tokens, tape);
        Span<double> parts = layout.Steps <= OnStack ? stackalloc double[OnStack] : new double[layout.Steps];
        for (int i = 0; i < layout.Texts; i++)
        {
            Span<float> to = tape.Output.OutputAt(i);
            to.Clear();
            int length = layout.LengthOf(i);
            double highest = double.NegativeInfinity,
                sum = 0;
            for (int p = 0; p < length; p++)
                highest = Math.Max(highest, tape.Weights[layout.OffsetOf(p) + i]);
            for (int p = 0; p < length; p++)
                sum += parts[p] = Math.Exp(tape.Weights[layout.OffsetOf(p) + i] - highest);
            for (int p = 0; p < length; p++)
            {
                int row = layout.OffsetOf(p) + i;
                tape.Weights[row] = (float)(parts[p] / sum);
                VectorMath.AddScaled(tape.Weights[row], tape.JoinedAt(row), to);
            }
        }
    }

    /// <summary>
    /// u and its product with v, in blocks of rows that stay in the nearest caches from the product to the score.
    /// </summary>
    private void Score(int rows, AttentionTape tape)
    {
        for (int from = 0; from < rows; from += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, rows - from);
            long at = (long)from * _features;
            fixed (float* b = bias.Values.Span)
                Gemm.Multiply(tape.Joined + at, _features, count, _packed, b, 0, tape.Units + at);
            var units = new Span<float>(tape.Units + at, count * _features);
            Activations.Tanh(units, units);
            for (int row = from; row < from + count; row++)
                tape.Weights[row] = VectorMath.Dot(tape.UnitsAt(row), context.Values.Span);
        }
    }

    public override void Backward(ShardWorkspace work, in LayerPass pass, BackwardNeeds needs)
    {
        var tape = (AttentionTape)work.TapeOf(this);
        RaggedLayout layout = tape.Layout;
        for (int i = 0; i < layout.Texts; i++)
        {
            ReadOnlySpan<float> from = tape.Output.DOutsideAt(i);
            int length = layout.LengthOf(i);
            float mean = 0;
            for (int p = 0; p < length; p++)
            {
                int row = layout.OffsetOf(p) + i;
                tape.DScores[row] = VectorMath.Dot(from, tape.JoinedAt(row));
                mean += tape.Weights[row] * tape.DScores[row];
            }
            for (int p = 0; p < length; p++)
            {
                int row = layout.OffsetOf(p) + i;
                float dScore = tape.DScores[row] = tape.Weights[row] * (tape.DScores[row] - mean);
                ReadOnlySpan<float> u = tape.UnitsAt(row),
                    v = context.Values.Span;
                Span<float> dSum = tape.DSumsAt(row),
                    dJoined = tape.DJoinedAt(row);
                for (int f = 0; f < _features; f++)
                {
                    dSum[f] = dScore * v[f] * (1 - u[f] * u[f]);
                    dJoined[f] = tape.Weights[row] * from[f];
                }
            }
        }
        if ((needs & BackwardNeeds.Input) != 0)
        {
            Gemm.Multiply(tape.DSums, _features, layout.Tokens, _transposed, tape.DJoined, _features, tape.DJoined);
            work.TapeOf(Inputs[0]).AddGradient(Inputs[0].Shape, tape.DJoined);
        }
        if ((needs & BackwardNeeds.Weights) != 0)
            WeightGradients(tape, work.Scratch, pass.Gradients!);
    }

    private void WeightGradients(AttentionTape tape, PackedMatrix scratch, GradientBuffer destination)
    {
        RaggedLayout layout = tape.Layout;
        scratch.Pack(tape.DSums, layout.Tokens, _features);
        Gemm.MultiplyTransposed(tape.Joined, _features, scratch, false, destination.PointerTo(kernel));
        Span<float> dBias = destination.Of(bias),
            dContext = destination.Of(context);
        dBias.Clear();
        dContext.Clear();
        VectorMath.AddColumnSums(new(tape.DSums, layout.Tokens * _features), layout.Tokens, dBias);
        for (int row = 0; row < layout.Tokens; row++)
            VectorMath.AddScaled(tape.DScores[row], tape.UnitsAt(row), dContext);
    }
}

/// <summary>What <see cref="AttentionNode"/> keeps of a shard between its passes; rows by position.</summary>
internal sealed unsafe class AttentionTape() : NodeTape(new OutputRows())
{
    private readonly AlignedBuffer _joined = new(),
        _units = new(),
        _weights = new(),
        _dScores = new(),
        _dSums = new(),
        _dJoined = new();
    private int _features;

    /// <summary>h, [M,F].</summary>
    public float* Joined => _joined.Pointer;

    /// <summary>u, [M,F].</summary>
    public float* Units => _units.Pointer;

    /// <summary>Scores, then weights, [M].</summary>
    public float* Weights => _weights.Pointer;

    /// <summary>Gradient of the scores, [M].</summary>
    public float* DScores => _dScores.Pointer;

    /// <summary>Gradient of h A + b, [M,F].</summary>
    public float* DSums => _dSums.Pointer;

    /// <summary>Gradient of h, [M,F].</summary>
    public float* DJoined => _dJoined.Pointer;

    public Span<float> JoinedAt(int row) => new(Joined + (long)row * _features, _features);

    public Span<float> UnitsAt(int row) => new(Units + (long)row * _features, _features);

    public Span<float> DSumsAt(int row) => new(DSums + (long)row * _features, _features);

    public Span<float> DJoinedAt(int row) => new(DJoined + (long)row * _features, _features);

    public void Reserve(int tokens, int width)
    {
        _features = width;
        long size = (long)tokens * width;
        _joined.Reserve(size);
        _units.Reserve(size);
        _dSums.Reserve(size);
        _dJoined.Reserve(size);
        _weights.Reserve(tokens);
        _dScores.Reserve(tokens);
    }
}
