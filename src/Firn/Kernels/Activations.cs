using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// Vector exp, sigmoid and tanh. Errors against double over [-100, 100], measured by the tests, are stated.
/// </summary>
internal static unsafe class Activations
{
    /// <summary>
    /// exp(x), at most 2 units in the last place off; inputs are held in [-87.3, 88.3]; NaN stays NaN. Cody and Waite's
    /// reduction by ln 2 and the degree-5 polynomial of Cephes' expf (Moshier 1989).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<P, V>(V x)
        where P : struct, ILanes<V>
        where V : struct => ExpWithin<P, V>(P.Min(P.Max(x, P.Create(-87.3f)), P.Create(88.3f)));

    /// <summary><see cref="Exp{P, V}(V)"/> of a value in [-87.3, 88.3].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpWithin<P, V>(V x)
        where P : struct, ILanes<V>
        where V : struct
    {
        V n = P.Round(P.Multiply(x, P.Create(1.44269504088896341f)));
        V r = P.Fma(n, P.Create(-0.693359375f), x);
        r = P.Fma(n, P.Create(2.12194440e-4f), r);
        V p = P.Create(1.9875691500e-4f);
        p = P.Fma(p, r, P.Create(1.3981999507e-3f));
        p = P.Fma(p, r, P.Create(8.3334519073e-3f));
        p = P.Fma(p, r, P.Create(4.1665795894e-2f));
        p = P.Fma(p, r, P.Create(1.6666665459e-1f));
        p = P.Fma(p, r, P.Create(5.0000001201e-1f));
        p = P.Fma(P.Multiply(p, r), r, P.Add(r, P.Create(1)));
        return P.ScaleByPowerOfTwo(p, n);
    }

    /// <summary>1 / (1 + exp(-x)); relative error below 5e-7 for x above -87.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<P, V>(V x)
        where P : struct, ILanes<V>
        where V : struct => P.Divide(P.Create(1), P.Add(P.Create(1), Exp<P, V>(P.Subtract(P.Zero, x))));

    /// <summary>
    /// tanh(x); relative error below 6e-7. The rational approximation of degree 13 over 6 on [-7.905, 7.905] that Eigen
    /// uses (minimax, after Sollya), exact to the sign.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<P, V>(V x)
        where P : struct, ILanes<V>
        where V : struct
    {
        TanhParts<P, V>(x, out V p, out V q);
        return P.Divide(p, q);
    }

    /// <summary>tanh(x) = p / q, as <see cref="Tanh{P, V}(V)"/> has it; q lies in [0.004, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TanhParts<P, V>(V x, out V p, out V q)
        where P : struct, ILanes<V>
        where V : struct
    {
        x = P.Min(P.Max(x, P.Create(-7.90531110763549805f)), P.Create(7.90531110763549805f));
        V s = P.Multiply(x, x);
        p = P.Create(-2.76076847742355e-16f);
        p = P.Fma(p, s, P.Create(2.00018790482477e-13f));
        p = P.Fma(p, s, P.Create(-8.60467152213735e-11f));
        p = P.Fma(p, s, P.Create(5.12229709037114e-08f));
        p = P.Fma(p, s, P.Create(1.48572235717979e-05f));
        p = P.Fma(p, s, P.Create(6.37261928875436e-04f));
        p = P.Fma(p, s, P.Create(4.89352455891786e-03f));
        p = P.Multiply(x, p);
        q = P.Create(1.19825839466702e-06f);
        q = P.Fma(q, s, P.Create(1.18534705686654e-04f));
        q = P.Fma(q, s, P.Create(2.26843463243900e-03f));
        q = P.Fma(q, s, P.Create(4.89352518554385e-03f));
    }

    /// <summary>exp of each value; in place where both are the same.</summary>
    public static void Exp(ReadOnlySpan<float> x, Span<float> destination) => Map<ExpMap>(x, destination);

    /// <summary>Sigmoid of each value; in place where both are the same.</summary>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> destination) => Map<SigmoidMap>(x, destination);

    /// <summary>tanh of each value; in place where both are the same.</summary>
    public static void Tanh(ReadOnlySpan<float> x, Span<float> destination) => Map<TanhMap>(x, destination);

    /// <summary>max(x, 0) of each value; in place where both are the same.</summary>
    public static void Relu(ReadOnlySpan<float> x, Span<float> destination) => Map<ReluMap>(x, destination);

    /// <summary>Sets the gradient to zero where <see cref="Relu"/> gave zero.</summary>
    /// <param name="outputs">What it gave.</param>
    /// <param name="gradient">Gradient of the outputs, replaced by that of the inputs.</param>
    public static void ReluBackward(ReadOnlySpan<float> outputs, Span<float> gradient)
    {
        Debug.Assert(outputs.Length == gradient.Length);
        for (int i = 0; i < gradient.Length; i++)
            gradient[i] = outputs[i] > 0 ? gradient[i] : 0;
    }

    private static void Map<F>(ReadOnlySpan<float> x, Span<float> destination)
        where F : struct, IMap
    {
        Debug.Assert(x.Length == destination.Length);
        fixed (
            float* from = x,
                to = destination
        )
        {
            int done = KernelPath.Width switch
            {
                KernelWidth.Vector512 => Run<F, Lanes512, Vector512<float>>(from, x.Length, to),
                KernelWidth.Vector256 => Run<F, Lanes256, Vector256<float>>(from, x.Length, to),
                KernelWidth.Vector128 => Run<F, Lanes128, Vector128<float>>(from, x.Length, to),
                _ => 0,
            };
            Run<F, LanesScalar, float>(from + done, x.Length - done, to + done);
        }
    }

    private static int Run<F, P, V>(float* x, int length, float* destination)
        where F : struct, IMap
        where P : struct, ILanes<V>
        where V : struct
    {
        int i = 0;
        for (; i <= length - P.Count; i += P.Count)
            P.Store(F.Of<P, V>(P.Load(x + i)), destination + i);
        return i;
    }

    private interface IMap
    {
        static abstract V Of<P, V>(V x)
            where P : struct, ILanes<V>
            where V : struct;
    }

    private readonly struct ExpMap : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<P, V>(V x)
            where P : struct, ILanes<V>
            where V : struct => Exp<P, V>(x);
    }

    private readonly struct SigmoidMap : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<P, V>(V x)
            where P : struct, ILanes<V>
            where V : struct => Sigmoid<P, V>(x);
    }

    private readonly struct TanhMap : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<P, V>(V x)
            where P : struct, ILanes<V>
            where V : struct => Tanh<P, V>(x);
    }

    private readonly struct ReluMap : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<P, V>(V x)
            where P : struct, ILanes<V>
            where V : struct => P.Max(x, P.Zero);
    }
}
