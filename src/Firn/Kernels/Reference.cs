using System.Numerics;

namespace Firn.Kernels;

/// <summary>
/// The slow and obvious truth of every kernel, in float or double: plain loops over the formulas, no tiles, no vectors,
/// no packing. Tests hold the fast kernels against it, and finite differences against its backward passes.
/// </summary>
internal static class Reference
{
    /// <summary>C [M,N] = A [M,K] * B [K,N], plus C before when <paramref name="accumulate"/>.</summary>
    public static void Multiply<T>(
        ReadOnlySpan<T> a,
        ReadOnlySpan<T> b,
        int m,
        int k,
        int n,
        bool accumulate,
        Span<T> c
    )
        where T : IFloatingPointIeee754<T>
    {
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                T sum = accumulate ? c[i * n + j] : T.Zero;
                for (int d = 0; d < k; d++)
                    sum += a[i * k + d] * b[d * n + j];
                c[i * n + j] = sum;
            }
        }
    }

    /// <summary>A^T [N,M] of A [M,N].</summary>
    public static T[] Transpose<T>(ReadOnlySpan<T> a, int m, int n)
    {
        var t = new T[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
                t[j * m + i] = a[i * n + j];
        }
        return t;
    }

    public static T Sigmoid<T>(T x)
        where T : IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));

    /// <summary>
    /// One LSTM step of one text; the formulas of <see cref="LstmCell"/>. <paramref name="z"/> [4H] becomes the gates.
    /// </summary>
    public static void LstmForward<T>(Span<T> z, ReadOnlySpan<T> before, Span<T> cell, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        int h = cell.Length;
        for (int j = 0; j < h; j++)
        {
            T i = z[j] = Sigmoid(z[j]);
            T f = z[h + j] = Sigmoid(z[h + j]);
            T g = z[2 * h + j] = T.Tanh(z[2 * h + j]);
            T o = z[3 * h + j] = Sigmoid(z[3 * h + j]);
            cell[j] = f * before[j] + i * g;
            output[j] = o * T.Tanh(cell[j]);
        }
    }

    /// <summary>
    /// Backward of <see cref="LstmForward"/>: the gates become dz, <paramref name="dCell"/> becomes that of the step
    /// before.
    /// </summary>
    public static void LstmBackward<T>(
        Span<T> gates,
        ReadOnlySpan<T> before,
        ReadOnlySpan<T> cell,
        ReadOnlySpan<T> dOutput,
        Span<T> dCell
    )
        where T : IFloatingPointIeee754<T>
    {
        int h = cell.Length;
        for (int j = 0; j < h; j++)
        {
            T i = gates[j],
                f = gates[h + j],
                g = gates[2 * h + j],
                o = gates[3 * h + j],
                t = T.Tanh(cell[j]);
            T dc = dCell[j] + dOutput[j] * o * (T.One - t * t);
            gates[j] = dc * g * i * (T.One - i);
            gates[h + j] = dc * before[j] * f * (T.One - f);
            gates[2 * h + j] = dc * i * (T.One - g * g);
            gates[3 * h + j] = dOutput[j] * t * o * (T.One - o);
            dCell[j] = dc * f;
        }
    }

    /// <summary>One weight's step of Adam, as <see cref="AdamKernel"/> states it.</summary>
    public static void Adam<T>(T gradient, T rate, T beta1, T beta2, T epsilon, ref T first, ref T second, ref T weight)
        where T : IFloatingPointIeee754<T>
    {
        first = beta1 * first + (T.One - beta1) * gradient;
        second = beta2 * second + (T.One - beta2) * gradient * gradient;
        weight -= rate * first / (T.Sqrt(second) + epsilon);
    }
}

/// <summary>The LSTM over one whole text in plain loops, with its masks; the truth for <c>LstmLayer</c>.</summary>
internal sealed class ReferenceLstm<T>(T[] kernel, T[] recurrent, T[] bias, int width, int hidden)
    where T : IFloatingPointIeee754<T>
{
    private T[] _x = [],
        _gates = [],
        _cells = [],
        _entered = [],
        _mask = [];
    private int _steps;

    public T[] DKernel { get; } = new T[kernel.Length];

    public T[] DRecurrent { get; } = new T[recurrent.Length];

    public T[] DBias { get; } = new T[bias.Length];

    public T[] DInput { get; private set; } = [];

    /// <summary>
    /// Outputs [T,H] of inputs [T,E] from state (h0, c0); <paramref name="recurrentMask"/> [H] multiplies h at every
    /// step.
    /// </summary>
    public T[] Forward(T[] inputs, T[] h0, T[] c0, T[] recurrentMask)
    {
        _steps = inputs.Length / width;
        _x = inputs;
        _mask = recurrentMask;
        _gates = new T[_steps * 4 * hidden];
        _cells = [.. c0, .. new T[_steps * hidden]];
        _entered = new T[_steps * hidden];
        T[] outputs = [.. h0, .. new T[_steps * hidden]];
        for (int t = 0; t < _steps; t++)
        {
            Span<T> z = _gates.AsSpan(t * 4 * hidden, 4 * hidden),
                h = _entered.AsSpan(t * hidden, hidden);
            for (int j = 0; j < hidden; j++)
                h[j] = outputs[t * hidden + j] * _mask[j];
            bias.CopyTo(z);
            Reference.Multiply<T>(_x.AsSpan(t * width, width), kernel, 1, width, 4 * hidden, true, z);
            Reference.Multiply<T>(h, recurrent, 1, hidden, 4 * hidden, true, z);
            Reference.LstmForward(
                z,
                _cells.AsSpan(t * hidden, hidden),
                _cells.AsSpan((t + 1) * hidden, hidden),
                outputs.AsSpan((t + 1) * hidden, hidden)
            );
        }
        return outputs[hidden..];
    }

    /// <summary>
    /// From the gradient of every output [T,H]; adds to the weights' gradients, sets <see cref="DInput"/>.
    /// </summary>
    public void Backward(T[] dOutputs)
    {
        DInput = new T[_steps * width];
        var carry = new T[hidden];
        var dCell = new T[hidden];
        T[] kernelT = Reference.Transpose<T>(kernel, width, 4 * hidden),
            recurrentT = Reference.Transpose<T>(recurrent, hidden, 4 * hidden);
        for (int t = _steps - 1; t >= 0; t--)
        {
            Span<T> dz = _gates.AsSpan(t * 4 * hidden, 4 * hidden);
            for (int j = 0; j < hidden; j++)
                carry[j] += dOutputs[t * hidden + j];
            Reference.LstmBackward<T>(
                dz,
                _cells.AsSpan(t * hidden, hidden),
                _cells.AsSpan((t + 1) * hidden, hidden),
                carry,
                dCell
            );
            Reference.Multiply<T>(_x.AsSpan(t * width, width), dz, width, 1, 4 * hidden, true, DKernel);
            Reference.Multiply<T>(_entered.AsSpan(t * hidden, hidden), dz, hidden, 1, 4 * hidden, true, DRecurrent);
            for (int j = 0; j < dz.Length; j++)
                DBias[j] += dz[j];
            Reference.Multiply<T>(dz, kernelT, 1, 4 * hidden, width, false, DInput.AsSpan(t * width, width));
            Reference.Multiply<T>(dz, recurrentT, 1, 4 * hidden, hidden, false, carry);
            for (int j = 0; j < hidden; j++)
                carry[j] *= _mask[j];
        }
    }
}
