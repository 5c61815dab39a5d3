using Firn.Kernels;

namespace Firn.Layers;

/// <summary>The outputs over time of the layers of a model's last level to one feature row a text, and back.</summary>
internal interface IPoolingLayer
{
    /// <summary>Whether the backward pass gives a gradient to every output (tape.DOutside) or to last outputs (tape.DOutput).</summary>
    bool ReadsEveryOutput { get; }

    /// <summary>Packs weights after they change.</summary>
    void Pack();

    /// <summary>Writes shard.Features [n,F]; an empty text's features are its output before any token.</summary>
    void Forward(ShardWorkspace shard);

    /// <summary>From shard.DFeatures [n,F] to the tapes.</summary>
    void Backward(ShardWorkspace shard);

    /// <summary>Writes the gradients of the layer's own weights, after <see cref="Backward"/>.</summary>
    void WeightGradients(ShardWorkspace shard, GradientBuffer destination);
}

/// <summary>A pooling without weights, which treats each layer's outputs by themselves: its features lie side by side in the layers' order.</summary>
internal abstract class PoolingOfEach : IPoolingLayer
{
    public abstract bool ReadsEveryOutput { get; }

    public void Pack()
    {
    }

    public void Forward(ShardWorkspace shard)
    {
        int at = 0;
        foreach (SequenceTape tape in shard.Top)
        {
            for (int i = 0; i < shard.Layout.Texts; i++)
                Forward(shard, tape, i, at, shard.FeaturesOf(i).Slice(at, tape.Size));
            at += tape.Size;
        }
    }

    public void Backward(ShardWorkspace shard)
    {
        int at = 0;
        foreach (SequenceTape tape in shard.Top)
        {
            for (int i = 0; i < shard.Layout.Texts; i++)
                Backward(shard, tape, i, at, shard.DFeaturesOf(i).Slice(at, tape.Size));
            at += tape.Size;
        }
    }

    public void WeightGradients(ShardWorkspace shard, GradientBuffer destination)
    {
    }

    /// <summary>The features that one layer's outputs over a text give; the first of them is feature <paramref name="at"/>.</summary>
    protected abstract void Forward(ShardWorkspace shard, SequenceTape tape, int text, int at, Span<float> to);

    /// <summary>From the gradient of those features to the tape's.</summary>
    protected abstract void Backward(ShardWorkspace shard, SequenceTape tape, int text, int at, ReadOnlySpan<float> from);
}

/// <summary>The output after each layer's last step.</summary>
internal sealed unsafe class LastStatePooling : PoolingOfEach
{
    public override bool ReadsEveryOutput => false;

    protected override void Forward(ShardWorkspace shard, SequenceTape tape, int text, int at, Span<float> to)
    {
        int length = shard.Layout.LengthOf(text);
        if (length > 0)
            tape.OutputAt(shard.Layout.OffsetOf(length - 1) + text).CopyTo(to);
        else if (tape.InitialOutput != null)
            new ReadOnlySpan<float>(tape.InitialOutput + (long)text * tape.Size, tape.Size).CopyTo(to);
        else
            to.Clear();
    }

    protected override void Backward(ShardWorkspace shard, SequenceTape tape, int text, int at, ReadOnlySpan<float> from) =>
        from.CopyTo(new Span<float>(tape.DOutput + (long)text * tape.Size, tape.Size));
}

/// <summary>The mean of the outputs over the text; zero for an empty text.</summary>
internal sealed class MeanPooling : PoolingOfEach
{
    public override bool ReadsEveryOutput => true;

    protected override void Forward(ShardWorkspace shard, SequenceTape tape, int text, int at, Span<float> to)
    {
        to.Clear();
        int length = shard.Layout.LengthOf(text);
        for (int step = 0; step < length; step++)
            VectorMath.AddScaled(1f / length, tape.OutputAt(shard.Layout.OffsetOf(step) + text), to);
    }

    protected override void Backward(ShardWorkspace shard, SequenceTape tape, int text, int at, ReadOnlySpan<float> from)
    {
        int length = shard.Layout.LengthOf(text);
        for (int step = 0; step < length; step++)
            VectorMath.AddScaled(1f / length, from, tape.DOutsideAt(shard.Layout.OffsetOf(step) + text));
    }
}

/// <summary>The largest value of each unit over the text, the first of equals; zero for an empty text.</summary>
internal sealed class MaxOverTime(int features) : PoolingOfEach
{
    public override bool ReadsEveryOutput => true;

    protected override void Forward(ShardWorkspace shard, SequenceTape tape, int text, int at, Span<float> to)
    {
        if (shard.PoolRows.Length < shard.Layout.Texts * features)
            shard.PoolRows = new int[shard.Layout.Texts * features];
        Span<int> rows = shard.PoolRows.AsSpan(text * features + at, to.Length);
        to.Fill(shard.Layout.LengthOf(text) == 0 ? 0 : float.NegativeInfinity);
        for (int step = 0; step < shard.Layout.LengthOf(text); step++)
        {
            int row = shard.Layout.OffsetOf(step) + text;
            ReadOnlySpan<float> output = tape.OutputAt(row);
            for (int j = 0; j < to.Length; j++)
            {
                if (output[j] > to[j])
                {
                    to[j] = output[j];
                    rows[j] = row;
                }
            }
        }
    }

    protected override void Backward(ShardWorkspace shard, SequenceTape tape, int text, int at, ReadOnlySpan<float> from)
    {
        if (shard.Layout.LengthOf(text) == 0)
            return;
        for (int j = 0; j < from.Length; j++)
            tape.DOutsideAt(shard.PoolRows[text * features + at + j])[j] += from[j];
    }
}
