using Firn.Text;

namespace Firn.Model;

/// <summary>
/// What training saw of the vocabulary, and where the word vectors stood before it moved them. Immutable.
/// </summary>
public sealed class TrainingTrace
{
    private readonly int[] _counts;

    /// <summary>Wraps what is known.</summary>
    /// <param name="counts">How often each token id occurs in the texts trained on, [V].</param>
    /// <param name="pretrained">The rows that training moved, as they were; null where that was not kept.</param>
    public TrainingTrace(int[] counts, PretrainedRows? pretrained)
    {
        ArgumentNullException.ThrowIfNull(counts);
        _counts = counts;
        Pretrained = pretrained;
    }

    /// <summary>
    /// How often each token id occurs in the texts trained on, [V]: validation and test texts, and tokens beyond a
    /// text's limit, are not counted. 0 for words that have a vector and that training never saw.
    /// </summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>
    /// The rows that training moved, as they were before; without rows where the table was frozen; null where that was
    /// not kept.
    /// </summary>
    public PretrainedRows? Pretrained { get; }

    internal ReadOnlyMemory<int> CountsMemory => _counts;

    /// <summary>Counts the ids of texts.</summary>
    internal static int[] Count(RaggedIds texts, int vocabularySize)
    {
        var counts = new int[vocabularySize];
        foreach (int id in texts.Ids)
            counts[id]++;
        return counts;
    }
}
