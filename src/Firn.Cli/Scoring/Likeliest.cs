using Firn.Evaluation;

namespace Firn.Cli.Scoring;

/// <summary>The classes of a prediction by their probability.</summary>
internal static class Likeliest
{
    /// <summary>The likeliest first; ties in the order of the classes.</summary>
    /// <param name="prediction">What the model says.</param>
    /// <param name="classes">How many classes the model has.</param>
    /// <param name="most">How many are wanted, at most.</param>
    public static int[] Of(in Prediction prediction, int classes, int most)
    {
        float[] probabilities = prediction.Probabilities;
        return most == 0
            ? []
            :
            [
                .. Enumerable
                    .Range(0, classes)
                    .OrderByDescending(c => LabelRule.ProbabilityOf(c, probabilities))
                    .Take(most),
            ];
    }
}
