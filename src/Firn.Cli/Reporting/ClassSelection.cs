using System.Globalization;
using Firn.Evaluation;

namespace Firn.Cli.Reporting;

/// <summary>
/// Which classes are shown where there are too many for all: the most frequent, and of those that occur the worst. The
/// order of the labels stays.
/// </summary>
internal static class ClassSelection
{
    /// <summary>Up to so many classes all are shown, with their confusion matrix.</summary>
    public const int MaxShown = 30;

    private const int Confusions = 50;

    public static bool ShowsAll(EvaluationReport evaluation) => evaluation.PerClass.Count <= MaxShown;

    /// <summary>The classes to show.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <param name="each">That many of the most frequent, and that many of the worst.</param>
    public static IReadOnlyList<ClassMetrics> Of(EvaluationReport evaluation, int each)
    {
        IReadOnlyList<ClassMetrics> all = evaluation.PerClass;
        if (ShowsAll(evaluation))
            return all;
        var chosen = new SortedSet<int>(
            Enumerable.Range(0, all.Count).OrderByDescending(c => all[c].Support).ThenBy(c => c).Take(each)
        );
        int[] worst =
        [
            .. Enumerable
                .Range(0, all.Count)
                .Where(c => all[c].Support > 0 && !chosen.Contains(c))
                .OrderBy(c => all[c].F1)
                .ThenByDescending(c => all[c].Support)
                .ThenBy(c => c)
                .Take(each),
        ];
        chosen.UnionWith(worst);
        return [.. chosen.Select(c => all[c])];
    }

    /// <summary>The line that stands for the classes that are not shown; null where there are none.</summary>
    public static string? Rest(EvaluationReport evaluation, int shown) =>
        evaluation.PerClass.Count == shown
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"and {evaluation.PerClass.Count - shown:N0} more (shown: the most frequent and the worst)"
            );

    /// <summary>The largest confusions: how many texts of one class were given another, the most first.</summary>
    public static IReadOnlyList<ConfusedClasses> Largest(EvaluationReport evaluation, int most = Confusions)
    {
        var found = new List<ConfusedClasses>();
        for (int i = 0; i < evaluation.Confusion.Count; i++)
        {
            int[] row = evaluation.Confusion[i];
            for (int j = 0; j < row.Length; j++)
            {
                if (i != j && row[j] > 0)
                    found.Add(
                        new ConfusedClasses(
                            evaluation.PerClass[i].Name,
                            evaluation.PerClass[j].Name,
                            row[j],
                            (double)row[j] / evaluation.PerClass[i].Support
                        )
                    );
            }
        }
        return [.. found.OrderByDescending(c => c.Texts).ThenByDescending(c => c.Share).Take(most)];
    }
}

/// <summary>Texts of one class that were given another.</summary>
/// <param name="Actual">Their class.</param>
/// <param name="Predicted">The class that they were given.</param>
/// <param name="Texts">How many.</param>
/// <param name="Share">Of the texts of their class, in [0, 1].</param>
internal sealed record ConfusedClasses(string Actual, string Predicted, int Texts, double Share);
