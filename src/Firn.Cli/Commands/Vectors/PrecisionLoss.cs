using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary>What storing vectors more narrowly changes: the cosine of each vector with what became of it.</summary>
/// <param name="Mean">Mean of 1 - cosine over all vectors that are not zero.</param>
/// <param name="Most">Largest 1 - cosine.</param>
/// <param name="Word">The word that it belongs to; empty where nothing was lost.</param>
internal sealed record PrecisionLoss(double Mean, double Most, string Word)
{
    public static PrecisionLoss Of(WordVectors before, WordVectors after)
    {
        float[] x = new float[before.Dimension],
            y = new float[before.Dimension];
        double sum = 0,
            most = 0;
        int compared = 0,
            worst = -1;
        for (int row = 0; row < before.Count; row++)
        {
            before.CopyTo(row, x);
            after.CopyTo(row, y);
            double xx = 0,
                yy = 0,
                xy = 0;
            for (int i = 0; i < x.Length; i++)
            {
                xx += (double)x[i] * x[i];
                yy += (double)y[i] * y[i];
                xy += (double)x[i] * y[i];
            }
            if (xx == 0)
                continue;
            // A vector of numbers too small for the precision becomes zero: all of it is lost.
            double loss = yy == 0 ? 1 : Math.Max(0, 1 - xy / Math.Sqrt(xx * yy));
            compared++;
            sum += loss;
            if (loss > most)
                (most, worst) = (loss, row);
        }
        return new PrecisionLoss(compared == 0 ? 0 : sum / compared, most, worst < 0 ? "" : before.Words[worst]);
    }
}
