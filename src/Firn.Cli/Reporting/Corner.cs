using Firn.Numerics;

namespace Firn.Cli.Reporting;

/// <summary>Where a chart's legend stands.</summary>
internal enum Corner
{
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

/// <summary>Chooses the corner in which a legend hides the least.</summary>
internal static class EmptiestCorner
{
    // A legend takes about this part of a chart's width and height.
    private const double Width = 0.42,
        Height = 0.3;

    /// <summary>The corner with the fewest points; of equal ones the first of <paramref name="preferred"/>.</summary>
    public static Corner Of(IEnumerable<PlanePoint> points, AxisRange x, AxisRange y, params Corner[] preferred)
    {
        var counts = new int[4];
        foreach (var point in points.Where(p => double.IsFinite(p.Y)))
        {
            double across = (point.X - x.Low) / (x.High - x.Low),
                up = (point.Y - y.Low) / (y.High - y.Low);
            if (up > 1 - Height || up < Height)
            {
                bool top = up > 0.5;
                if (across < Width)
                    counts[(int)(top ? Corner.TopLeft : Corner.BottomLeft)]++;
                if (across > 1 - Width)
                    counts[(int)(top ? Corner.TopRight : Corner.BottomRight)]++;
            }
        }
        return preferred.MinBy(corner => counts[(int)corner]);
    }
}
