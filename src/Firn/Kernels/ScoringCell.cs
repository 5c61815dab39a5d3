using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// <see cref="LstmCell"/> forward for scoring: only c and h are wanted, so the gates' divisions are put together. With
/// sigmoid(x) = 1 / (1 + e^-x) and tanh(x) = p(x) / q(x), c takes one division where the gates take three and h one
/// where they take two. Values differ from those of <see cref="LstmCell"/> by rounding alone.
/// </summary>
internal static unsafe class ScoringCell
{
    /// <summary>
    /// Of the sigmoids' exponents: products of two 1 + e^x stay finite; sigmoid(-43) is 2e-19, which no float beside it
    /// shows.
    /// </summary>
    private const float Largest = 43;

    /// <summary>One time step.</summary>
    /// <param name="rows">n texts.</param>
    /// <param name="hidden">H units.</param>
    /// <param name="gates">[n,4H]: sums before the activations i, f, g, o.</param>
    /// <param name="previous">c' [n,H]; null for zero, may be <paramref name="cell"/>.</param>
    /// <param name="cell">Receives c [n,H].</param>
    /// <param name="output">Receives h [n,H].</param>
    public static void Forward(int rows, int hidden, float* gates, float* previous, float* cell, float* output)
    {
        for (int row = 0; row < rows; row++)
        {
            if (KernelPath.Width == KernelWidth.Vector512 && hidden >= 16)
                Row<Lanes512, Vector512<float>>(hidden, gates, previous, cell, output);
            else if (KernelPath.Width >= KernelWidth.Vector256 && hidden >= 8)
                Row<Lanes256, Vector256<float>>(hidden, gates, previous, cell, output);
            else if (KernelPath.Width >= KernelWidth.Vector128 && hidden >= 4)
                Row<Lanes128, Vector128<float>>(hidden, gates, previous, cell, output);
            else
                Row<LanesScalar, float>(hidden, gates, previous, cell, output);
            gates += 4 * hidden;
            previous = previous == null ? null : previous + hidden;
            cell += hidden;
            output += hidden;
        }
    }

    /// <summary>Some units of one text.</summary>
    /// <param name="i">Sums of the input gate.</param>
    /// <param name="f">Of the forget gate.</param>
    /// <param name="g">Of the candidate.</param>
    /// <param name="o">Of the output gate.</param>
    /// <param name="c">c', replaced by c.</param>
    /// <returns>h.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Units<P, V>(V i, V f, V g, V o, ref V c)
        where P : struct, ILanes<V>
        where V : struct
    {
        V one = P.Create(1);
        V di = P.Add(one, ExpOfMinus<P, V>(i)),
            df = P.Add(one, ExpOfMinus<P, V>(f)),
            dOut = P.Add(one, ExpOfMinus<P, V>(o));
        Activations.TanhParts<P, V>(g, out V pg, out V qg);
        V input = P.Multiply(di, qg);
        c = P.Divide(P.Fma(c, input, P.Multiply(pg, df)), P.Multiply(df, input));
        Activations.TanhParts<P, V>(c, out V pc, out V qc);
        return P.Divide(pc, P.Multiply(dOut, qc));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpOfMinus<P, V>(V x)
        where P : struct, ILanes<V>
        where V : struct =>
        Activations.ExpWithin<P, V>(P.Min(P.Max(P.Subtract(P.Zero, x), P.Create(-87.3f)), P.Create(Largest)));

    // The last vector of a row that is no multiple of it overlaps the one before; its cells are loaded before they are
    // replaced.
    private static void Row<P, V>(int hidden, float* gates, float* previous, float* cell, float* output)
        where P : struct, ILanes<V>
        where V : struct
    {
        int last = hidden - P.Count;
        V tail = previous == null ? P.Zero : P.Load(previous + last);
        for (int j = 0; j < last; j += P.Count)
            One<P, V>(hidden, gates + j, previous == null ? P.Zero : P.Load(previous + j), cell + j, output + j);
        One<P, V>(hidden, gates + last, tail, cell + last, output + last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void One<P, V>(int hidden, float* gates, V c, float* cell, float* output)
        where P : struct, ILanes<V>
        where V : struct
    {
        V h = Units<P, V>(
            P.Load(gates),
            P.Load(gates + hidden),
            P.Load(gates + 2 * hidden),
            P.Load(gates + 3 * hidden),
            ref c
        );
        P.Store(c, cell);
        P.Store(h, output);
    }
}
