namespace Firn.Numerics;

/// <summary>
/// Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi rotations (Golub and Van Loan, section 8.5).
/// </summary>
internal static class SymmetricEigen
{
    private const int MaxSweeps = 60;

    /// <summary>Solves.</summary>
    /// <param name="matrix">Symmetric, [N,N].</param>
    /// <returns>Eigenvalues, the largest first, and the unit vector of each.</returns>
    public static (double Value, double[] Vector)[] Of(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        var a = (double[,])matrix.Clone();
        var v = new double[n, n];
        double all = 0;
        for (int i = 0; i < n; i++)
        {
            v[i, i] = 1;
            for (int j = 0; j < n; j++)
                all += a[i, j] * a[i, j];
        }
        for (int sweep = 0; sweep < MaxSweeps && OffDiagonal(a) > 1e-30 * all; sweep++)
        {
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++)
                    Rotate(a, v, p, q);
            }
        }
        return
        [
            .. Enumerable
                .Range(0, n)
                .OrderByDescending(i => a[i, i])
                .Select(i => (a[i, i], Enumerable.Range(0, n).Select(row => v[row, i]).ToArray())),
        ];
    }

    private static double OffDiagonal(double[,] a)
    {
        double sum = 0;
        for (int i = 0; i < a.GetLength(0); i++)
        {
            for (int j = i + 1; j < a.GetLength(0); j++)
                sum += a[i, j] * a[i, j];
        }
        return sum;
    }

    private static void Rotate(double[,] a, double[,] v, int p, int q)
    {
        if (a[p, q] == 0)
            return;
        double theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        double t = Math.CopySign(1, theta) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        double c = 1 / Math.Sqrt(t * t + 1),
            s = t * c;
        for (int k = 0; k < a.GetLength(0); k++)
            (a[k, p], a[k, q]) = (c * a[k, p] - s * a[k, q], s * a[k, p] + c * a[k, q]);
        for (int k = 0; k < a.GetLength(0); k++)
            (a[p, k], a[q, k]) = (c * a[p, k] - s * a[q, k], s * a[p, k] + c * a[q, k]);
        for (int k = 0; k < a.GetLength(0); k++)
            (v[k, p], v[k, q]) = (c * v[k, p] - s * v[k, q], s * v[k, p] + c * v[k, q]);
    }
}
