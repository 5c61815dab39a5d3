namespace Firn.Layers;

/// <summary>
/// Batch normalization (Ioffe, Szegedy 2015) of each unit, on a sequence over all steps of all texts of a batch, or on
/// features over its texts: y = gamma (x - mean) / sqrt(variance + epsilon) + beta. Training takes the batch's own mean
/// and variance (divided by the number, not by one less), and lets the moving ones follow; prediction, and training
/// while the layer is frozen, takes the moving ones.
/// </summary>
/// <remarks>
/// Weights: <c>NAME.gamma</c>, <c>NAME.beta</c>, <c>NAME.moving_mean</c>, <c>NAME.moving_variance</c>, each [F]; no
/// optimizer trains the last two. Default name <c>batch_normalization</c>.
/// </remarks>
/// <param name="Epsilon">Above 0.</param>
/// <param name="Momentum">Share of the moving values that stays in a step, in [0, 1).</param>
public sealed record BatchNormalization(double Epsilon = 1e-3, double Momentum = 0.99) : Layer
{
    internal override string Kind => "batch_normalization";

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        builder.Check(Epsilon, 1e-12, 1, "epsilon");
        builder.Check(Momentum, 0, 0.9999999, "momentum");
        string name = builder.NamesOf(this, Kind).Own;
        ParameterGroup group = input.Shape.OverTime ? ParameterGroup.Encoder : ParameterGroup.Dense;
        Parameter One(string what, ParameterGroup of, float start) =>
            builder.Weights.Get($"{name}.{what}", of, [input.Shape.Width], values => values.Fill(start));
        var weights = new BatchNormalizationWeights(
            One("gamma", group, 1),
            One("beta", group, 0),
            One("moving_mean", ParameterGroup.Statistics, 0),
            One("moving_variance", ParameterGroup.Statistics, 1)
        );
        return builder.Add(
            new BatchNormalizationNode(name, builder.Rows(input), weights, this) { Title = "batch normalization" }
        );
    }
}

/// <summary>Its weights, each [F].</summary>
internal sealed record BatchNormalizationWeights(
    Parameter Gamma,
    Parameter Beta,
    Parameter MovingMean,
    Parameter MovingVariance
);

/// <summary>
/// A layer whose passes need sums over the whole batch: shards write theirs, all wait, and the sums are added up in the
/// order of shards, so that they do not depend on threads.
/// </summary>
internal interface IBatchStatistics
{
    /// <summary>Whether it takes the batch's own values, which is while its weights train.</summary>
    bool Gathers { get; set; }

    /// <summary>A shard's sums of its inputs, before the forward pass.</summary>
    void Gather(ShardWorkspace work, in LayerPass pass);

    /// <summary>After all shards.</summary>
    void Compact(int shards);

    /// <summary>A shard's sums of its gradients, before the backward pass.</summary>
    void GatherGradients(ShardWorkspace work, in LayerPass pass);

    /// <summary>After all shards.</summary>
    void SettleGradients(int shards);

    /// <summary>Lets the moving values follow the batch's.</summary>
    void Follow();
}

/// <summary>How finely a batch is cut.</summary>
internal static class BatchPlanLimits
{
    /// <summary>Shards at most.</summary>
    public const int Shards = 64;
}

internal sealed unsafe class BatchNormalizationNode(
    string name,
    LayerNode input,
    BatchNormalizationWeights weights,
    BatchNormalization kind
) : RowNode(name, input, input.Shape.Width), IBatchStatistics
{
    // a shard: F sums, F of squares or products, the number of rows
    private readonly double[][] _sums = new double[BatchPlanLimits.Shards][];
    private readonly float[] _mean = new float[input.Shape.Width],
        _inverse = new float[input.Shape.Width];
    private readonly double[] _variance = new double[input.Shape.Width],
        _dSum = new double[input.Shape.Width],
        _dAlong = new double[input.Shape.Width];
    private double _rows;

    public override IReadOnlyList<Parameter> Weights => [weights.Gamma, weights.Beta];

    public override IReadOnlyList<Parameter> Parameters =>
        [weights.Gamma, weights.Beta, weights.MovingMean, weights.MovingVariance];

    public bool Gathers { get; set; }

    public override void PackForward()
    {
        if (Gathers)
            return;
        ReadOnlySpan<float> mean = weights.MovingMean.Values.Span,
            variance = weights.MovingVariance.Values.Span;
        for (int j = 0; j < InputWidth; j++)
            (_mean[j], _inverse[j]) = (mean[j], (float)(1 / Math.Sqrt(variance[j] + kind.Epsilon)));
    }

    public void Gather(ShardWorkspace work, in LayerPass pass)
    {
        NodeTape below = work.TapeOf(Inputs[0]);
        var tape = (RowTape)work.TapeOf(this);
        int f = InputWidth,
            rows = Shape.OverTime ? below.Layout.Tokens : below.Layout.Texts;
        float* x = below.Read(Inputs[0].Shape, tape.Joined);
        double[] sums = SumsOf(pass.Shard);
        sums[2 * f] = rows;
        for (int row = 0; row < rows; row++)
        {
            for (int j = 0; j < f; j++)
            {
                double value = x[(long)row * f + j];
                sums[j] += value;
                sums[f + j] += value * value;
            }
        }
    }

    public void Compact(int shards)
    {
        int f = InputWidth;
        _rows = 0;
        for (int shard = 0; shard < shards; shard++)
            _rows += _sums[shard][2 * f];
        for (int j = 0; j < f; j++)
        {
            double sum = 0,
                squares = 0;
            for (int shard = 0; shard < shards; shard++)
            {
                sum += _sums[shard][j];
                squares += _sums[shard][f + j];
            }
            double mean = sum / Math.Max(1, _rows);
            _variance[j] = Math.Max(0, squares / Math.Max(1, _rows) - mean * mean);
            _mean[j] = (float)mean;
            _inverse[j] = (float)(1 / Math.Sqrt(_variance[j] + kind.Epsilon));
        }
    }

    public void GatherGradients(ShardWorkspace work, in LayerPass pass)
    {
        var tape = (RowTape)work.TapeOf(this);
        int f = InputWidth;
        double[] sums = SumsOf(pass.Shard);
        for (int row = 0; row < tape.Output.Count; row++)
        {
            ReadOnlySpan<float> x = tape.InputAt(row, f),
                dy = tape.Output.DOutsideAt(row);
            for (int j = 0; j < f; j++)
            {
                sums[j] += dy[j];
                sums[f + j] += (double)dy[j] * ((x[j] - _mean[j]) * _inverse[j]);
            }
        }
    }

    public void SettleGradients(int shards)
    {
        int f = InputWidth;
        for (int j = 0; j < f; j++)
        {
            (_dSum[j], _dAlong[j]) = (0, 0);
            for (int shard = 0; shard < shards; shard++)
            {
                _dSum[j] += _sums[shard][j];
                _dAlong[j] += _sums[shard][f + j];
            }
        }
    }

    public void Follow()
    {
        if (!Gathers || _rows == 0)
            return;
        Span<float> mean = weights.MovingMean.Values.Span,
            variance = weights.MovingVariance.Values.Span;
        for (int j = 0; j < InputWidth; j++)
        {
            mean[j] = (float)(kind.Momentum * mean[j] + (1 - kind.Momentum) * _mean[j]);
            variance[j] = (float)(kind.Momentum * variance[j] + (1 - kind.Momentum) * _variance[j]);
        }
    }

    protected override void Forward(RowTape tape, in LayerPass pass)
    {
        int f = InputWidth;
        ReadOnlySpan<float> gamma = weights.Gamma.Values.Span,
            beta = weights.Beta.Values.Span;
        for (int row = 0; row < tape.Output.Count; row++)
        {
            ReadOnlySpan<float> x = tape.InputAt(row, f);
            Span<float> y = tape.Output.OutputAt(row);
            for (int j = 0; j < f; j++)
                y[j] = gamma[j] * ((x[j] - _mean[j]) * _inverse[j]) + beta[j];
        }
    }

    protected override void InputGradient(RowTape tape, in LayerPass pass, float* dInput)
    {
        int f = InputWidth;
        ReadOnlySpan<float> gamma = weights.Gamma.Values.Span;
        for (int row = 0; row < tape.Output.Count; row++)
        {
            ReadOnlySpan<float> x = tape.InputAt(row, f),
                dy = tape.Output.DOutsideAt(row);
            for (int j = 0; j < f; j++)
            {
                float factor = gamma[j] * _inverse[j];
                dInput[(long)row * f + j] = Gathers
                    ? (float)(
                        factor * (dy[j] - _dSum[j] / _rows - (x[j] - _mean[j]) * _inverse[j] * _dAlong[j] / _rows)
                    )
                    : factor * dy[j];
            }
        }
    }

    protected override void WeightGradients(RowTape tape, ShardWorkspace work, in LayerPass pass)
    {
        int f = InputWidth;
        Span<float> dGamma = pass.Gradients!.Of(weights.Gamma),
            dBeta = pass.Gradients.Of(weights.Beta);
        double[] sums = _sums[pass.Shard];
        for (int j = 0; j < f; j++)
            (dBeta[j], dGamma[j]) = ((float)sums[j], (float)sums[f + j]);
    }

    private double[] SumsOf(int shard)
    {
        double[] sums = _sums[shard] ??= new double[2 * InputWidth + 1];
        Array.Clear(sums);
        return sums;
    }
}
