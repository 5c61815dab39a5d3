using Firn.Kernels;

namespace Firn.Model;

/// <summary>The outputs of one or two directions over time to one feature row a text, and back.</summary>
internal interface IPoolingLayer
{
    /// <summary>Whether the backward pass gives a gradient to every output (tape.DOutside) or to last states (tape.DOutput).</summary>
    bool ReadsEveryOutput { get; }

    /// <summary>Packs weights after they change.</summary>
    void Pack();

    /// <summary>Writes shard.Features [n,F]; an empty text's features are its state before any token.</summary>
    void Forward(ShardWorkspace shard);

    /// <summary>From shard.DFeatures [n,F] to the tapes.</summary>
    void Backward(ShardWorkspace shard);

    /// <summary>Writes the gradients of the layer's own weights, after <see cref="Backward"/>.</summary>
    void WeightGradients(ShardWorkspace shard, GradientBuffer destination);
}

/// <summary>The state after each direction's last step, both joined.</summary>
internal sealed unsafe class LastStatePooling(int hidden) : IPoolingLayer
{
    public bool ReadsEveryOutput => false;

    public void Pack()
    {
    }

    public void Forward(ShardWorkspace shard)
    {
        for (int d = 0; d < shard.Tapes.Length; d++)
        {
            LstmTape tape = shard.Tapes[d];
            for (int i = 0; i < shard.Layout.Texts; i++)
            {
                int length = shard.Layout.LengthOf(i);
                Span<float> to = shard.FeaturesOf(i).Slice(d * hidden, hidden);
                if (length > 0)
                    tape.OutputAt(shard.Layout.OffsetOf(length - 1) + i).CopyTo(to);
                else if (tape.InitialOutput != null)
                    new ReadOnlySpan<float>(tape.InitialOutput + (long)i * hidden, hidden).CopyTo(to);
                else
                    to.Clear();
            }
        }
    }

    public void Backward(ShardWorkspace shard)
    {
        for (int d = 0; d < shard.Tapes.Length; d++)
        {
            for (int i = 0; i < shard.Layout.Texts; i++)
                shard.DFeaturesOf(i).Slice(d * hidden, hidden).CopyTo(new Span<float>(shard.Tapes[d].DOutput + (long)i * hidden, hidden));
        }
    }

    public void WeightGradients(ShardWorkspace shard, GradientBuffer destination)
    {
    }
}

/// <summary>The mean of the outputs over the text; zero for an empty text.</summary>
internal sealed unsafe class MeanPooling(int hidden) : IPoolingLayer
{
    public bool ReadsEveryOutput => true;

    public void Pack()
    {
    }

    public void Forward(ShardWorkspace shard)
    {
        for (int d = 0; d < shard.Tapes.Length; d++)
        {
            for (int i = 0; i < shard.Layout.Texts; i++)
            {
                Span<float> to = shard.FeaturesOf(i).Slice(d * hidden, hidden);
                to.Clear();
                int length = shard.Layout.LengthOf(i);
                for (int step = 0; step < length; step++)
                    VectorMath.AddScaled(1f / length, shard.Tapes[d].OutputAt(shard.Layout.OffsetOf(step) + i), to);
            }
        }
    }

    public void Backward(ShardWorkspace shard)
    {
        for (int d = 0; d < shard.Tapes.Length; d++)
        {
            for (int i = 0; i < shard.Layout.Texts; i++)
            {
                ReadOnlySpan<float> from = shard.DFeaturesOf(i).Slice(d * hidden, hidden);
                int length = shard.Layout.LengthOf(i);
                for (int step = 0; step < length; step++)
                    VectorMath.AddScaled(1f / length, from, shard.Tapes[d].DOutsideAt(shard.Layout.OffsetOf(step) + i));
            }
        }
    }

    public void WeightGradients(ShardWorkspace shard, GradientBuffer destination)
    {
    }
}

/// <summary>The largest value of each unit over the text, the first of equals; zero for an empty text.</summary>
internal sealed unsafe class MaxPooling(int hidden) : IPoolingLayer
{
    public bool ReadsEveryOutput => true;

    public void Pack()
    {
    }

    public void Forward(ShardWorkspace shard)
    {
        int features = shard.Tapes.Length * hidden;
        if (shard.PoolRows.Length < shard.Layout.Texts * features)
            shard.PoolRows = new int[shard.Layout.Texts * features];
        for (int d = 0; d < shard.Tapes.Length; d++)
        {
            for (int i = 0; i < shard.Layout.Texts; i++)
            {
                Span<float> best = shard.FeaturesOf(i).Slice(d * hidden, hidden);
                Span<int> rows = shard.PoolRows.AsSpan(i * features + d * hidden, hidden);
                best.Fill(shard.Layout.LengthOf(i) == 0 ? 0 : float.NegativeInfinity);
                for (int step = 0; step < shard.Layout.LengthOf(i); step++)
                {
                    int row = shard.Layout.OffsetOf(step) + i;
                    ReadOnlySpan<float> output = shard.Tapes[d].OutputAt(row);
                    for (int j = 0; j < hidden; j++)
                    {
                        if (output[j] > best[j])
                        {
                            best[j] = output[j];
                            rows[j] = row;
                        }
                    }
                }
            }
        }
    }

    public void Backward(ShardWorkspace shard)
    {
        int features = shard.Tapes.Length * hidden;
        for (int d = 0; d < shard.Tapes.Length; d++)
        {
            for (int i = 0; i < shard.Layout.Texts; i++)
            {
                if (shard.Layout.LengthOf(i) == 0)
                    continue;
                ReadOnlySpan<float> from = shard.DFeaturesOf(i).Slice(d * hidden, hidden);
                for (int j = 0; j < hidden; j++)
                    shard.Tapes[d].DOutsideAt(shard.PoolRows[i * features + d * hidden + j])[j] += from[j];
            }
        }
    }

    public void WeightGradients(ShardWorkspace shard, GradientBuffer destination)
    {
    }
}
