using CsCheck;
using Firn.Kernels;

namespace Firn.Tests.Kernels;

[Trait("Kernels", "all")]
public class SparseGemmTests
{
    private static readonly Gen<(int M, int K, int Vectors, int Kept)> Cases = Gen.Select(
        Gen.Int[0, 150],
        Gen.Int[0, 200],
        Gen.Int[7, 30],
        Gen.Int[0, 100]
    );

    [Fact]
    public unsafe void Product_has_the_bits_of_the_dense_one_and_the_values_of_the_reference()
    {
        Cases.Sample(
            (m, k, vectors, kept) =>
            {
                int n = vectors * PackedMatrix.Lanes;
                float[] a = Dropped(m * k, kept),
                    b = GemmTests.Random(k * n, 2),
                    bias = GemmTests.Random(n, 3),
                    c = new float[m * n],
                    dense = new float[m * n];
                var packed = new PackedMatrix();
                packed.Pack(b, k, n);
                fixed (
                    float* pa = a,
                        pb = b,
                        ps = bias,
                        pc = c,
                        pd = dense
                )
                {
                    SparseGemm.Multiply(pa, m, k, pb, n, ps, 0, pc);
                    Gemm.Multiply(pa, k, m, packed, ps, 0, pd);
                }
                Assert.Equal(dense, c);
                var expected = new double[m * n];
                for (int i = 0; i < expected.Length; i++)
                    expected[i] = bias[i % n];
                Reference.Multiply<double>(GemmTests.Doubles(a), GemmTests.Doubles(b), m, k, n, true, expected);
                for (int i = 0; i < expected.Length; i++)
                    Assert.Equal(expected[i], c[i], 2e-7 * (k + 2));
            },
            iter: 60,
            threads: 1
        );
    }

    [Fact]
    public unsafe void Product_with_a_transposed_left_side_has_the_bits_of_the_dense_one()
    {
        Cases.Sample(
            (m, k, vectors, kept) =>
            {
                int n = vectors * PackedMatrix.Lanes;
                float[] a = Dropped(k * m, kept),
                    b = GemmTests.Random(k * n, 2),
                    c = new float[m * n],
                    dense = new float[m * n];
                var packed = new PackedMatrix();
                packed.Pack(b, k, n);
                fixed (
                    float* pa = a,
                        pb = b,
                        pc = c,
                        pd = dense
                )
                {
                    SparseGemm.MultiplyTransposed(pa, m, k, pb, n, pc);
                    Gemm.MultiplyTransposed(pa, m, packed, false, pd);
                }
                Assert.Equal(dense, c);
            },
            iter: 60,
            threads: 1
        );
    }

    [Fact]
    public void Only_columns_that_fill_whole_tiles_fit()
    {
        int lanes = PackedMatrix.Lanes;
        Assert.True(SparseGemm.Fits(7 * lanes));
        Assert.True(SparseGemm.Fits(25 * lanes));
        Assert.False(SparseGemm.Fits(6 * lanes));
        Assert.Equal(lanes == 1, SparseGemm.Fits(25 * lanes + 1));
    }

    private static float[] Dropped(int length, int percentKept)
    {
        float[] values = GemmTests.Random(length, 1);
        var random = new CounterRandom(9);
        for (int i = 0; i < length; i++)
            values[i] = random.Below((ulong)i, 100) < percentKept ? values[i] : 0;
        return values;
    }
}
