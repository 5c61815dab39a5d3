namespace Firn.Vectors.Subwords;

/// <summary>The rows of a word's character n-grams, as fastText's Dictionary::computeSubwords finds them.</summary>
/// <param name="minN">Shortest n-gram in characters.</param>
/// <param name="maxN">Longest n-gram in characters.</param>
/// <param name="buckets">N-grams share this many rows by hash.</param>
/// <param name="words">Rows of words, which stand before those of the buckets.</param>
/// <param name="pruned">Where only some buckets were kept: bucket to row among them; null where all were.</param>
internal sealed class SubwordHash(int minN, int maxN, int buckets, int words, IReadOnlyDictionary<int, int>? pruned)
{
    /// <summary>
    /// FNV-1a over the bytes, each sign-extended first: fastText 0.2 fixed this accident of its early versions as the rule,
    /// so that models stay readable.
    /// </summary>
    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2166136261;
        foreach (byte b in bytes)
            hash = (hash ^ (uint)(sbyte)b) * 16777619;
        return hash;
    }

    /// <summary>Appends the rows of all n-grams of a word in its marks "&lt;word&gt;", in the order of fastText.</summary>
    public void AddRows(ReadOnlySpan<byte> marked, List<int> rows)
    {
        for (int start = 0; start < marked.Length; start++)
        {
            if (IsContinuation(marked[start]))
                continue;
            int end = start;
            for (int n = 1; n <= maxN && end < marked.Length; n++)
            {
                end++;
                while (end < marked.Length && IsContinuation(marked[end]))
                    end++;
                bool markAlone = n == 1 && (start == 0 || end == marked.Length);
                if (n >= minN && !markAlone)
                    AddRow((int)(Hash(marked[start..end]) % (uint)buckets), rows);
            }
        }
    }

    private void AddRow(int bucket, List<int> rows)
    {
        if (pruned is null)
            rows.Add(words + bucket);
        else if (pruned.TryGetValue(bucket, out int kept))
            rows.Add(words + kept);
    }

    private static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;
}
