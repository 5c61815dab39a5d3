using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// Adam's update in the form of Keras and of the end of section 2 in Kingma and Ba 2015: m = b1 m + (1-b1) g,
/// v = b2 v + (1-b2) g^2, w -= rate * m / (sqrt(v) + eps) with rate = lr * sqrt(1 - b2^t) / (1 - b1^t).
/// </summary>
internal static unsafe class AdamKernel
{
    /// <summary>Step <paramref name="rate"/> of each weight; all spans of one length.</summary>
    public static void Step(
        ReadOnlySpan<float> gradient,
        float rate,
        float beta1,
        float beta2,
        float epsilon,
        Span<float> first,
        Span<float> second,
        Span<float> weights
    )
    {
        Debug.Assert(
            gradient.Length == weights.Length && first.Length == weights.Length && second.Length == weights.Length
        );
        fixed (
            float* g = gradient,
                m = first,
                v = second,
                w = weights
        )
        {
            int done = KernelPath.Width switch
            {
                KernelWidth.Vector512 => Run<Lanes512, Vector512<float>>(
                    g,
                    0,
                    weights.Length,
                    rate,
                    beta1,
                    beta2,
                    epsilon,
                    m,
                    v,
                    w
                ),
                KernelWidth.Vector256 => Run<Lanes256, Vector256<float>>(
                    g,
                    0,
                    weights.Length,
                    rate,
                    beta1,
                    beta2,
                    epsilon,
                    m,
                    v,
                    w
                ),
                KernelWidth.Vector128 => Run<Lanes128, Vector128<float>>(
                    g,
                    0,
                    weights.Length,
                    rate,
                    beta1,
                    beta2,
                    epsilon,
                    m,
                    v,
                    w
                ),
                _ => 0,
            };
            Run<LanesScalar, float>(g, done, weights.Length, rate, beta1, beta2, epsilon, m, v, w);
        }
    }

    private static int Run<P, V>(
        float* gradient,
        int from,
        int length,
        float rate,
        float beta1,
        float beta2,
        float epsilon,
        float* first,
        float* second,
        float* weights
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        V b1 = P.Create(beta1),
            b2 = P.Create(beta2),
            rest1 = P.Create(1 - beta1),
            rest2 = P.Create(1 - beta2);
        V step = P.Create(-rate),
            eps = P.Create(epsilon);
        int i = from;
        for (; i <= length - P.Count; i += P.Count)
        {
            V g = P.Load(gradient + i);
            V m = P.Fma(b1, P.Load(first + i), P.Multiply(rest1, g));
            V v = P.Fma(b2, P.Load(second + i), P.Multiply(rest2, P.Multiply(g, g)));
            P.Store(m, first + i);
            P.Store(v, second + i);
            P.Store(P.Fma(step, P.Divide(m, P.Add(P.Sqrt(v), eps)), P.Load(weights + i)), weights + i);
        }
        return i;
    }
}
