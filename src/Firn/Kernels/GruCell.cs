using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// One time step of gated recurrent units for n texts, after the matrix products, with the reset behind the recurrent
/// product (Cho et al. 2014; the form of cuDNN, PyTorch and Keras' <c>reset_after</c>). Gates stand in Keras' order z,
/// r, c: z = sigmoid(sz + qz), r = sigmoid(sr + qr), c = tanh(sc + r * qc), h = z * h' + (1 - z) * c, where s are the
/// sums of the input and q those of the state before, each with its bias.
/// </summary>
internal static unsafe class GruCell
{
    /// <summary>Forward.</summary>
    /// <param name="rows">n texts.</param>
    /// <param name="hidden">H units.</param>
    /// <param name="gates">s [n,3H], replaced by z, r, c.</param>
    /// <param name="recurrent">q [n,3H].</param>
    /// <param name="previous">h' [n,H]; null for zero.</param>
    /// <param name="output">Receives h [n,H].</param>
    public static void Forward(int rows, int hidden, float* gates, float* recurrent, float* previous, float* output)
    {
        for (int row = 0; row < rows; row++)
        {
            if (KernelPath.Width == KernelWidth.Vector512 && hidden >= 16)
                ForwardRow<Lanes512, Vector512<float>>(hidden, gates, recurrent, previous, output);
            else if (KernelPath.Width >= KernelWidth.Vector256 && hidden >= 8)
                ForwardRow<Lanes256, Vector256<float>>(hidden, gates, recurrent, previous, output);
            else if (KernelPath.Width >= KernelWidth.Vector128 && hidden >= 4)
                ForwardRow<Lanes128, Vector128<float>>(hidden, gates, recurrent, previous, output);
            else
                ForwardRow<LanesScalar, float>(hidden, gates, recurrent, previous, output);
            gates += 3 * hidden;
            recurrent += 3 * hidden;
            previous = previous == null ? null : previous + hidden;
            output += hidden;
        }
    }

    /// <summary>Backward through <see cref="Forward"/>.</summary>
    /// <param name="rows">n texts.</param>
    /// <param name="hidden">H units.</param>
    /// <param name="gates">z, r, c [n,3H], replaced by the gradient of s.</param>
    /// <param name="recurrent">q [n,3H], replaced by its gradient.</param>
    /// <param name="previous">h' [n,H]; null for zero.</param>
    /// <param name="dOutput">
    /// Gradient of h from the next step [n,H], replaced by the part of the gradient of h' that does not pass q.
    /// </param>
    /// <param name="dOutside">Gradient of h from the layer's reader [n,H]; null for none.</param>
    public static void Backward(
        int rows,
        int hidden,
        float* gates,
        float* recurrent,
        float* previous,
        float* dOutput,
        float* dOutside
    )
    {
        for (int row = 0; row < rows; row++)
        {
            if (KernelPath.Width == KernelWidth.Vector512 && hidden >= 16)
                BackwardRow<Lanes512, Vector512<float>>(hidden, gates, recurrent, previous, dOutput, dOutside);
            else if (KernelPath.Width >= KernelWidth.Vector256 && hidden >= 8)
                BackwardRow<Lanes256, Vector256<float>>(hidden, gates, recurrent, previous, dOutput, dOutside);
            else if (KernelPath.Width >= KernelWidth.Vector128 && hidden >= 4)
                BackwardRow<Lanes128, Vector128<float>>(hidden, gates, recurrent, previous, dOutput, dOutside);
            else
                BackwardRow<LanesScalar, float>(hidden, gates, recurrent, previous, dOutput, dOutside);
            gates += 3 * hidden;
            recurrent += 3 * hidden;
            previous = previous == null ? null : previous + hidden;
            dOutput += hidden;
            dOutside = dOutside == null ? null : dOutside + hidden;
        }
    }

    // The last vector of a row may overlap the one before, and is loaded before the first store: see LstmCell.
    private static void ForwardRow<P, V>(int hidden, float* gates, float* recurrent, float* previous, float* output)
        where P : struct, ILanes<V>
        where V : struct
    {
        int last = hidden - P.Count;
        var tail = ForwardInput<P, V>.Load(gates + last, hidden);
        for (int j = 0; j < last; j += P.Count)
            ForwardInput<P, V>.Load(gates + j, hidden).Apply(gates, recurrent, previous, output, hidden, j);
        tail.Apply(gates, recurrent, previous, output, hidden, last);
    }

    private static void BackwardRow<P, V>(
        int hidden,
        float* gates,
        float* recurrent,
        float* previous,
        float* dOutput,
        float* dOutside
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        int last = hidden - P.Count;
        var tail = BackwardInput<P, V>.Load(gates, recurrent, dOutput, hidden, last);
        for (int j = 0; j < last; j += P.Count)
            BackwardInput<P, V>
                .Load(gates, recurrent, dOutput, hidden, j)
                .Apply(gates, recurrent, previous, dOutput, dOutside, hidden, j);
        tail.Apply(gates, recurrent, previous, dOutput, dOutside, hidden, last);
    }

    private readonly struct ForwardInput<P, V>(V sz, V sr, V sc)
        where P : struct, ILanes<V>
        where V : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ForwardInput<P, V> Load(float* s, int hidden) =>
            new(P.Load(s), P.Load(s + hidden), P.Load(s + 2 * hidden));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(float* gates, float* recurrent, float* previous, float* output, int hidden, int j)
        {
            V z = Activations.Sigmoid<P, V>(P.Add(sz, P.Load(recurrent + j)));
            V r = Activations.Sigmoid<P, V>(P.Add(sr, P.Load(recurrent + hidden + j)));
            V c = Activations.Tanh<P, V>(P.Fma(r, P.Load(recurrent + 2 * hidden + j), sc));
            V before = previous == null ? P.Zero : P.Load(previous + j);
            P.Store(z, gates + j);
            P.Store(r, gates + hidden + j);
            P.Store(c, gates + 2 * hidden + j);
            P.Store(P.Fma(z, P.Subtract(before, c), c), output + j);
        }
    }

    private readonly struct BackwardInput<P, V>(V z, V r, V c, V qc, V dNext)
        where P : struct, ILanes<V>
        where V : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static BackwardInput<P, V> Load(float* gates, float* recurrent, float* dOutput, int hidden, int j) =>
            new(
                P.Load(gates + j),
                P.Load(gates + hidden + j),
                P.Load(gates + 2 * hidden + j),
                P.Load(recurrent + 2 * hidden + j),
                P.Load(dOutput + j)
            );

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(
            float* gates,
            float* recurrent,
            float* previous,
            float* dOutput,
            float* dOutside,
            int hidden,
            int j
        )
        {
            V one = P.Create(1);
            V dh = dOutside == null ? dNext : P.Add(dNext, P.Load(dOutside + j));
            V before = previous == null ? P.Zero : P.Load(previous + j);
            V keep = P.Subtract(one, z);
            V dz = P.Multiply(P.Multiply(dh, P.Subtract(before, c)), P.Multiply(z, keep));
            V dc = P.Multiply(P.Multiply(dh, keep), P.Subtract(one, P.Multiply(c, c)));
            V dr = P.Multiply(P.Multiply(dc, qc), P.Multiply(r, P.Subtract(one, r)));
            P.Store(dz, gates + j);
            P.Store(dr, gates + hidden + j);
            P.Store(dc, gates + 2 * hidden + j);
            P.Store(dz, recurrent + j);
            P.Store(dr, recurrent + hidden + j);
            P.Store(P.Multiply(dc, r), recurrent + 2 * hidden + j);
            P.Store(P.Multiply(dh, z), dOutput + j);
        }
    }
}
