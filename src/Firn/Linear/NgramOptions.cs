using Firn.Text;

namespace Firn.Linear;

/// <summary>
/// Which n-grams of a text are features, and what values they have. The defaults are scikit-learn's
/// <c>TfidfVectorizer(ngram_range=(1, 2))</c>.
/// </summary>
internal sealed record NgramOptions
{
    /// <summary>
    /// The rules that give the words; null for scikit-learn's: lower case, runs of two or more letters, digits and
    /// underscores (<c>\b\w\w+\b</c>).
    /// </summary>
    public CleaningOptions? Cleaning { get; init; }

    /// <summary>The shortest n-gram, at least 1.</summary>
    public int Shortest { get; init; } = 1;

    /// <summary>The longest n-gram, at most 16.</summary>
    public int Longest { get; init; } = 2;

    /// <summary>N-grams that occur in fewer texts are left out (<c>min_df</c>); at least 1.</summary>
    public int MinTexts { get; init; } = 1;

    /// <summary>A count c becomes 1 + ln(c).</summary>
    public bool SublinearCounts { get; init; }

    /// <summary>Counts are multiplied by ln((1 + N) / (1 + texts with it)) + 1.</summary>
    public bool InverseTextFrequency { get; init; } = true;

    /// <summary>Each text's values are divided by their Euclidean norm.</summary>
    public bool Normalize { get; init; } = true;

    public void Validate()
    {
        Throw.IfOutside(Longest, 1, 16);
        Throw.IfOutside(Shortest, 1, Longest);
        Throw.IfNotPositive(MinTexts);
    }
}
