using CsCheck;
using Firn.Kernels;

namespace Firn.Tests.Kernels;

[Trait("Kernels", "all")]
public class GemmTests
{
    private static readonly Gen<(int M, int K, int N)> Shapes = Gen.Select(
        Gen.Int[0, 70],
        Gen.Int[0, 300],
        Gen.Int[1, 110]
    );

    [Fact]
    public void Product_equals_the_reference_for_any_shape()
    {
        Shapes.Sample(shape => Check(shape.M, shape.K, shape.N, false), iter: 150, threads: 1);
        for (int n = 0; n <= 256; n++)
        {
            Check(n, 9, 3, false);
            Check(3, n, 5, false);
            Check(2, 3, n, false);
        }
    }

    [Fact]
    public void Product_with_a_transposed_left_side_equals_the_reference()
    {
        Shapes.Sample(shape => Check(shape.M, shape.K, shape.N, true), iter: 150, threads: 1);
    }

    [Fact]
    public void Packing_a_transpose_equals_packing_the_transposed_matrix()
    {
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 70])
            .Sample(
                (rows, columns) =>
                {
                    float[] b = Random(rows * columns, 3),
                        a = Random(2 * rows, 4),
                        expected = new float[2 * columns],
                        actual = new float[2 * columns];
                    var plain = new PackedMatrix();
                    var transposed = new PackedMatrix();
                    plain.Pack(b, rows, columns);
                    transposed.PackTransposed(Reference.Transpose<float>(b, rows, columns), rows, columns);
                    Gemm.Multiply(a, 2, plain, false, expected);
                    Gemm.Multiply(a, 2, transposed, false, actual);
                    Assert.Equal(expected, actual);
                },
                iter: 100,
                threads: 1
            );
    }

    [Fact]
    public unsafe void A_bias_row_starts_every_row_of_the_product()
    {
        const int m = 13,
            k = 300,
            n = 37; // more than one block of depth, an edge of columns and of rows
        float[] a = Random(m * k, 1),
            b = Random(k * n, 2),
            bias = Random(n, 3),
            c = new float[m * n];
        var packed = new PackedMatrix();
        packed.Pack(b, k, n);
        fixed (
            float* pa = a,
                ps = bias,
                pc = c
        )
            Gemm.Multiply(pa, k, m, packed, ps, 0, pc);
        var expected = new double[m * n];
        for (int i = 0; i < m * n; i++)
            expected[i] = bias[i % n];
        Reference.Multiply<double>(Doubles(a), Doubles(b), m, k, n, true, expected);
        Near(expected, c, k);
    }

    [Fact]
    public unsafe void A_product_over_the_last_rows_leaves_the_first_out()
    {
        const int m = 11,
            k = 40,
            n = 21,
            from = 17;
        float[] a = Random(k * m, 1),
            b = Random(k * n, 2),
            c = new float[m * n];
        var packed = new PackedMatrix();
        packed.Pack(b, k, n);
        fixed (
            float* pa = a,
                pc = c
        )
            Gemm.MultiplyTransposed(pa, m, packed, from, false, pc);
        var expected = new double[m * n];
        Reference.Multiply<double>(
            Reference.Transpose<double>(Doubles(a.AsSpan(from * m)), k - from, m),
            Doubles(b.AsSpan(from * n)),
            m,
            k - from,
            n,
            false,
            expected
        );
        Near(expected, c, k);
    }

    private static void Check(int m, int k, int n, bool transposed)
    {
        float[] a = Random(m * k, (ulong)(m + 1)),
            b = Random(k * n, (ulong)(k + 7)),
            c = Random(m * n, 5);
        bool accumulate = (m + n) % 2 == 0;
        double[] expected = Doubles(c);
        Reference.Multiply<double>(Doubles(a), Doubles(b), m, k, n, accumulate, expected);
        var packed = new PackedMatrix();
        packed.Pack(b, k, n);
        if (transposed)
            Gemm.MultiplyTransposed(Reference.Transpose<float>(a, m, k), m, packed, accumulate, c);
        else
            Gemm.Multiply(a, m, packed, accumulate, c);
        Near(expected, c, k);
    }

    private static void Near(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, int k)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-7 * (k + 2));
    }

    internal static float[] Random(int length, ulong seed)
    {
        var random = new CounterRandom(seed);
        var values = new float[length];
        for (int i = 0; i < length; i++)
            values[i] = 2 * random.Uniform((ulong)i) - 1;
        return values;
    }

    internal static double[] Doubles(ReadOnlySpan<float> values)
    {
        var doubles = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
            doubles[i] = values[i];
        return doubles;
    }
}
