using System.Runtime.CompilerServices;

namespace Firn.Kernels;

/// <summary>
/// The products of word2vec's training step over rows that lie anywhere in memory, named by pointers: a block of inputs
/// against a block of outputs, as small matrix products held in registers (Ji et al. 2016, "Parallelizing Word2Vec in
/// shared and distributed memory"). Rows are padded to whole vectors, so there are no tails. Written out value by value
/// because only named locals stay in registers.
/// </summary>
/// <typeparam name="P">The operations of one vector width.</typeparam>
/// <typeparam name="V">A vector of that width.</typeparam>
internal static unsafe class RowProducts<P, V>
    where P : struct, ILanes<V>
    where V : struct
{
    /// <summary>
    /// s[i, o] = inputs[i] . outputs[o] over <paramref name="columns"/> floats. Both counts are multiples of 4 (repeat
    /// a row to fill up); s has <paramref name="outputCount"/> columns.
    /// </summary>
    public static void Dots(float** inputs, int inputCount, float** outputs, int outputCount, int columns, float* s)
    {
        for (int i = 0; i < inputCount; i += 4)
        {
            for (int o = 0; o < outputCount; o += 4)
                Dots4x4(inputs + i, outputs + o, columns, s + i * outputCount + o, outputCount);
        }
    }

    /// <summary>
    /// errors += g . outputs and outputs += g^T . inputs, with the old outputs and inputs on the right-hand sides.
    /// <paramref name="outputCount"/> is a multiple of 8 and the outputs are different rows; g has that many columns.
    /// </summary>
    public static void Update(
        float** inputs,
        float** errors,
        int inputCount,
        float** outputs,
        int outputCount,
        int columns,
        float* g
    )
    {
        for (int o = 0; o < outputCount; o += 8)
            Update8(inputs, errors, inputCount, outputs + o, columns, g + o, outputCount);
    }

    /// <summary>x . y</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(float* x, float* y, int columns)
    {
        V s0 = P.Zero,
            s1 = P.Zero;
        int c = 0;
        for (; c <= columns - 2 * P.Count; c += 2 * P.Count)
        {
            s0 = P.Fma(P.Load(x + c), P.Load(y + c), s0);
            s1 = P.Fma(P.Load(x + c + P.Count), P.Load(y + c + P.Count), s1);
        }
        for (; c < columns; c += P.Count)
            s0 = P.Fma(P.Load(x + c), P.Load(y + c), s0);
        return P.Sum(P.Add(s0, s1));
    }

    /// <summary>scores[r] = row r . query, for rows one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotEach(float* rows, int stride, int count, float* query, float* scores)
    {
        for (int r = 0; r < count; r++, rows += stride)
            scores[r] = Dot(rows, query, stride);
    }

    /// <summary>destination += sum of the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float** rows, int count, int columns, float* destination)
    {
        for (; count >= 4; count -= 4, rows += 4)
        {
            float* a = rows[0],
                b = rows[1],
                c = rows[2],
                d = rows[3];
            for (int i = 0; i < columns; i += P.Count)
            {
                V sum = P.Add(P.Add(P.Load(a + i), P.Load(b + i)), P.Add(P.Load(c + i), P.Load(d + i)));
                P.Store(P.Add(P.Load(destination + i), sum), destination + i);
            }
        }
        if (count == 3)
        {
            float* a = rows[0],
                b = rows[1],
                c = rows[2];
            for (int i = 0; i < columns; i += P.Count)
                P.Store(
                    P.Add(P.Add(P.Load(destination + i), P.Load(a + i)), P.Add(P.Load(b + i), P.Load(c + i))),
                    destination + i
                );
        }
        else if (count == 2)
        {
            float* a = rows[0],
                b = rows[1];
            for (int i = 0; i < columns; i += P.Count)
                P.Store(P.Add(P.Load(destination + i), P.Add(P.Load(a + i), P.Load(b + i))), destination + i);
        }
        else if (count == 1)
        {
            float* a = rows[0];
            for (int i = 0; i < columns; i += P.Count)
                P.Store(P.Add(P.Load(destination + i), P.Load(a + i)), destination + i);
        }
    }

    /// <summary>row += sum over the copies of (copy - row), one copy after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddDifferences(float** copies, int count, int columns, float* row)
    {
        for (int c = 0; c < columns; c += P.Count)
        {
            V before = P.Load(row + c),
                sum = before;
            for (int i = 0; i < count; i++)
                sum = P.Add(sum, P.Subtract(P.Load(copies[i] + c), before));
            P.Store(sum, row + c);
        }
    }

    /// <summary>x -= y</summary>
    public static void Subtract(float* x, float* y, int columns)
    {
        for (int c = 0; c < columns; c += P.Count)
            P.Store(P.Subtract(P.Load(x + c), P.Load(y + c)), x + c);
    }

    /// <summary>x *= factor</summary>
    public static void Scale(float* x, float factor, int columns)
    {
        V k = P.Create(factor);
        for (int c = 0; c < columns; c += P.Count)
            P.Store(P.Multiply(k, P.Load(x + c)), x + c);
    }

    /// <summary>x[i] = 1 / (1 + exp(-x[i])); <paramref name="count"/> is a multiple of 16.</summary>
    public static void Sigmoid(float* x, int count)
    {
        for (int i = 0; i < count; i += P.Count)
            P.Store(Activations.Sigmoid<P, V>(P.Load(x + i)), x + i);
    }

    /// <summary>16 dot products of 4 rows with 4 rows, stored to s[i * stride + o].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots4x4(float** a, float** b, int columns, float* s, int stride)
    {
        float* a0 = a[0],
            a1 = a[1],
            a2 = a[2],
            a3 = a[3];
        float* b0 = b[0],
            b1 = b[1],
            b2 = b[2],
            b3 = b[3];
        V s00 = P.Zero,
            s01 = P.Zero,
            s02 = P.Zero,
            s03 = P.Zero;
        V s10 = P.Zero,
            s11 = P.Zero,
            s12 = P.Zero,
            s13 = P.Zero;
        V s20 = P.Zero,
            s21 = P.Zero,
            s22 = P.Zero,
            s23 = P.Zero;
        V s30 = P.Zero,
            s31 = P.Zero,
            s32 = P.Zero,
            s33 = P.Zero;
        for (int c = 0; c < columns; c += P.Count)
        {
            V y0 = P.Load(b0 + c),
                y1 = P.Load(b1 + c),
                y2 = P.Load(b2 + c),
                y3 = P.Load(b3 + c);
            V x = P.Load(a0 + c);
            s00 = P.Fma(x, y0, s00);
            s01 = P.Fma(x, y1, s01);
            s02 = P.Fma(x, y2, s02);
            s03 = P.Fma(x, y3, s03);
            x = P.Load(a1 + c);
            s10 = P.Fma(x, y0, s10);
            s11 = P.Fma(x, y1, s11);
            s12 = P.Fma(x, y2, s12);
            s13 = P.Fma(x, y3, s13);
            x = P.Load(a2 + c);
            s20 = P.Fma(x, y0, s20);
            s21 = P.Fma(x, y1, s21);
            s22 = P.Fma(x, y2, s22);
            s23 = P.Fma(x, y3, s23);
            x = P.Load(a3 + c);
            s30 = P.Fma(x, y0, s30);
            s31 = P.Fma(x, y1, s31);
            s32 = P.Fma(x, y2, s32);
            s33 = P.Fma(x, y3, s33);
        }
        s[0] = P.Sum(s00);
        s[1] = P.Sum(s01);
        s[2] = P.Sum(s02);
        s[3] = P.Sum(s03);
        s[stride + 0] = P.Sum(s10);
        s[stride + 1] = P.Sum(s11);
        s[stride + 2] = P.Sum(s12);
        s[stride + 3] = P.Sum(s13);
        s[2 * stride + 0] = P.Sum(s20);
        s[2 * stride + 1] = P.Sum(s21);
        s[2 * stride + 2] = P.Sum(s22);
        s[2 * stride + 3] = P.Sum(s23);
        s[3 * stride + 0] = P.Sum(s30);
        s[3 * stride + 1] = P.Sum(s31);
        s[3 * stride + 2] = P.Sum(s32);
        s[3 * stride + 3] = P.Sum(s33);
    }

    /// <summary>
    /// For 8 outputs and every input i: errors[i] += sum over o of g[i, o] outputs[o], and outputs[o] += sum over i of
    /// g[i, o] inputs[i]. The outputs must be 8 different rows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Update8(
        float** inputs,
        float** errors,
        int inputCount,
        float** outputs,
        int columns,
        float* g,
        int stride
    )
    {
        float* o0 = outputs[0],
            o1 = outputs[1],
            o2 = outputs[2],
            o3 = outputs[3];
        float* o4 = outputs[4],
            o5 = outputs[5],
            o6 = outputs[6],
            o7 = outputs[7];
        for (int c = 0; c < columns; c += P.Count)
        {
            V y0 = P.Load(o0 + c),
                d0 = y0;
            V y1 = P.Load(o1 + c),
                d1 = y1;
            V y2 = P.Load(o2 + c),
                d2 = y2;
            V y3 = P.Load(o3 + c),
                d3 = y3;
            V y4 = P.Load(o4 + c),
                d4 = y4;
            V y5 = P.Load(o5 + c),
                d5 = y5;
            V y6 = P.Load(o6 + c),
                d6 = y6;
            V y7 = P.Load(o7 + c),
                d7 = y7;
            float* row = g;
            for (int i = 0; i < inputCount; i++, row += stride)
            {
                V x = P.Load(inputs[i] + c),
                    e = P.Load(errors[i] + c);
                V k = P.Create(row[0]);
                e = P.Fma(k, y0, e);
                d0 = P.Fma(k, x, d0);
                k = P.Create(row[1]);
                e = P.Fma(k, y1, e);
                d1 = P.Fma(k, x, d1);
                k = P.Create(row[2]);
                e = P.Fma(k, y2, e);
                d2 = P.Fma(k, x, d2);
                k = P.Create(row[3]);
                e = P.Fma(k, y3, e);
                d3 = P.Fma(k, x, d3);
                k = P.Create(row[4]);
                e = P.Fma(k, y4, e);
                d4 = P.Fma(k, x, d4);
                k = P.Create(row[5]);
                e = P.Fma(k, y5, e);
                d5 = P.Fma(k, x, d5);
                k = P.Create(row[6]);
                e = P.Fma(k, y6, e);
                d6 = P.Fma(k, x, d6);
                k = P.Create(row[7]);
                e = P.Fma(k, y7, e);
                d7 = P.Fma(k, x, d7);
                P.Store(e, errors[i] + c);
            }
            P.Store(d0, o0 + c);
            P.Store(d1, o1 + c);
            P.Store(d2, o2 + c);
            P.Store(d3, o3 + c);
            P.Store(d4, o4 + c);
            P.Store(d5, o5 + c);
            P.Store(d6, o6 + c);
            P.Store(d7, o7 + c);
        }
    }
}
