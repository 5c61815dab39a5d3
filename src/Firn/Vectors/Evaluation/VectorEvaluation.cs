namespace Firn.Vectors.Evaluation;

/// <summary>Correlation with human judgement of word pairs.</summary>
/// <param name="Spearman">Rank correlation of cosine and score, in [-1, 1]; NaN when it is not defined.</param>
/// <param name="Pearson">Linear correlation, in [-1, 1]; NaN when it is not defined.</param>
/// <param name="Pairs">Pairs that were scored.</param>
/// <param name="OutOfVocabulary">Pairs left out (or given similarity 0) because a word has no vector.</param>
/// <param name="InvalidLines">Lines that are not two words and a number.</param>
public sealed record SimilarityScore(double Spearman, double Pearson, int Pairs, int OutOfVocabulary, int InvalidLines)
{
    /// <summary>Part of the pairs whose words both have vectors.</summary>
    public double Coverage { get; init; }

    /// <summary>
    /// Probability of a rank correlation so far from 0 by chance, two-sided, as SciPy computes it; NaN with fewer than
    /// three pairs.
    /// </summary>
    public double SpearmanP { get; init; } = double.NaN;

    /// <summary>As <see cref="SpearmanP"/>, of the linear correlation.</summary>
    public double PearsonP { get; init; } = double.NaN;

    /// <summary>Number of the first invalid line; 0 for none.</summary>
    public int FirstInvalidLine { get; init; }
}

/// <summary>Accuracy on one section of an analogy set.</summary>
/// <param name="Name">The section's name.</param>
/// <param name="Correct">Questions answered rightly.</param>
/// <param name="Total">Questions asked.</param>
public sealed record AnalogySection(string Name, int Correct, int Total)
{
    /// <summary>Correct / Total; NaN without questions.</summary>
    public double Accuracy => (double)Correct / Total;
}

/// <summary>Accuracy on an analogy set.</summary>
/// <param name="Sections">Section by section, in the order of the file.</param>
/// <param name="OutOfVocabulary">Questions with a word that has no vector.</param>
public sealed record AnalogyScore(IReadOnlyList<AnalogySection> Sections, int OutOfVocabulary)
{
    /// <summary>Lines that are no question of four words.</summary>
    public int InvalidLines { get; init; }

    /// <summary>Number of the first invalid line; 0 for none.</summary>
    public int FirstInvalidLine { get; init; }

    /// <summary>Questions answered rightly, in all sections.</summary>
    public int Correct => Sections.Sum(section => section.Correct);

    /// <summary>Questions asked, in all sections.</summary>
    public int Total => Sections.Sum(section => section.Total);

    /// <summary>Correct / Total; NaN without questions.</summary>
    public double Accuracy => (double)Correct / Total;
}

/// <summary>How well clusters of vectors agree with categories.</summary>
/// <param name="Purity">
/// Part of the words that stand in a cluster where their category is the most frequent one, in (0, 1].
/// </param>
/// <param name="Words">Words clustered.</param>
/// <param name="Categories">Categories, and clusters.</param>
/// <param name="OutOfVocabulary">Words left out because they have no vector.</param>
public sealed record CategorizationScore(double Purity, int Words, int Categories, int OutOfVocabulary);

/// <summary>How the words of a test set are looked up; the defaults are gensim's.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Use only the first rows, which usually are the most frequent words.</summary>
    public int RestrictVocabulary { get; init; } = 300_000;

    /// <summary>Compare upper-cased words; of several spellings the first row counts.</summary>
    public bool CaseInsensitive { get; init; } = true;

    /// <summary>
    /// Count pairs and questions with unknown words as similarity 0 and as wrong, rather than leaving them out.
    /// </summary>
    public bool DummyForUnknown { get; init; }
}

/// <summary>Standard tests of word vectors; equal to gensim's evaluation of the same vectors.</summary>
public static class VectorEvaluation
{
    /// <summary>
    /// Correlation of cosines with the scores of a file of lines "word word score" (tabs, spaces, commas or semicolons
    /// between).
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// The file has no pair whose words both have vectors, or is mostly of other lines.
    /// </exception>
    public static SimilarityScore Similarity(Similarity vectors, string path, EvaluationOptions? options = null) =>
        PairTest.Run(vectors, path, options ?? new EvaluationOptions());

    /// <summary>
    /// Accuracy of 3CosAdd on a file of lines "a b c d" with sections ": name", or of comma-separated lines with the
    /// header ",type,word1,word2,word3,target".
    /// </summary>
    /// <exception cref="InvalidDataException">A question stands before the first section.</exception>
    public static AnalogyScore Analogies(Similarity vectors, string path, EvaluationOptions? options = null) =>
        AnalogyTest.Run(vectors, path, options ?? new EvaluationOptions());

    /// <summary>
    /// Purity of k-means clusters (on unit vectors, as many clusters as categories, best of ten starts) for a file with
    /// the header ",category,word".
    /// </summary>
    /// <exception cref="InvalidDataException">No word of the file has a vector.</exception>
    public static CategorizationScore Categorization(
        Similarity vectors,
        string path,
        EvaluationOptions? options = null
    ) => CategoryTest.Run(vectors, path, options ?? new EvaluationOptions());
}
