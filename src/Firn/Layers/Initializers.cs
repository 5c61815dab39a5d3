using Firn.Kernels;

namespace Firn.Layers;

/// <summary>Starting weights as Keras draws them (the distributions, not its bits).</summary>
internal static class Initializers
{
    /// <summary>Uniform in [-a, a], a = sqrt(6 / (fanIn + fanOut)) (Glorot, Bengio 2010, equation 16).</summary>
    public static void GlorotUniform(CounterRandom random, int fanIn, int fanOut, Span<float> destination)
    {
        double limit = Math.Sqrt(6.0 / (fanIn + fanOut));
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (float)(limit * (2 * random.UniformDouble((ulong)i) - 1));
    }

    /// <summary>
    /// A [rows, columns] matrix with orthonormal rows, rows &lt;= columns: Gram and Schmidt on Gaussian rows, twice, in
    /// double (Saxe et al. 2014; a uniformly distributed frame as in Keras' QR of a Gaussian matrix).
    /// </summary>
    public static void Orthogonal(CounterRandom random, int rows, int columns, Span<float> destination)
    {
        var q = new double[rows, columns];
        ulong counter = 0;
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++, counter += 2)
                q[r, c] = Gaussian(random, counter);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int other = 0; other < r; other++)
                    Subtract(q, r, other, columns, Dot(q, r, other, columns));
            }
            double norm = Math.Sqrt(Dot(q, r, r, columns));
            for (int c = 0; c < columns; c++)
                destination[r * columns + c] = (float)(q[r, c] /= norm);
        }
    }

    /// <summary>Zero, and one for the forget gate (Jozefowicz et al. 2015; Keras' <c>unit_forget_bias</c>).</summary>
    public static void UnitForgetBias(int hidden, Span<float> bias)
    {
        bias.Clear();
        bias.Slice(hidden, hidden).Fill(1);
    }

    private static double Gaussian(CounterRandom random, ulong counter) =>
        Math.Sqrt(-2 * Math.Log(1 - random.UniformDouble(counter)))
        * Math.Cos(2 * Math.PI * random.UniformDouble(counter + 1));

    private static double Dot(double[,] q, int a, int b, int columns)
    {
        double sum = 0;
        for (int c = 0; c < columns; c++)
            sum += q[a, c] * q[b, c];
        return sum;
    }

    private static void Subtract(double[,] q, int from, int what, int columns, double factor)
    {
        for (int c = 0; c < columns; c++)
            q[from, c] -= factor * q[what, c];
    }
}
