namespace Firn.Vectors.Training;

/// <summary>
/// The loss of a sample of chunks, for progress: the negative log-likelihood of a position (CBOW) or of a pair of words
/// (skip-gram). Never steers training.
/// </summary>
internal sealed class LossTally
{
    /// <summary>One chunk in so many is measured.</summary>
    private const int Interval = 32;

    private readonly Lock _gate = new();
    private double _sum,
        _count;

    /// <summary>Whether the chunk that begins at a position of its block is one of the sample.</summary>
    public static bool Measures(int first, int chunk) => first / chunk % Interval == 0;

    /// <summary>-log(sigmoid), of a sigmoid that may have been rounded to 0.</summary>
    public static double Of(float sigmoid) => -Math.Log(Math.Max(sigmoid, 1e-12));

    public void Add(double loss, double count)
    {
        lock (_gate)
            (_sum, _count) = (_sum + loss, _count + count);
    }

    /// <summary>The mean since the last call; NaN when nothing was measured.</summary>
    public double Take()
    {
        lock (_gate)
        {
            double mean = _count > 0 ? _sum / _count : double.NaN;
            (_sum, _count) = (0, 0);
            return mean;
        }
    }
}
