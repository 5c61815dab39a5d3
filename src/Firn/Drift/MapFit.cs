using Firn.Kernels;
using Firn.Numerics;

namespace Firn.Drift;

/// <summary>
/// The map of <see cref="RepairMethod.Map"/>: ridge regression of the way a word went on the place where it stood. The
/// penalty pulls towards one way for all words, where regressing the new place itself would pull every word towards
/// the middle.
/// </summary>
internal sealed record MapFit(LinearMap Map, double Penalty, double CrossValidatedR2)
{
    private const int Folds = 5;
    private static readonly double[] Penalties = [.. Enumerable.Range(0, 13).Select(i => Math.Pow(10, -3 + i / 2.0))];

    public static MapFit Of(DriftTable table, int[] moved, RepairOptions options)
    {
        int dimension = table.After.Dimension;
        int folds = Math.Min(Folds, moved.Length);
        var parts = new RegressionSums[folds];
        // Words stand by falling frequency: every fifth gives each part rare and frequent ones alike.
        Workers.Run(
            folds,
            Environment.ProcessorCount,
            (fold, _) =>
            {
                var sums = new RegressionSums(dimension);
                double[] from = new double[dimension],
                    way = new double[dimension];
                for (int i = fold; i < moved.Length; i += folds)
                {
                    ReadOnlySpan<float> before = table.BeforeOf(moved[i]),
                        after = table.AfterOf(moved[i]);
                    for (int k = 0; k < dimension; k++)
                        (from[k], way[k]) = (before[k], (double)after[k] - before[k]);
                    sums.Add(WeightOf(table.CountOf(moved[i]), options.Weights), from, way);
                }
                parts[fold] = sums;
            }
        );
        var all = new RegressionSums(dimension);
        foreach (RegressionSums part in parts)
            all.Add(part, 1);
        double scale = all.Scale;
        if (!(scale > 0))
            throw new InvalidDataException(
                $"The {moved.Length} words that moved stood all in one place, so no map can be fitted to them; use "
                    + $"the neighbors."
            );
        double[] penalties = options.Penalty is { } given ? [given] : Penalties;
        double[] errors = new double[penalties.Length];
        double staying = parts.Sum(part => part.SquaredLength);
        if (folds > 1)
            Workers.Run(
                penalties.Length,
                Environment.ProcessorCount,
                (p, _) => errors[p] = HeldOutError(parts, all, penalties[p] * scale)
            );
        int best = Array.IndexOf(errors, errors.Min());
        return new MapFit(
            all.Ridge(penalties[best] * scale),
            penalties[best],
            folds > 1 ? 1 - errors[best] / staying : double.NaN
        );
    }

    private static double HeldOutError(RegressionSums[] parts, RegressionSums all, double penalty) =>
        parts.Sum(part =>
            part.SquaredError(new RegressionSums(all.Dimension).Add(all, 1).Add(part, -1).Ridge(penalty))
        );

    // Words whose count is not known are weighed alike.
    private static double WeightOf(int? count, MapWeights weights) =>
        weights switch
        {
            MapWeights.Count => Math.Max(count ?? 1, 1),
            MapWeights.LogCount => Math.Log(1 + Math.Max(count ?? 1, 1)),
            _ => 1,
        };
}
