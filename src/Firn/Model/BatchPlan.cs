using Firn.Text;

namespace Firn.Model;

/// <summary>
/// A batch sorted by falling length (ties in the batch's order) and cut into shards of about equal tokens. Both follow
/// from the lengths alone, never from the number of threads, so that a sum in shard order is the same on any machine.
/// </summary>
/// <param name="usualShards">Shards of a batch of short texts.</param>
/// <param name="mostShards">Shards at most, for batches of long texts: a shard's memory grows with its tokens.</param>
/// <param name="leastTexts">Texts a shard, at least.</param>
internal sealed class BatchPlan(int usualShards, int mostShards, int leastTexts)
{
    private const int DefaultTokens = 2048; // of a shard

    private readonly int[] _starts = new int[mostShards + 1],
        _tokens = new int[mostShards];
    private int[] _histogram = [];

    /// <summary>Shards in use.</summary>
    public int Shards { get; private set; }

    /// <summary>Texts in the batch.</summary>
    public int Count { get; private set; }

    public long Tokens { get; private set; }

    /// <summary>Place in the batch of the i-th text by falling length.</summary>
    public int[] Position { get; private set; } = [];

    /// <summary>Text index of the i-th text by falling length.</summary>
    public int[] Text { get; private set; } = [];

    /// <summary>Lengths, falling.</summary>
    public int[] Length { get; private set; } = [];

    /// <summary>Tokens before a shard's first.</summary>
    public int FirstToken(int shard) => _tokens[shard];

    public Range RangeOf(int shard) => _starts[shard].._starts[shard + 1];

    /// <summary>Plans the texts <paramref name="batch"/> (indices into <paramref name="texts"/>).</summary>
    public void Build(RaggedIds texts, ReadOnlySpan<int> batch)
    {
        Count = batch.Length;
        if (Position.Length < Count)
        {
            Position = new int[Count];
            Text = new int[Count];
            Length = new int[Count];
        }
        Sort(texts, batch);
        Cut();
    }

    private void Sort(RaggedIds texts, ReadOnlySpan<int> batch)
    {
        int longest = 0;
        Tokens = 0;
        foreach (int text in batch)
        {
            int length = texts.LengthOf(text);
            longest = Math.Max(longest, length);
            Tokens += length;
        }
        if (_histogram.Length < longest + 2)
            _histogram = new int[longest + 2 + longest / 4];
        Array.Clear(_histogram);
        foreach (int text in batch)
            _histogram[longest - texts.LengthOf(text) + 1]++;
        for (int i = 1; i <= longest; i++)
            _histogram[i] += _histogram[i - 1];
        for (int i = 0; i < batch.Length; i++)
        {
            int length = texts.LengthOf(batch[i]);
            int place = _histogram[longest - length]++;
            Position[place] = i;
            Text[place] = batch[i];
            Length[place] = length;
        }
    }

    private void Cut()
    {
        int wanted = (int)Math.Clamp(Tokens / DefaultTokens, usualShards, mostShards);
        wanted = Math.Clamp(Count / leastTexts, 1, wanted);
        Shards = 0;
        long seen = 0;
        for (int i = 0; i < Count; i++)
        {
            if (seen * wanted >= Tokens * Shards && Shards < wanted)
            {
                _tokens[Shards] = (int)seen;
                _starts[Shards++] = i;
            }
            seen += Length[i];
        }
        Shards = Math.Max(Shards, 1);
        _starts[Shards] = Count;
    }
}
