using System.Globalization;

namespace Firn.Linear;

/// <summary>What of a linear part the texts decide.</summary>
/// <param name="InversePenalty">Weight of the data against the penalty, C.</param>
/// <param name="NaiveBayes">Share of the model whose features are multiplied by log-count ratios, in [0, 1].</param>
internal readonly record struct LinearChoice(double InversePenalty, double NaiveBayes)
{
    private static readonly double[] Shares = [0, 0.5, 1],
        Factors = [1, 1.0 / 3, 3];

    public static LinearChoice Of(LinearBranchOptions options) => new(options.InversePenalty, options.NaiveBayes);

    /// <summary>
    /// What validation texts choose among, the usual one first: three shares, and on few texts three penalties of each.
    /// </summary>
    /// <param name="options">What is used unless another is better.</param>
    /// <param name="few">Whether texts are few enough for so many fits.</param>
    public static IReadOnlyList<LinearChoice> Among(LinearBranchOptions options, bool few) =>
        [
            Of(options),
            .. (few ? Factors : Factors[..1])
                .SelectMany(factor =>
                    Shares.Select(share => new LinearChoice(Math.Round(factor * options.InversePenalty, 3), share))
                )
                .Where(choice => choice != Of(options)),
        ];

    /// <summary>The options with this choice.</summary>
    public LinearBranchOptions In(LinearBranchOptions options) =>
        options with
        {
            InversePenalty = InversePenalty,
            NaiveBayes = NaiveBayes,
        };

    public override string ToString() =>
        NaiveBayes == 0
            ? string.Create(CultureInfo.InvariantCulture, $"C {InversePenalty:0.###}")
            : string.Create(CultureInfo.InvariantCulture, $"C {InversePenalty:0.###}, naive Bayes {NaiveBayes:0.##}");
}
