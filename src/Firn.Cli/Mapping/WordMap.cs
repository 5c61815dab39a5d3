using Firn.Vectors;

namespace Firn.Cli.Mapping;

/// <summary>
/// Words at places in the plane, the most important first, each with its nearest words among all vectors.
/// </summary>
/// <param name="Title">What was drawn.</param>
/// <param name="Method">How, for the reader.</param>
/// <param name="Words">[N].</param>
/// <param name="Points">[N, 2], within [0, 1] with the same scale both ways.</param>
/// <param name="Neighbors">Of each word.</param>
internal sealed record WordMap(
    string Title,
    string Method,
    IReadOnlyList<string> Words,
    double[,] Points,
    IReadOnlyList<IReadOnlyList<Neighbor>> Neighbors
)
{
    /// <summary>Numbers of the words that were asked for, which are drawn in another color.</summary>
    public IReadOnlySet<int> Seeds { get; init; } = new HashSet<int>();

    /// <summary>The points moved and scaled into the unit square; the longer side fills it.</summary>
    public static double[,] Fitted(double[,] points)
    {
        int n = points.GetLength(0);
        double[] low = [double.MaxValue, double.MaxValue],
            high = [double.MinValue, double.MinValue];
        for (int i = 0; i < n; i++)
        {
            for (int c = 0; c < 2; c++)
            {
                low[c] = Math.Min(low[c], points[i, c]);
                high[c] = Math.Max(high[c], points[i, c]);
            }
        }
        double span = Math.Max(Math.Max(high[0] - low[0], high[1] - low[1]), 1e-300);
        var fitted = new double[n, 2];
        for (int i = 0; i < n; i++)
        {
            for (int c = 0; c < 2; c++)
                fitted[i, c] = 0.5 + (points[i, c] - (low[c] + high[c]) / 2) / span;
        }
        return fitted;
    }
}
