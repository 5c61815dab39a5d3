using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>The largest of each column over the steps of a text, and the step at which it stands.</summary>
internal static unsafe class MaximumOverTime
{
    /// <summary>
    /// Where <paramref name="values"/>[i] is above largest[i], it takes its place, and step that of steps[i].
    /// </summary>
    /// <param name="values">A step's.</param>
    /// <param name="step">Its number, below 2^24.</param>
    /// <param name="largest">The largest of the steps before.</param>
    /// <param name="steps">Their numbers.</param>
    public static void Take(ReadOnlySpan<float> values, float step, Span<float> largest, Span<float> steps)
    {
        fixed (
            float* from = values,
                to = largest,
                at = steps
        )
        {
            int done = KernelPath.Width switch
            {
                KernelWidth.Vector512 => Take<Lanes512, Vector512<float>>(from, 0, values.Length, step, to, at),
                KernelWidth.Vector256 => Take<Lanes256, Vector256<float>>(from, 0, values.Length, step, to, at),
                KernelWidth.Vector128 => Take<Lanes128, Vector128<float>>(from, 0, values.Length, step, to, at),
                _ => 0,
            };
            Take<LanesScalar, float>(from, done, values.Length, step, to, at);
        }
    }

    private static int Take<P, V>(float* values, int first, int length, float step, float* largest, float* steps)
        where P : struct, ILanes<V>
        where V : struct
    {
        V own = P.Create(step);
        int i = first;
        for (; i <= length - P.Count; i += P.Count)
        {
            V value = P.Load(values + i),
                before = P.Load(largest + i);
            P.Store(P.WhereGreater(value, before, own, P.Load(steps + i)), steps + i);
            P.Store(P.WhereGreater(value, before, value, before), largest + i);
        }
        return i;
    }
}
