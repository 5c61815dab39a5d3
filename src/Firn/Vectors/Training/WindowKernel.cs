using System.Runtime.Intrinsics;
using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>What all workers share: the parameters and how outputs are drawn.</summary>
/// <param name="Options">The caller's choices.</param>
/// <param name="Inputs">The word vectors, [words, size].</param>
/// <param name="Outputs">Negative sampling: the output vectors, [words, size].</param>
/// <param name="Nodes">Hierarchical softmax: vectors of the tree's inner nodes.</param>
/// <param name="Negatives">Draws negative samples; null without them.</param>
/// <param name="Tree">The tree; null without hierarchical softmax.</param>
internal sealed record TrainingState(
    Word2VecOptions Options, ParameterMatrix Inputs, ParameterMatrix? Outputs, ParameterMatrix? Nodes,
    AliasTable? Negatives, HuffmanTree? Tree);

/// <summary>One worker's training step over the windows of a block; owns its scratch memory, shares the parameters.</summary>
internal abstract unsafe class WindowKernel
{
    /// <summary>Trains on every position of the stream.</summary>
    /// <param name="stream">Words and windows.</param>
    /// <param name="alpha">Learning rate.</param>
    /// <param name="random">Where negative samples come from.</param>
    public abstract void Train(WindowStream stream, float alpha, CounterRandom random);

    /// <summary>The kernel of the options, at the vector width of <see cref="KernelPath"/>.</summary>
    public static WindowKernel Create(TrainingState state) => KernelPath.Width switch
    {
        KernelWidth.Vector512 => Create<Lanes512, Vector512<float>>(state),
        KernelWidth.Vector256 => Create<Lanes256, Vector256<float>>(state),
        _ => Create<LanesScalar, float>(state),
    };

    private static WindowKernel Create<P, V>(TrainingState state)
        where P : struct, ILanes<V>
        where V : struct =>
        state.Options.SkipGram ? new SkipGramKernel<P, V>(state) : new CbowKernel<P, V>(state);
}
