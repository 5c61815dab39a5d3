namespace Firn.Vectors.Subwords;

/// <summary>The rows of a word's character n-grams, as fastText's Dictionary::computeSubwords finds them.</summary>
/// <param name="minN">Shortest n-gram in characters.</param>
/// <param name="maxN">Longest n-gram in characters.</param>
/// <param name="buckets">N-grams share this many rows by hash.</param>
/// <param name="words">Rows of words, which stand before those of the buckets.</param>
/// <param name="pruned">Where only some buckets were kept: bucket to row among them; null where all were.</param>
internal sealed class SubwordHash(int minN, int maxN, int buckets, int words, IReadOnlyDictionary<int, int>? pruned)
{
    private const uint Seed = 2166136261,
        Prime = 16777619;

    /// <summary>
    /// FNV-1a over the bytes, each sign-extended first: fastText 0.2 fixed this accident of its early versions as the
    /// rule, so that models stay readable.
    /// </summary>
    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = Seed;
        foreach (byte b in bytes)
            hash = Next(hash, b);
        return hash;
    }

    /// <summary>
    /// Appends the rows of all n-grams of a word in its marks "&lt;word&gt;", in the order of fastText.
    /// </summary>
    public void AddRows(ReadOnlySpan<byte> marked, List<int> rows)
    {
        for (int start = 0; start < marked.Length; start++)
        {
            if (IsContinuation(marked[start]))
                continue;
            int end = start;
            uint hash = Seed; // of the n-gram so far: each longer one goes on from it
            for (int n = 1; n <= maxN && end < marked.Length; n++)
            {
                hash = Next(hash, marked[end++]);
                while (end < marked.Length && IsContinuation(marked[end]))
                    hash = Next(hash, marked[end++]);
                bool markAlone = n == 1 && (start == 0 || end == marked.Length);
                if (n >= minN && !markAlone)
                    AddRow((int)(hash % (uint)buckets), rows);
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

    private static uint Next(uint hash, byte value) => (hash ^ (uint)(sbyte)value) * Prime;

    private static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;
}
