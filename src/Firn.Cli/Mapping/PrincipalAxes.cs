namespace Firn.Cli.Mapping;

/// <summary>
/// Principal component analysis in two dimensions: rows less their mean, seen along the two directions of largest variance.
/// </summary>
internal static class PrincipalAxes
{
    private const int MostRounds = 2000;
    private const double Converged = 1e-12;

    /// <summary>Projects rows; each axis points where its coefficient of largest size is positive.</summary>
    /// <param name="rows">[N, E], N at least 2.</param>
    /// <returns>[N, 2], and the share of the variance along each axis.</returns>
    public static (double[,] Points, double[] Share) Project(double[][] rows)
    {
        int n = rows.Length, columns = rows[0].Length;
        double[][] centred = Centred(rows);
        double[,] covariance = Covariance(centred);
        double total = 0;
        for (int c = 0; c < columns; c++)
            total += covariance[c, c];
        var points = new double[n, 2];
        var share = new double[2];
        for (int axis = 0; axis < Math.Min(2, columns); axis++)
        {
            (double[] direction, double variance) = Largest(covariance, axis);
            share[axis] = total > 0 ? variance / total : 0;
            for (int i = 0; i < n; i++)
                points[i, axis] = Dot(centred[i], direction);
            for (int a = 0; a < columns; a++)
            {
                for (int b = 0; b < columns; b++)
                    covariance[a, b] -= variance * direction[a] * direction[b];
            }
        }
        return (points, share);
    }

    private static double[][] Centred(double[][] rows)
    {
        var mean = new double[rows[0].Length];
        foreach (double[] row in rows)
        {
            for (int c = 0; c < mean.Length; c++)
                mean[c] += row[c] / rows.Length;
        }
        return [.. rows.Select(row => row.Zip(mean, (value, m) => value - m).ToArray())];
    }

    private static double[,] Covariance(double[][] centred)
    {
        int columns = centred[0].Length;
        var covariance = new double[columns, columns];
        Parallel.For(0, columns, a =>
        {
            foreach (double[] row in centred)
            {
                double value = row[a] / (centred.Length - 1);
                for (int b = 0; b < columns; b++)
                    covariance[a, b] += value * row[b];
            }
        });
        return covariance;
    }

    /// <summary>The eigenvector of the largest eigenvalue by power iteration; every start that is not at a right angle to it finds it.</summary>
    private static (double[] Direction, double Variance) Largest(double[,] matrix, int seed)
    {
        int columns = matrix.GetLength(0);
        var random = new Random(seed);
        double[] direction = Unit([.. Enumerable.Range(0, columns).Select(_ => random.NextDouble() - 0.5)]);
        double variance = 0;
        for (int round = 0; round < MostRounds; round++)
        {
            var next = new double[columns];
            for (int a = 0; a < columns; a++)
            {
                for (int b = 0; b < columns; b++)
                    next[a] += matrix[a, b] * direction[b];
            }
            variance = Math.Sqrt(Dot(next, next));
            if (variance < 1e-300)
                break;
            next = Unit(next);
            double moved = next.Zip(direction, (a, b) => (a - b) * (a - b)).Sum();
            direction = next;
            if (moved < Converged * Converged)
                break;
        }
        double sign = Math.Sign(direction.MaxBy(Math.Abs));
        return ([.. direction.Select(value => value * sign)], variance);
    }

    private static double[] Unit(double[] vector)
    {
        double length = Math.Sqrt(Dot(vector, vector));
        return [.. vector.Select(value => value / length)];
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
