using System.Runtime.Intrinsics;
using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// One worker's training step over the windows of a block; owns its scratch memory, shares the parameters.
/// </summary>
internal abstract unsafe class WindowKernel
{
    /// <summary>Positions that share negative samples and read the same parameters.</summary>
    public const int Chunk = 8;

    /// <summary>Trains on the positions [first, end) of a stream; first is a multiple of <see cref="Chunk"/>.</summary>
    /// <param name="stream">Words and windows.</param>
    /// <param name="first">First position.</param>
    /// <param name="end">Past the last position.</param>
    /// <param name="alpha">Learning rate.</param>
    /// <param name="random">
    /// Where negative samples come from; which a chunk draws depends on its place in the stream alone.
    /// </param>
    public abstract void Train(WindowStream stream, int first, int end, float alpha, CounterRandom random);

    /// <summary>The kernel of the options, at the vector width of <see cref="KernelPath"/>.</summary>
    public static WindowKernel Create(TrainingView view) =>
        KernelPath.Width switch
        {
            KernelWidth.Vector512 => Create<Lanes512, Vector512<float>>(view),
            KernelWidth.Vector256 => Create<Lanes256, Vector256<float>>(view),
            KernelWidth.Vector128 => Create<Lanes128, Vector128<float>>(view),
            _ => Create<LanesScalar, float>(view),
        };

    private static WindowKernel Create<P, V>(TrainingView view)
        where P : struct, ILanes<V>
        where V : struct => view.State.Options.SkipGram ? new SkipGramKernel<P, V>(view) : new CbowKernel<P, V>(view);
}
