using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// One time step of an LSTM that scores many texts: recurrent product and cell in one pass, 6 texts by 16 units with
/// all four gates in registers, so that the gates' sums never lie in memory. They start from rows that lie anywhere,
/// such as those of a folded table, which need not be copied together. Each sum adds its products in the order of
/// <see cref="Gemm"/>: the bits are those of <see cref="Gemm"/> and <see cref="ScoringCell"/> one after the other. For
/// 512-bit vectors, whose 32 registers it takes, and H a multiple of 16; elsewhere the two are called.
/// </summary>
internal sealed unsafe class RecurrentStep
{
    private const int Texts = 6,
        Lanes = 16;
    private readonly AlignedBuffer _panels; // a panel for 16 units: H rows of their i, f, g, o
    private readonly int _hidden;

    /// <summary>Packs the recurrent weights [H,4H].</summary>
    public RecurrentStep(ReadOnlySpan<float> recurrent, int hidden)
    {
        _hidden = hidden;
        _panels = new AlignedBuffer(recurrent.Length);
        Span<float> to = _panels.Span;
        for (int unit = 0; unit < hidden; unit += Lanes)
        {
            for (int k = 0; k < hidden; k++)
            {
                for (int gate = 0; gate < 4; gate++, to = to[Lanes..])
                    recurrent.Slice((4 * k + gate) * hidden + unit, Lanes).CopyTo(to);
            }
        }
    }

    /// <summary>Whether this machine and H are such that it pays.</summary>
    public static bool Fits(int hidden) => KernelPath.Width == KernelWidth.Vector512 && hidden % Lanes == 0;

    /// <summary>The step of n texts.</summary>
    /// <param name="texts">n.</param>
    /// <param name="states">h' [n,H].</param>
    /// <param name="start">[n] the part of each text's sums [4H] that comes from its input.</param>
    /// <param name="cells">c' [n,H], replaced by c.</param>
    /// <param name="outputs">Receives h [n,H].</param>
    /// <param name="ahead">Rows to ask for meanwhile.</param>
    public void Run(int texts, float* states, float** start, float* cells, float* outputs, RowsAhead ahead)
    {
        float* scratch = stackalloc float[(4 * Texts + 1) * Lanes];
        float* sums = (float*)(((nuint)scratch + 63) & ~(nuint)63);
        for (int unit = 0; unit < _hidden; unit += Lanes)
        {
            float* panel = _panels.Pointer + 4L * unit * _hidden;
            for (int text = 0; text < texts; text += Texts)
            {
                int height = Math.Min(Texts, texts - text);
                long at = (long)text * _hidden;
                for (int gate = 0; gate < 4; gate++)
                    ahead.Prefetch(text, height, gate * _hidden + unit, Lanes);
                Tile<Lanes512, Vector512<float>>(_hidden, unit, states + at, start + text, height, panel, sums);
                for (int row = 0; row < height; row++, at += _hidden)
                    Cell<Lanes512, Vector512<float>>(sums + row * 4 * Lanes, cells + at + unit, outputs + at + unit);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Cell<P, V>(float* sums, float* cell, float* output)
        where P : struct, ILanes<V>
        where V : struct
    {
        V c = P.Load(cell);
        V h = ScoringCell.Units<P, V>(
            P.Load(sums),
            P.Load(sums + P.Count),
            P.Load(sums + 2 * P.Count),
            P.Load(sums + 3 * P.Count),
            ref c
        );
        P.Store(c, cell);
        P.Store(h, output);
    }

    /// <summary>
    /// Up to 6 texts by one vector of units; texts past <paramref name="height"/> repeat the first one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<P, V>(
        int hidden,
        int unit,
        float* states,
        float** start,
        int height,
        float* panel,
        float* sums
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        long r1 = height > 1 ? 1L * hidden : 0;
        long r2 = height > 2 ? 2L * hidden : 0;
        long r3 = height > 3 ? 3L * hidden : 0;
        long r4 = height > 4 ? 4L * hidden : 0;
        long r5 = height > 5 ? 5L * hidden : 0;
        float* s0 = start[0] + unit;
        float* s1 = start[height > 1 ? 1 : 0] + unit;
        float* s2 = start[height > 2 ? 2 : 0] + unit;
        float* s3 = start[height > 3 ? 3 : 0] + unit;
        float* s4 = start[height > 4 ? 4 : 0] + unit;
        float* s5 = start[height > 5 ? 5 : 0] + unit;
        V i0 = P.Load(s0),
            f0 = P.Load(s0 + hidden),
            g0 = P.Load(s0 + 2 * hidden),
            o0 = P.Load(s0 + 3 * hidden);
        V i1 = P.Load(s1),
            f1 = P.Load(s1 + hidden),
            g1 = P.Load(s1 + 2 * hidden),
            o1 = P.Load(s1 + 3 * hidden);
        V i2 = P.Load(s2),
            f2 = P.Load(s2 + hidden),
            g2 = P.Load(s2 + 2 * hidden),
            o2 = P.Load(s2 + 3 * hidden);
        V i3 = P.Load(s3),
            f3 = P.Load(s3 + hidden),
            g3 = P.Load(s3 + 2 * hidden),
            o3 = P.Load(s3 + 3 * hidden);
        V i4 = P.Load(s4),
            f4 = P.Load(s4 + hidden),
            g4 = P.Load(s4 + 2 * hidden),
            o4 = P.Load(s4 + 3 * hidden);
        V i5 = P.Load(s5),
            f5 = P.Load(s5 + hidden),
            g5 = P.Load(s5 + 2 * hidden),
            o5 = P.Load(s5 + 3 * hidden);
        for (int k = 0; k < hidden; k++, states++, panel += 4 * P.Count)
        {
            V bi = P.Load(panel),
                bf = P.Load(panel + P.Count),
                bg = P.Load(panel + 2 * P.Count),
                bo = P.Load(panel + 3 * P.Count);
            V x = P.Create(*states);
            i0 = P.Fma(x, bi, i0);
            f0 = P.Fma(x, bf, f0);
            g0 = P.Fma(x, bg, g0);
            o0 = P.Fma(x, bo, o0);
            x = P.Create(states[r1]);
            i1 = P.Fma(x, bi, i1);
            f1 = P.Fma(x, bf, f1);
            g1 = P.Fma(x, bg, g1);
            o1 = P.Fma(x, bo, o1);
            x = P.Create(states[r2]);
            i2 = P.Fma(x, bi, i2);
            f2 = P.Fma(x, bf, f2);
            g2 = P.Fma(x, bg, g2);
            o2 = P.Fma(x, bo, o2);
            x = P.Create(states[r3]);
            i3 = P.Fma(x, bi, i3);
            f3 = P.Fma(x, bf, f3);
            g3 = P.Fma(x, bg, g3);
            o3 = P.Fma(x, bo, o3);
            x = P.Create(states[r4]);
            i4 = P.Fma(x, bi, i4);
            f4 = P.Fma(x, bf, f4);
            g4 = P.Fma(x, bg, g4);
            o4 = P.Fma(x, bo, o4);
            x = P.Create(states[r5]);
            i5 = P.Fma(x, bi, i5);
            f5 = P.Fma(x, bf, f5);
            g5 = P.Fma(x, bg, g5);
            o5 = P.Fma(x, bo, o5);
        }
        P.Store(i0, sums);
        P.Store(f0, sums + P.Count);
        P.Store(g0, sums + 2 * P.Count);
        P.Store(o0, sums + 3 * P.Count);
        P.Store(i1, sums + 4 * P.Count);
        P.Store(f1, sums + 5 * P.Count);
        P.Store(g1, sums + 6 * P.Count);
        P.Store(o1, sums + 7 * P.Count);
        P.Store(i2, sums + 8 * P.Count);
        P.Store(f2, sums + 9 * P.Count);
        P.Store(g2, sums + 10 * P.Count);
        P.Store(o2, sums + 11 * P.Count);
        P.Store(i3, sums + 12 * P.Count);
        P.Store(f3, sums + 13 * P.Count);
        P.Store(g3, sums + 14 * P.Count);
        P.Store(o3, sums + 15 * P.Count);
        P.Store(i4, sums + 16 * P.Count);
        P.Store(f4, sums + 17 * P.Count);
        P.Store(g4, sums + 18 * P.Count);
        P.Store(o4, sums + 19 * P.Count);
        P.Store(i5, sums + 20 * P.Count);
        P.Store(f5, sums + 21 * P.Count);
        P.Store(g5, sums + 22 * P.Count);
        P.Store(o5, sums + 23 * P.Count);
    }
}
