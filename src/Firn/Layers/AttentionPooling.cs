using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// Word attention (Yang et al. 2016, equations 5 to 7): u = tanh(h A + b), weight = softmax over the text of u . v,
/// feature = sum of weight * h; h joins the outputs of all layers at a position. Zero for an empty text.
/// </summary>
/// <param name="kernel">A, [F,F].</param>
/// <param name="bias">b, [F].</param>
/// <param name="context">v, [F].</param>
internal sealed unsafe class AttentionPooling(Parameter kernel, Parameter bias, Parameter context) : IPoolingLayer
{
    /// <summary>Makes or finds the weights.</summary>
    public static AttentionPooling Create(int features, WeightSource weights)
    {
        CounterRandom random = weights.Random;
        Parameter kernel = weights.Get("attention.kernel", ParameterGroup.Dense, [features, features],
            values => Initializers.GlorotUniform(random.Derive(2), features, features, values));
        Parameter bias = weights.Get("attention.bias", ParameterGroup.Dense, [features]);
        Parameter context = weights.Get("attention.context", ParameterGroup.Dense, [features],
            values => Initializers.GlorotUniform(random.Derive(3), features, 1, values));
        return new AttentionPooling(kernel, bias, context);
    }

    private const int RowsAtOnce = 64, OnStack = 512;
    private readonly PackedMatrix packed = new(), transposed = new();
    private readonly int features = bias.Shape[0];

    public bool ReadsEveryOutput => true;

    public void Pack()
    {
        packed.Pack(kernel.Values.Span, features, features);
        transposed.PackTransposed(kernel.Values.Span, features, features);
    }

    public void Forward(ShardWorkspace shard)
    {
        RaggedLayout layout = shard.Layout;
        AttentionTape tape = shard.Attention;
        tape.Reserve(layout.Tokens, features);
        Join(shard);
        Score(layout.Tokens, tape);
        Span<double> parts = layout.Steps <= OnStack ? stackalloc double[OnStack] : new double[layout.Steps];
        for (int i = 0; i < layout.Texts; i++)
        {
            Span<float> to = shard.FeaturesOf(i);
            to.Clear();
            int length = layout.LengthOf(i);
            double highest = double.NegativeInfinity, sum = 0;
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

    /// <summary>u and its product with v, in blocks of rows that stay in the nearest caches from the product to the score.</summary>
    private void Score(int rows, AttentionTape tape)
    {
        for (int from = 0; from < rows; from += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, rows - from);
            long at = (long)from * features;
            fixed (float* b = bias.Values.Span)
                Gemm.Multiply(tape.Joined + at, features, count, packed, b, 0, tape.Units + at);
            var units = new Span<float>(tape.Units + at, count * features);
            Activations.Tanh(units, units);
            for (int row = from; row < from + count; row++)
                tape.Weights[row] = VectorMath.Dot(tape.UnitsAt(row), context.Values.Span);
        }
    }

    public void Backward(ShardWorkspace shard)
    {
        RaggedLayout layout = shard.Layout;
        AttentionTape tape = shard.Attention;
        for (int i = 0; i < layout.Texts; i++)
        {
            ReadOnlySpan<float> from = shard.DFeaturesOf(i);
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
                ReadOnlySpan<float> u = tape.UnitsAt(row), v = context.Values.Span;
                Span<float> dSum = tape.DSumsAt(row), dJoined = tape.DJoinedAt(row);
                for (int f = 0; f < features; f++)
                {
                    dSum[f] = dScore * v[f] * (1 - u[f] * u[f]);
                    dJoined[f] = tape.Weights[row] * from[f];
                }
            }
        }
        Gemm.Multiply(tape.DSums, features, layout.Tokens, transposed, tape.DJoined, features, tape.DJoined);
        Part(shard);
    }

    public void WeightGradients(ShardWorkspace shard, GradientBuffer destination)
    {
        RaggedLayout layout = shard.Layout;
        AttentionTape tape = shard.Attention;
        shard.Scratch.Pack(tape.DSums, layout.Tokens, features);
        Gemm.MultiplyTransposed(tape.Joined, features, shard.Scratch, false, destination.PointerTo(kernel));
        Span<float> dBias = destination.Of(bias), dContext = destination.Of(context);
        dBias.Clear();
        dContext.Clear();
        VectorMath.AddColumnSums(new(tape.DSums, layout.Tokens * features), layout.Tokens, dBias);
        for (int row = 0; row < layout.Tokens; row++)
            VectorMath.AddScaled(tape.DScores[row], tape.UnitsAt(row), dContext);
    }

    private void Join(ShardWorkspace shard) => JoinedRows.Join(shard.Layout, shard.Top, shard.Attention.Joined, features);

    private void Part(ShardWorkspace shard) => JoinedRows.Part(shard.Layout, shard.Top, shard.Attention.DJoined, features);
}

/// <summary>What <see cref="AttentionPooling"/> keeps of a shard between its passes; rows by position.</summary>
internal sealed unsafe class AttentionTape
{
    private readonly AlignedBuffer joined = new(), units = new(), weights = new(), dScores = new(), dSums = new(), dJoined = new();
    private int features;

    /// <summary>h, [M,F].</summary>
    public float* Joined => joined.Pointer;

    /// <summary>u, [M,F].</summary>
    public float* Units => units.Pointer;

    /// <summary>Scores, then weights, [M].</summary>
    public float* Weights => weights.Pointer;

    /// <summary>Gradient of the scores, [M].</summary>
    public float* DScores => dScores.Pointer;

    /// <summary>Gradient of h A + b, [M,F].</summary>
    public float* DSums => dSums.Pointer;

    /// <summary>Gradient of h, [M,F].</summary>
    public float* DJoined => dJoined.Pointer;

    public Span<float> JoinedAt(int row) => new(Joined + (long)row * features, features);

    public Span<float> UnitsAt(int row) => new(Units + (long)row * features, features);

    public Span<float> DSumsAt(int row) => new(DSums + (long)row * features, features);

    public Span<float> DJoinedAt(int row) => new(DJoined + (long)row * features, features);

    public void Reserve(int tokens, int width)
    {
        features = width;
        long size = (long)tokens * width;
        joined.Reserve(size);
        units.Reserve(size);
        dSums.Reserve(size);
        dJoined.Reserve(size);
        weights.Reserve(tokens);
        dScores.Reserve(tokens);
    }
}
