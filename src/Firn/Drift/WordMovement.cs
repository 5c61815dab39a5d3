namespace Firn.Drift;

/// <summary>How far training moved a word.</summary>
/// <param name="Id">Its token id.</param>
/// <param name="Word">The word.</param>
/// <param name="Count">How often training saw it; null where that is not known.</param>
/// <param name="CosineDistance">1 - cos(before, after), in [0, 2]; 0 for a word that did not move.</param>
/// <param name="Length">|after - before|, the Euclidean length of the way.</param>
/// <param name="Relative">The way as a share of the vector's length before.</param>
/// <param name="NeighborsKept">
/// Of the nearest words before, how many are among the nearest now; null where it was not looked up.
/// </param>
public sealed record WordMovement(
    int Id,
    string Word,
    int? Count,
    double CosineDistance,
    double Length,
    double Relative,
    int? NeighborsKept
);

/// <summary>What words of about the same frequency have in common.</summary>
/// <param name="Name">
/// The band: <c>unseen</c>, <c>1</c>, <c>2-4</c>, ...; <c>moved</c> and <c>not moved</c> where counts are not known.
/// </param>
/// <param name="Words">Words in it.</param>
/// <param name="Moved">How many of them moved at all.</param>
/// <param name="MeanCosineDistance">Mean of the cosine distances.</param>
/// <param name="MedianCosineDistance">Their median.</param>
/// <param name="MeanRelative">Mean way as a share of the vector's length.</param>
/// <param name="MeanNeighborsKept">
/// Mean of the neighbors kept, over the words for which they were looked up; NaN for none.
/// </param>
public sealed record FrequencyBand(
    string Name,
    int Words,
    int Moved,
    double MeanCosineDistance,
    double MedianCosineDistance,
    double MeanRelative,
    double MeanNeighborsKept
)
{
    private static readonly (int Least, string Name)[] Limits =
    [
        (0, "unseen"),
        (1, "1"),
        (2, "2-4"),
        (5, "5-9"),
        (10, "10-99"),
        (100, "100-999"),
        (1000, "1000 and more"),
    ];

    /// <summary>The bands that hold a word, the rarest first.</summary>
    internal static IReadOnlyList<FrequencyBand> Of(IReadOnlyList<WordMovement> words) =>
        [.. words.GroupBy(BandOf).OrderBy(group => group.Key).Select(group => Of(NameOf(group.Key), [.. group]))];

    private static int BandOf(WordMovement word) =>
        word.Count is { } count ? Array.FindLastIndex(Limits, limit => limit.Least <= count)
        : word.Length > 0 ? -1
        : -2;

    private static string NameOf(int band) =>
        band switch
        {
            -2 => "not moved",
            -1 => "moved",
            _ => Limits[band].Name,
        };

    private static FrequencyBand Of(string name, WordMovement[] words)
    {
        double[] distances = [.. words.Select(w => w.CosineDistance).Order()];
        double median = (distances[(distances.Length - 1) / 2] + distances[distances.Length / 2]) / 2;
        double kept = words
            .Where(w => w.NeighborsKept is not null)
            .Select(w => (double)w.NeighborsKept!.Value)
            .DefaultIfEmpty(double.NaN)
            .Average();
        return new FrequencyBand(
            name,
            words.Length,
            words.Count(w => w.Length > 0),
            distances.Average(),
            median,
            words.Average(w => w.Relative),
            kept
        );
    }
}
