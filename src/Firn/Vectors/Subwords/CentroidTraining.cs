using Firn.Kernels;

namespace Firn.Vectors.Subwords;

/// <summary>
/// K-means in each stretch of columns (Jégou, Douze, Schmid 2011, "Product quantization for nearest neighbor search"),
/// with the numbers of fastText: 256 centroids, 25 rounds, at most 65,536 points.
/// </summary>
internal static class CentroidTraining
{
    private const int Centroids = ProductQuantizer.Centroids,
        Rounds = 25,
        MaxPoints = 256 * Centroids;

    /// <summary>The row's code of a point: the nearest centroid, of equals the first.</summary>
    public static byte Nearest(ReadOnlySpan<float> point, ReadOnlySpan<float> centroids)
    {
        int width = point.Length,
            best = 0;
        float least = float.MaxValue;
        for (int c = 0; c < Centroids; c++)
        {
            float distance = 0;
            for (int i = 0; i < width; i++)
            {
                float difference = point[i] - centroids[c * width + i];
                distance += difference * difference;
            }
            if (distance < least)
                (least, best) = (distance, c);
        }
        return (byte)best;
    }

    /// <summary>
    /// Centroids [256, width] of the columns [first, first + width) of rows; rows beyond 65,536 are sampled.
    /// </summary>
    /// <param name="rows">Number of rows; 256 or more.</param>
    /// <param name="read">Copies the columns of a row.</param>
    /// <param name="width">Columns of the stretch.</param>
    /// <param name="random">Decides sample and start.</param>
    public static float[] Fit(int rows, Action<int, Memory<float>> read, int width, CounterRandom random)
    {
        int[] order = Enumerable.Range(0, rows).ToArray();
        random.Shuffle<int>(order);
        int count = Math.Min(rows, MaxPoints);
        var points = new float[count * width];
        for (int i = 0; i < count; i++)
            read(order[i], points.AsMemory(i * width, width));
        float[] centroids = points[..(Centroids * width)];
        var codes = new byte[count];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < count; i++)
                codes[i] = Nearest(points.AsSpan(i * width, width), centroids);
            if (!Move(points, codes, width, centroids))
                break;
        }
        return centroids;
    }

    /// <summary>
    /// Moves each centroid to the mean of its points, and one without points beside the most crowded; false where all
    /// stood still.
    /// </summary>
    private static bool Move(float[] points, byte[] codes, int width, float[] centroids)
    {
        var sums = new double[Centroids * width];
        var counts = new int[Centroids];
        for (int i = 0; i < codes.Length; i++)
        {
            counts[codes[i]]++;
            for (int c = 0; c < width; c++)
                sums[codes[i] * width + c] += points[i * width + c];
        }
        bool moved = false;
        for (int k = 0; k < Centroids; k++)
        {
            for (int c = 0; counts[k] > 0 && c < width; c++)
            {
                float mean = (float)(sums[k * width + c] / counts[k]);
                moved |= mean != centroids[k * width + c];
                centroids[k * width + c] = mean;
            }
        }
        for (int k = 0; k < Centroids; k++)
        {
            if (counts[k] > 0)
                continue;
            int crowded = Array.IndexOf(counts, counts.Max());
            for (int c = 0; c < width; c++)
            {
                float value = centroids[crowded * width + c],
                    step = 1e-4f * (c % 2 == 0 ? 1 : -1) * Math.Max(Math.Abs(value), 1e-6f);
                centroids[k * width + c] = value + step;
                centroids[crowded * width + c] = value - step;
            }
            counts[k] = counts[crowded] / 2;
            counts[crowded] -= counts[k];
            moved = moved || counts[k] > 0;
        }
        return moved;
    }
}
