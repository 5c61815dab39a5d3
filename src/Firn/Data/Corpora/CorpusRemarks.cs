using System.Globalization;
using Firn.Text;

namespace Firn.Data;

/// <summary>What is odd about the rows of a corpus, once they are read.</summary>
internal static class CorpusRemarks
{
    private const int MaxPairs = 5;

    /// <summary>Fewer rows than this do not tell labels from other values.</summary>
    private const int MinRows = 20;

    /// <summary>Sentences without a full stop.</summary>
    public static IEnumerable<string> Of(RowLog log)
    {
        foreach (
            IGrouping<string, string> alike in log
                .Labels.Keys.GroupBy(Folded, StringComparer.Ordinal)
                .Where(group => group.Count() > 1)
                .Take(MaxPairs)
        )
        {
            string[] labels = [.. alike.OrderByDescending(label => log.Labels[label])];
            bool numbers = labels.All(label => WholeNumbers.Of(label) is not null);
            yield return $"labels that differ only in {(numbers ? "how a number is written" : "case")} are different "
                + $"labels: "
                + string.Join(
                    ", ",
                    labels.Select(label =>
                        string.Create(CultureInfo.InvariantCulture, $"{label} ({log.Labels[label]:N0})")
                    )
                );
        }
        if (log.EmptyTexts > 0)
            yield return $"{Counted.Of(log.EmptyTexts, "row")} {(log.EmptyTexts == 1 ? "has" : "have")} an empty text";
        if (log.Blank > 0)
            yield return $"{Counted.Of(log.Blank, "row")} without any value passed over";
        if (log.TextsWithNul > 0)
            yield return $"{Counted.Of(log.TextsWithNul, "row")} {(log.TextsWithNul == 1 ? "has" : "have")} a NUL "
                + $"character in the text, which is kept";
    }

    /// <summary>Refuses labels that nearly all differ, where nobody said that they are labels.</summary>
    public static void RefuseNoClasses(string path, CorpusLayout layout, RowLog log)
    {
        if (log.Read >= MinRows && (log.Labels.Count > 0.9 * log.Read || log.Labels.Count >= RowLog.MaxLabels))
        {
            throw new CorpusException(
                path,
                0,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"column {layout.LabelColumn} has {log.Labels.Count:N0} different values in {log.Read:N0} rows, "
                        + $"so it holds no labels"
                ),
                "Name the column of the label with {LabelColumn}, this one too if it is meant."
            );
        }
    }

    private static string Folded(string label) => WholeNumbers.Of(label) ?? label.ToLowerInvariant();
}
