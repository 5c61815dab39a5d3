namespace Firn.Linear;

/// <summary>
/// Truncated Newton: each step solves H d = -g by conjugate gradients, preconditioned by the Hessian's diagonal, as far
/// as it pays, then walks along d with halved steps until the loss falls enough (Armijo). Lin, Weng, Keerthi 2008,
/// "Trust region Newton method for large-scale logistic regression"; the preconditioner: Hsia, Chiang, Lin 2018.
/// </summary>
internal static class NewtonSolver
{
    private const int MaxInnerSteps = 200;
    private const double SufficientDecrease = 1e-4;

    /// <summary>The parameters with the least loss.</summary>
    /// <param name="objective">Convex.</param>
    /// <param name="tolerance">Stops at this share of the first gradient's norm.</param>
    /// <param name="maxSteps">Most outer steps.</param>
    public static double[] Minimize(LogisticObjective objective, double tolerance, int maxSteps)
    {
        int n = objective.Size;
        var x = new double[n];
        double[] gradient = new double[n],
            direction = new double[n],
            diagonal = new double[n];
        double[] logits = new double[objective.LogitCount],
            directionLogits = new double[objective.LogitCount];
        var inner = new InnerState(n);
        double loss = objective.Loss(logits, logits, 0, 0),
            first = 0;

        for (int step = 0; step < maxSteps; step++)
        {
            objective.Gradient(x, logits, gradient);
            double norm = Math.Sqrt(Dot(gradient, gradient));
            if (step == 0)
                first = norm;
            if (norm <= tolerance * first)
                break;
            objective.Diagonal(diagonal);
            ConjugateGradients(objective, gradient, diagonal, Math.Min(0.1, Math.Sqrt(norm / first)), direction, inner);

            objective.Logits(direction, directionLogits);
            double slope = Dot(gradient, direction);
            double xx = objective.WeightProduct(x, x),
                xd = objective.WeightProduct(x, direction),
                dd = objective.WeightProduct(direction, direction);
            double length = 1,
                next;
            while (true)
            {
                next = objective.Loss(logits, directionLogits, length, xx + 2 * length * xd + length * length * dd);
                if (next <= loss + SufficientDecrease * length * slope || length < 1e-10)
                    break;
                length /= 2;
            }
            if (length < 1e-10)
                break; // rounding: the loss cannot be told apart any more
            AddScaled(length, direction, x);
            AddScaled(length, directionLogits, logits);
            loss = next;
        }
        return x;
    }

    private static void ConjugateGradients(
        LogisticObjective objective,
        double[] gradient,
        double[] diagonal,
        double precision,
        double[] d,
        InnerState s
    )
    {
        Array.Clear(d);
        double rz = 0;
        for (int i = 0; i < d.Length; i++)
        {
            s.Residual[i] = -gradient[i];
            s.Direction[i] = s.Residual[i] / diagonal[i];
            rz += s.Residual[i] * s.Direction[i];
        }
        double enough = precision * Math.Sqrt(rz);
        for (int step = 0; step < MaxInnerSteps && Math.Sqrt(rz) > enough; step++)
        {
            objective.HessianTimes(s.Direction, s.Product);
            double curvature = Dot(s.Direction, s.Product);
            if (!(curvature > 0))
                break;
            double alpha = rz / curvature,
                before = rz;
            rz = 0;
            for (int i = 0; i < d.Length; i++)
            {
                d[i] += alpha * s.Direction[i];
                s.Residual[i] -= alpha * s.Product[i];
                rz += s.Residual[i] * s.Residual[i] / diagonal[i];
            }
            double beta = rz / before;
            for (int i = 0; i < d.Length; i++)
                s.Direction[i] = s.Residual[i] / diagonal[i] + beta * s.Direction[i];
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static void AddScaled(double factor, double[] a, double[] destination)
    {
        for (int i = 0; i < a.Length; i++)
            destination[i] += factor * a[i];
    }

    private sealed class InnerState(int size)
    {
        public double[] Residual { get; } = new double[size];

        public double[] Direction { get; } = new double[size];

        public double[] Product { get; } = new double[size];
    }
}
