using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// One time step of an LSTM for n texts, after the matrix products: gates, states and their derivatives in one pass
/// (Hochreiter, Schmidhuber 1997; Gers et al. 2000; no peepholes). Gates stand in the order i, f, g, o, as Keras keeps
/// them: i = sigmoid(zi), f = sigmoid(zf), g = tanh(zg), o = sigmoid(zo), c = f * c' + i * g, h = o * tanh(c).
/// </summary>
internal static unsafe class LstmCell
{
    /// <summary>Forward.</summary>
    /// <param name="rows">n texts.</param>
    /// <param name="hidden">H units.</param>
    /// <param name="gates">[n,4H]: sums before the activations, replaced by the gates.</param>
    /// <param name="previous">c' [n,H]; null for zero.</param>
    /// <param name="cell">Receives c [n,H].</param>
    /// <param name="tanhCell">Receives tanh(c) [n,H].</param>
    /// <param name="output">Receives h [n,H].</param>
    public static void Forward(
        int rows,
        int hidden,
        float* gates,
        float* previous,
        float* cell,
        float* tanhCell,
        float* output
    )
    {
        for (int row = 0; row < rows; row++)
        {
            if (KernelPath.Width == KernelWidth.Vector512 && hidden >= 16)
                ForwardRow<Lanes512, Vector512<float>>(hidden, gates, previous, cell, tanhCell, output);
            else if (KernelPath.Width >= KernelWidth.Vector256 && hidden >= 8)
                ForwardRow<Lanes256, Vector256<float>>(hidden, gates, previous, cell, tanhCell, output);
            else if (KernelPath.Width >= KernelWidth.Vector128 && hidden >= 4)
                ForwardRow<Lanes128, Vector128<float>>(hidden, gates, previous, cell, tanhCell, output);
            else
                ForwardRow<LanesScalar, float>(hidden, gates, previous, cell, tanhCell, output);
            gates += 4 * hidden;
            previous = previous == null ? null : previous + hidden;
            cell += hidden;
            tanhCell += hidden;
            output += hidden;
        }
    }

    /// <summary>Backward through <see cref="Forward"/>.</summary>
    /// <param name="rows">n texts.</param>
    /// <param name="hidden">H units.</param>
    /// <param name="gates">[n,4H]: the gates, replaced by the gradient of the sums.</param>
    /// <param name="previous">c' [n,H]; null for zero.</param>
    /// <param name="tanhCell">tanh(c) [n,H].</param>
    /// <param name="dOutput">Gradient of h from the next step [n,H].</param>
    /// <param name="mask">Factor of <paramref name="dOutput"/> [n,H] (the recurrent dropout); null for one.</param>
    /// <param name="dOutside">Gradient of h from the layer's reader [n,H]; null for none.</param>
    /// <param name="dCell">[n,H]: gradient of c, replaced by that of c'.</param>
    public static void Backward(
        int rows,
        int hidden,
        float* gates,
        float* previous,
        float* tanhCell,
        float* dOutput,
        float* mask,
        float* dOutside,
        float* dCell
    )
    {
        for (int row = 0; row < rows; row++)
        {
            if (KernelPath.Width == KernelWidth.Vector512 && hidden >= 16)
                BackwardRow<Lanes512, Vector512<float>>(
                    hidden,
                    gates,
                    previous,
                    tanhCell,
                    dOutput,
                    mask,
                    dOutside,
                    dCell
                );
            else if (KernelPath.Width >= KernelWidth.Vector256 && hidden >= 8)
                BackwardRow<Lanes256, Vector256<float>>(
                    hidden,
                    gates,
                    previous,
                    tanhCell,
                    dOutput,
                    mask,
                    dOutside,
                    dCell
                );
            else if (KernelPath.Width >= KernelWidth.Vector128 && hidden >= 4)
                BackwardRow<Lanes128, Vector128<float>>(
                    hidden,
                    gates,
                    previous,
                    tanhCell,
                    dOutput,
                    mask,
                    dOutside,
                    dCell
                );
            else
                BackwardRow<LanesScalar, float>(hidden, gates, previous, tanhCell, dOutput, mask, dOutside, dCell);
            gates += 4 * hidden;
            previous = previous == null ? null : previous + hidden;
            tanhCell += hidden;
            dOutput += hidden;
            mask = mask == null ? null : mask + hidden;
            dOutside = dOutside == null ? null : dOutside + hidden;
            dCell += hidden;
        }
    }

    // A row whose width is no multiple of the vector ends with a vector that overlaps the one before: it is loaded
    // before the first store, since the gates are replaced in place, and repeats the same values where both overlap.
    private static void ForwardRow<P, V>(
        int hidden,
        float* gates,
        float* previous,
        float* cell,
        float* tanhCell,
        float* output
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        int last = hidden - P.Count;
        var tail = ForwardInput<P, V>.Load(gates + last, hidden, previous == null ? null : previous + last);
        for (int j = 0; j < last; j += P.Count)
        {
            ForwardInput<P, V>
                .Load(gates + j, hidden, previous == null ? null : previous + j)
                .Apply(gates + j, hidden, cell + j, tanhCell + j, output + j);
        }
        tail.Apply(gates + last, hidden, cell + last, tanhCell + last, output + last);
    }

    private static void BackwardRow<P, V>(
        int hidden,
        float* gates,
        float* previous,
        float* tanhCell,
        float* dOutput,
        float* mask,
        float* dOutside,
        float* dCell
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        int last = hidden - P.Count;
        var tail = BackwardInput<P, V>.Load(gates + last, hidden, dCell + last);
        for (int j = 0; j < last; j += P.Count)
            BackwardInput<P, V>
                .Load(gates + j, hidden, dCell + j)
                .Apply(gates, hidden, previous, tanhCell, dOutput, mask, dOutside, dCell, j);
        tail.Apply(gates, hidden, previous, tanhCell, dOutput, mask, dOutside, dCell, last);
    }

    private readonly struct ForwardInput<P, V>(V zi, V zf, V zg, V zo, V previous)
        where P : struct, ILanes<V>
        where V : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ForwardInput<P, V> Load(float* z, int hidden, float* previous) =>
            new(
                P.Load(z),
                P.Load(z + hidden),
                P.Load(z + 2 * hidden),
                P.Load(z + 3 * hidden),
                previous == null ? P.Zero : P.Load(previous)
            );

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(float* gates, int hidden, float* cell, float* tanhCell, float* output)
        {
            V i = Activations.Sigmoid<P, V>(zi);
            V f = Activations.Sigmoid<P, V>(zf);
            V g = Activations.Tanh<P, V>(zg);
            V o = Activations.Sigmoid<P, V>(zo);
            V c = P.Fma(i, g, P.Multiply(f, previous));
            V t = Activations.Tanh<P, V>(c);
            P.Store(i, gates);
            P.Store(f, gates + hidden);
            P.Store(g, gates + 2 * hidden);
            P.Store(o, gates + 3 * hidden);
            P.Store(c, cell);
            P.Store(t, tanhCell);
            P.Store(P.Multiply(o, t), output);
        }
    }

    private readonly struct BackwardInput<P, V>(V i, V f, V g, V o, V dc)
        where P : struct, ILanes<V>
        where V : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static BackwardInput<P, V> Load(float* gates, int hidden, float* dCell) =>
            new(
                P.Load(gates),
                P.Load(gates + hidden),
                P.Load(gates + 2 * hidden),
                P.Load(gates + 3 * hidden),
                P.Load(dCell)
            );

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(
            float* gates,
            int hidden,
            float* previous,
            float* tanhCell,
            float* dOutput,
            float* mask,
            float* dOutside,
            float* dCell,
            int j
        )
        {
            V one = P.Create(1);
            V dh = P.Load(dOutput + j);
            if (mask != null)
                dh = P.Multiply(dh, P.Load(mask + j));
            if (dOutside != null)
                dh = P.Add(dh, P.Load(dOutside + j));
            V t = P.Load(tanhCell + j);
            V dSum = P.Fma(P.Multiply(dh, o), P.Subtract(one, P.Multiply(t, t)), dc);
            V before = previous == null ? P.Zero : P.Load(previous + j);
            P.Store(P.Multiply(P.Multiply(dSum, g), P.Multiply(i, P.Subtract(one, i))), gates + j);
            P.Store(P.Multiply(P.Multiply(dSum, before), P.Multiply(f, P.Subtract(one, f))), gates + hidden + j);
            P.Store(P.Multiply(P.Multiply(dSum, i), P.Subtract(one, P.Multiply(g, g))), gates + 2 * hidden + j);
            P.Store(P.Multiply(P.Multiply(dh, t), P.Multiply(o, P.Subtract(one, o))), gates + 3 * hidden + j);
            P.Store(P.Multiply(dSum, f), dCell + j);
        }
    }
}
