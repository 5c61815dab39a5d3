using Firn.Kernels;

namespace Firn.Tests.Kernels;

[Trait("Kernels", "all")]
public class VectorMathTests
{
    [Fact]
    public void Sums_equal_plain_loops_for_every_length()
    {
        for (int length = 0; length <= 256; length++)
        {
            float[] a = GemmTests.Random(length, 1),
                b = GemmTests.Random(length, 2),
                sum = (float[])b.Clone(),
                product = new float[length];
            double dot = 0,
                squares = 0;
            for (int i = 0; i < length; i++)
            {
                dot += (double)a[i] * b[i];
                squares += (double)a[i] * a[i];
            }
            Assert.Equal(dot, VectorMath.Dot(a, b), 1e-4);
            Assert.Equal(squares, VectorMath.SumOfSquares(a), 1e-4);
            VectorMath.AddScaled(0.5f, a, sum);
            VectorMath.Multiply(a, b, product);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(b[i] + 0.5f * a[i], sum[i], 1e-6f);
                Assert.Equal(a[i] * b[i], product[i]);
            }
        }
    }

    [Fact]
    public void Column_sums_are_added_for_every_width()
    {
        for (int columns = 1; columns <= 70; columns++)
        {
            float[] matrix = GemmTests.Random(9 * columns, 3),
                sums = GemmTests.Random(columns, 4),
                expected = (float[])sums.Clone();
            for (int i = 0; i < matrix.Length; i++)
                expected[i % columns] += matrix[i];
            VectorMath.AddColumnSums(matrix, 9, sums);
            for (int j = 0; j < columns; j++)
                Assert.Equal(expected[j], sums[j], 1e-5f);
        }
    }

    [Fact]
    public void Adam_equals_the_reference_for_every_length()
    {
        for (int length = 0; length <= 256; length++)
        {
            float[] g = GemmTests.Random(length, 1),
                w = GemmTests.Random(length, 2),
                m = new float[length],
                v = new float[length];
            float[] w2 = (float[])w.Clone(),
                m2 = new float[length],
                v2 = new float[length];
            for (int step = 0; step < 3; step++)
            {
                AdamKernel.Step(g, 0.01f, 0.9f, 0.999f, 1e-7f, m, v, w);
                for (int i = 0; i < length; i++)
                    Reference.Adam(g[i], 0.01f, 0.9f, 0.999f, 1e-7f, ref m2[i], ref v2[i], ref w2[i]);
            }
            for (int i = 0; i < length; i++)
                Assert.Equal(w2[i], w[i], 1e-6f);
        }
    }
}
