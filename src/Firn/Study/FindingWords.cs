using System.Globalization;

namespace Firn.Study;

/// <summary>Figures and policies in words.</summary>
internal sealed class FindingWords(StudySummary summary)
{
    private static readonly string[] Doing =
    [
        "a random table that trains with the rest",
        "the frozen table",
        "training the table from the start",
        "freezing first and then thawing everything",
        "freezing first and then thawing the table alone",
        "training with a pull back to the pretrained vectors",
        "training and then moving the unseen words by a map",
        "training and then moving the unseen words with their neighbors",
        "training and then putting the old table back",
    ];

    /// <summary>What a policy does, as the subject of a sentence.</summary>
    public static string Subject(StudyPolicy policy) => Doing[(int)policy];

    /// <summary>"500 texts", "all 6,920 texts".</summary>
    public string Texts(int size) => size == summary.TrainTexts ? $"all {Count(size)} texts" : $"{Count(size)} texts";

    /// <summary>"500", "all 6,920".</summary>
    public string Size(int size) => size == summary.TrainTexts ? $"all {Count(size)}" : Count(size);

    /// <summary>"500, 2,000 and all 6,920 texts".</summary>
    public string Texts(IReadOnlyList<int> sizes) =>
        sizes.Count == 1
            ? Texts(sizes[0])
            : $"{string.Join(", ", sizes.Take(sizes.Count - 1).Select(Size))} and {Texts(sizes[^1])}";

    /// <summary>"2,000".</summary>
    public static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"81.3%".</summary>
    public static string Share(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + "%";

    /// <summary>"+1.2 points (+0.4 to +2.0)", the 95% interval in brackets.</summary>
    public static string Points(Estimate difference) =>
        $"{Signed(difference.Mean)} points ({Signed(difference.Low)} to {Signed(difference.High)})";

    /// <summary>"+1.2".</summary>
    public static string Signed(double share) => (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
