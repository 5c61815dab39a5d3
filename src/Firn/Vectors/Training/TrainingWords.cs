using Firn.Text;

namespace Firn.Vectors.Training;

/// <summary>
/// The words that get a vector: those of the corpus with at least the minimum count, in rows by falling count (ties by id),
/// and for each id its row and the chance that subsampling keeps it.
/// </summary>
internal sealed class TrainingWords
{
    private readonly Entry[] _entries; // by id

    private TrainingWords(Entry[] entries, int[] ids, long[] counts)
    {
        _entries = entries;
        Ids = ids;
        Counts = counts;
    }

    /// <summary>The id of each row.</summary>
    public int[] Ids { get; }

    /// <summary>How often the word of each row stands in the corpus.</summary>
    public long[] Counts { get; }

    public ReadOnlySpan<Entry> Entries => _entries;

    /// <param name="corpus">Texts as ids; 0 is the pad and no word.</param>
    /// <param name="idCount">Ids lie in [0, idCount).</param>
    /// <param name="options">Minimum count and subsampling.</param>
    public static TrainingWords From(RaggedIds corpus, int idCount, Word2VecOptions options)
    {
        var counts = new long[idCount];
        foreach (int id in corpus.Ids)
        {
            if ((uint)id >= (uint)idCount)
                throw new ArgumentException($"The texts hold id {id}; the vocabulary's ids lie between 0 and {idCount - 1}.", nameof(corpus));
            counts[id]++;
        }
        int[] ids = [.. Enumerable.Range(1, Math.Max(idCount - 1, 0)).Where(id => counts[id] >= options.MinCount).OrderByDescending(id => counts[id])];
        if (ids.Length == 0)
            throw new ArgumentException($"No word stands {options.MinCount} times in the {corpus.TotalTokens} words of the texts; lower MinCount or give more text.", nameof(corpus));
        long[] kept = [.. ids.Select(id => counts[id])];
        double threshold = options.Sample * kept.Sum();
        var entries = new Entry[idCount];
        Array.Fill(entries, new Entry(-1, 0));
        for (int row = 0; row < ids.Length; row++)
            entries[ids[row]] = new Entry(row, KeepThreshold(kept[row], threshold));
        return new TrainingWords(entries, ids, kept);
    }

    /// <summary>
    /// A word of count v is kept with probability min(1, (sqrt(v/T) + 1) T/v) where T is sample times all counts: gensim's
    /// and word2vec.c's formula. As a 32-bit threshold for a random number.
    /// </summary>
    private static uint KeepThreshold(long count, double threshold)
    {
        if (threshold <= 0)
            return uint.MaxValue;
        double probability = (Math.Sqrt(count / threshold) + 1) * (threshold / count);
        return probability >= 1 ? uint.MaxValue : (uint)(probability * uint.MaxValue);
    }

    /// <param name="Row">Row of the vector, or -1 for a word that has none.</param>
    /// <param name="Keep">Kept when a random 32-bit number is not above this.</param>
    public readonly record struct Entry(int Row, uint Keep);
}
