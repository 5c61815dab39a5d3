namespace Firn.Evaluation;

/// <summary>
/// One point of a ROC curve: what happens when scores from <paramref name="Threshold"/> up are called positive.
/// </summary>
/// <param name="FalsePositiveRate">Share of the negatives called positive.</param>
/// <param name="TruePositiveRate">Share of the positives called positive.</param>
/// <param name="Threshold">The lowest score called positive; infinity at the point (0, 0).</param>
public readonly record struct RocPoint(double FalsePositiveRate, double TruePositiveRate, double Threshold);

/// <summary>Receiver operating characteristic of one class against the rest.</summary>
/// <param name="Class">The class that counts as positive.</param>
/// <param name="Area">
/// Area under the curve: the chance that a positive scores above a negative, ties counting half.
/// </param>
/// <param name="Points">
/// From (0, 0) to (1, 1), by falling threshold; points inside a straight line are left out.
/// </param>
public sealed record RocCurve(string Class, double Area, IReadOnlyList<RocPoint> Points)
{
    /// <summary>
    /// Computes the curve (Fawcett 2006, algorithms 1 and 2). Equal scores form one step, so the area is exact under
    /// ties.
    /// </summary>
    /// <param name="className">Name of the positive class.</param>
    /// <param name="scores">A score for each text; higher means more positive; finite.</param>
    /// <param name="positive">Whether each text is positive.</param>
    /// <returns>The curve, or null when there are no positives or no negatives.</returns>
    public static RocCurve? From(string className, ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive)
    {
        Throw.IfLengthDiffers(positive.Length, scores.Length, nameof(positive));
        var keys = scores.ToArray();
        var values = positive.ToArray();
        Array.Sort(keys, values);
        long positives = values.LongCount(v => v),
            negatives = values.Length - positives;
        if (positives == 0 || negatives == 0)
            return null;

        var points = new List<RocPoint> { new(0, 0, double.PositiveInfinity) };
        long tp = 0,
            fp = 0,
            lastTp = 0,
            lastFp = 0;
        double twiceArea = 0; // in units of one positive times one negative: exact in a double up to 2^53
        for (int i = keys.Length - 1; i >= 0; )
        {
            float threshold = keys[i];
            for (; i >= 0 && keys[i] == threshold; i--)
            {
                if (values[i])
                    tp++;
                else
                    fp++;
            }
            twiceArea += (double)(fp - lastFp) * (tp + lastTp);
            Append(points, new RocPoint((double)fp / negatives, (double)tp / positives, threshold));
            (lastTp, lastFp) = (tp, fp);
        }
        return new RocCurve(className, twiceArea / 2 / ((double)positives * negatives), points);
    }

    private static void Append(List<RocPoint> points, RocPoint next)
    {
        if (points.Count >= 2)
        {
            RocPoint a = points[^2],
                b = points[^1];
            bool vertical = a.FalsePositiveRate == b.FalsePositiveRate && b.FalsePositiveRate == next.FalsePositiveRate;
            bool horizontal = a.TruePositiveRate == b.TruePositiveRate && b.TruePositiveRate == next.TruePositiveRate;
            if (vertical || horizontal)
                points.RemoveAt(points.Count - 1);
        }
        points.Add(next);
    }
}
