using Firn.Text;

namespace Firn.Vectors.Training;

/// <summary>
/// The words that get a vector: those of the corpus with at least the minimum count, in rows by falling count (ties by
/// id), and for each id its row and the chance that subsampling keeps it.
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

    /// <summary>The share of each row's word in the texts after subsampling, in the mean; sums to 1.</summary>
    public double[] KeptShares()
    {
        double[] kept = [.. Ids.Select((id, row) => Counts[row] * ((double)_entries[id].Keep / uint.MaxValue))];
        double sum = Math.Max(kept.Sum(), double.Epsilon);
        return [.. kept.Select(count => count / sum)];
    }

    /// <param name="corpus">Texts as ids; 0 is the pad and no word.</param>
    /// <param name="idCount">Ids lie in [0, idCount).</param>
    /// <param name="options">Limits and subsampling.</param>
    /// <param name="known">Whether an id has a vector already, and keeps it however rare it is; null for none.</param>
    /// <param name="addWords">Whether others may get one.</param>
    public static TrainingWords From(
        RaggedIds corpus,
        int idCount,
        Word2VecOptions options,
        Func<int, bool>? known = null,
        bool addWords = true
    )
    {
        var counts = new long[idCount];
        foreach (int id in corpus.Ids)
        {
            if ((uint)id >= (uint)idCount)
                throw new ArgumentException(
                    $"The texts hold id {id}; the vocabulary's ids lie between 0 and {idCount - 1}.",
                    nameof(corpus)
                );
            counts[id]++;
        }
        int[] all =
        [
            .. Enumerable
                .Range(1, Math.Max(idCount - 1, 0))
                .Where(id => counts[id] > 0)
                .OrderByDescending(id => counts[id]),
        ];
        int[] old = known is null ? [] : [.. all.Where(known)];
        IEnumerable<int> added = all.Where(id => addWords && counts[id] >= options.MinCount).Except(old);
        if (options.MaxWords > 0)
            added = added.Take(options.MaxWords);
        int[] ids = [.. old.Concat(added).OrderByDescending(id => counts[id]).ThenBy(id => id)];
        if (ids.Length == 0 && !addWords)
            throw new ArgumentException(
                "The texts hold none of the table's words, and no words are to be added; give other texts or set "
                    + "AddWords.",
                nameof(corpus)
            );
        if (ids.Length == 0)
            throw new ArgumentException(
                $"No word stands {options.MinCount} times in the texts, which have "
                    + $"{Counted.Of(corpus.TotalTokens, "word")}; lower MinCount or give more text.",
                nameof(corpus)
            );
        long[] kept = [.. ids.Select(id => counts[id])];
        double threshold = options.Sample * kept.Sum();
        var entries = new Entry[idCount];
        Array.Fill(entries, new Entry(-1, 0));
        for (int row = 0; row < ids.Length; row++)
            entries[ids[row]] = new Entry(row, KeepThreshold(kept[row], threshold));
        return new TrainingWords(entries, ids, kept);
    }

    /// <summary>
    /// A word of count v is kept with probability min(1, (sqrt(v/T) + 1) T/v) where T is sample times all counts:
    /// gensim's and word2vec.c's formula. As a 32-bit threshold for a random number.
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
