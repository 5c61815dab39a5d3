using Firn.Server.Contracts;
using Firn.Server.Models;

namespace Firn.Server.Inference;

/// <summary>Scores as one probability a class, and as one value.</summary>
internal static class ClassScores
{
    /// <summary>The probability of a class; a sigmoid's row holds that of class 1 alone.</summary>
    public static float Of(ReadOnlySpan<float> row, int c) =>
        row.Length > 1 ? row[c]
        : c == 1 ? row[0]
        : 1 - row[0];

    /// <summary>Refuses to regress a model that has more than one output.</summary>
    /// <exception cref="ServingException">The model has one score a class.</exception>
    public static void CheckRegression(ModelVersion version)
    {
        if (version.Scorer.OutputSize != 1)
        {
            throw ServingException.Invalid(
                $"regress needs a model with one score a text; {version.Model} has one for each of "
                    + $"{version.Scorer.Labels.Count} classes: use classify"
            );
        }
    }
}
