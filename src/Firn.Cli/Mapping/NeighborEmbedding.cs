namespace Firn.Cli.Mapping;

/// <summary>
/// t-SNE (van der Maaten and Hinton 2008), exact: all pairs, no approximation; begun from the principal axes, so
/// nothing is random. The schedule is scikit-learn's: 250 steps with neighbors drawn 12 times as strongly and momentum
/// 0.5, then momentum 0.8; learning rate max(N / 48, 50); gains a coordinate from Jacobs' rule.
/// </summary>
internal sealed class NeighborEmbedding
{
    private const int EarlySteps = 250;
    private const double Exaggeration = 12,
        MinGain = 0.01,
        StartDeviation = 1e-4;

    private readonly double[,] _joint; // [N, N]
    private readonly double[,] _points; // [N, 2]
    private readonly double[,] _gradient; // [N, 2]

    public NeighborEmbedding(double[,] joint, double[,] start)
    {
        _joint = joint;
        _points = (double[,])start.Clone();
        _gradient = new double[start.GetLength(0), 2];
    }

    /// <summary>Draws rows in two dimensions.</summary>
    /// <param name="rows">[N, E].</param>
    /// <param name="perplexity">The effective number of neighbors; held below N / 3.</param>
    /// <param name="steps">Steps of gradient descent.</param>
    /// <param name="progress">Receives the share done and the divergence.</param>
    /// <param name="stop">Ends it.</param>
    public static EmbeddedPoints Draw(
        double[][] rows,
        double perplexity,
        int steps,
        Action<double, double> progress,
        CancellationToken stop
    )
    {
        double[,] start = PrincipalAxes.Project(rows).Points;
        double square = 0;
        for (int i = 0; i < rows.Length; i++)
            square += start[i, 0] * start[i, 0] / rows.Length;
        double scale = square > 0 ? StartDeviation / Math.Sqrt(square) : 1;
        for (int i = 0; i < rows.Length; i++)
        {
            // Rows that are equal would never part.
            start[i, 0] = start[i, 0] * scale + 1e-9 * i / rows.Length;
            start[i, 1] *= scale;
        }
        var embedding = new NeighborEmbedding(
            Neighborhoods.Joint(rows, Math.Min(perplexity, Math.Max(1, (rows.Length - 1) / 3.0))),
            start
        );
        return new(embedding._points, embedding.Descend(steps, progress, stop));
    }

    /// <summary>
    /// The Kullback-Leibler divergence at the present points, and its gradient (eq. 5), with the joint probabilities
    /// scaled.
    /// </summary>
    public EmbeddingSlope Evaluate(double exaggeration)
    {
        int n = _points.GetLength(0);
        var sums = new double[n];
        var attraction = new double[n, 2];
        var repulsion = new double[n, 2];
        var crossEntropy = new double[n]; // sum of p log(p / (1 / (1 + d^2)))
        Parallel.For(
            0,
            n,
            i =>
            {
                double xi = _points[i, 0],
                    yi = _points[i, 1];
                for (int j = 0; j < n; j++)
                {
                    if (j == i)
                        continue;
                    double dx = xi - _points[j, 0],
                        dy = yi - _points[j, 1],
                        q = 1 / (1 + dx * dx + dy * dy),
                        p = exaggeration * _joint[i, j];
                    sums[i] += q;
                    attraction[i, 0] += p * q * dx;
                    attraction[i, 1] += p * q * dy;
                    repulsion[i, 0] += q * q * dx;
                    repulsion[i, 1] += q * q * dy;
                    crossEntropy[i] += p * Math.Log(p / q);
                }
            }
        );
        double sum = sums.Sum();
        for (int i = 0; i < n; i++)
        {
            _gradient[i, 0] = 4 * (attraction[i, 0] - repulsion[i, 0] / sum);
            _gradient[i, 1] = 4 * (attraction[i, 1] - repulsion[i, 1] / sum);
        }
        return new(crossEntropy.Sum() + exaggeration * Math.Log(sum), _gradient);
    }

    private double Descend(int steps, Action<double, double> progress, CancellationToken stop)
    {
        int n = _points.GetLength(0);
        double rate = Math.Max(n / Exaggeration / 4, 50);
        double[,] update = new double[n, 2],
            gains = new double[n, 2];
        for (int i = 0; i < n; i++)
            gains[i, 0] = gains[i, 1] = 1;
        for (int step = 0; step < steps; step++)
        {
            stop.ThrowIfCancellationRequested();
            bool early = step < EarlySteps;
            (double divergence, double[,] gradient) = Evaluate(early ? Exaggeration : 1);
            progress((double)step / steps, divergence);
            for (int i = 0; i < n; i++)
            {
                for (int c = 0; c < 2; c++)
                {
                    gains[i, c] =
                        update[i, c] * gradient[i, c] < 0 ? gains[i, c] + 0.2 : Math.Max(gains[i, c] * 0.8, MinGain);
                    update[i, c] = (early ? 0.5 : 0.8) * update[i, c] - rate * gains[i, c] * gradient[i, c];
                    _points[i, c] += update[i, c];
                }
            }
        }
        return Evaluate(1).Divergence;
    }
}
