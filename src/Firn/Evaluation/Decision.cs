namespace Firn.Evaluation;

/// <summary>From probabilities to a class.</summary>
internal static class Decision
{
    /// <summary>The score from which the second of two classes is given, where it was not tuned.</summary>
    public const float Default = 0.5f;

    /// <summary>
    /// One column: the second class from the threshold on; else the first of the largest probabilities.
    /// </summary>
    /// <param name="row">[K].</param>
    /// <param name="threshold">For one column.</param>
    public static int ClassOf(ReadOnlySpan<float> row, float threshold = Default)
    {
        if (row.Length == 1)
            return row[0] >= threshold ? 1 : 0;
        int best = 0;
        for (int c = 1; c < row.Length; c++)
        {
            if (row[c] > row[best])
                best = c;
        }
        return best;
    }

    /// <summary>The probability of a class.</summary>
    public static float ProbabilityOf(int c, ReadOnlySpan<float> row) =>
        row.Length > 1 ? row[c]
        : c == 1 ? row[0]
        : 1 - row[0];
}
