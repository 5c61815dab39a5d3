namespace Firn.Numerics;

/// <summary>The factor L of a symmetric positive definite matrix A = L Lᵀ, in double precision.</summary>
internal sealed class Cholesky
{
    private readonly double[][] _lower; // row i: its first i + 1 values

    /// <summary>Factors A, given by rows, [E,E].</summary>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public Cholesky(double[][] a)
    {
        _lower = new double[a.Length][];
        for (int i = 0; i < a.Length; i++)
        {
            _lower[i] = a[i][..(i + 1)];
            for (int j = 0; j < i; j++)
                _lower[i][j] = (_lower[i][j] - Dot(_lower[i], _lower[j], j)) / _lower[j][j];
            double pivot = _lower[i][i] - Dot(_lower[i], _lower[i], i);
            if (!(pivot > 0))
                throw new ArithmeticException($"The matrix is not positive definite (pivot {pivot} in row {i}).");
            _lower[i][i] = Math.Sqrt(pivot);
        }
    }

    /// <summary>Solves A X = B for B of any number of columns, given and returned by rows.</summary>
    public double[][] Solve(double[][] b)
    {
        int n = _lower.Length;
        double[][] x = [.. b.Select(row => row.ToArray())];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
                DoubleMath.AddScaled(-_lower[i][j], x[j], x[i]);
            DivideBy(x[i], _lower[i][i]);
        }
        for (int i = n - 1; i >= 0; i--)
        {
            for (int j = i + 1; j < n; j++)
                DoubleMath.AddScaled(-_lower[j][i], x[j], x[i]);
            DivideBy(x[i], _lower[i][i]);
        }
        return x;
    }

    private static void DivideBy(Span<double> row, double divisor)
    {
        foreach (ref double value in row)
            value /= divisor;
    }

    private static double Dot(double[] a, double[] b, int count) =>
        DoubleMath.Dot(a.AsSpan(0, count), b.AsSpan(0, count));
}
