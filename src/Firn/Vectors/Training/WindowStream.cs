using Firn.Kernels;
using Firn.Text;

namespace Firn.Vectors.Training;

/// <summary>
/// The words of a block that are left after subsampling, all texts in one row, and the window of each: the context of
/// position i is Low[i] .. High[i] (exclusive) without i, and never leaves the text.
/// </summary>
internal sealed class WindowStream(TrainingWords words, int window, bool shrink)
{
    public int[] Rows { get; private set; } = [];

    public int[] Low { get; private set; } = [];

    public int[] High { get; private set; } = [];

    public int Count { get; private set; }

    /// <summary>The positions that the windows of a chunk reach over.</summary>
    public WindowSpan Span(int first, int count)
    {
        int low = int.MaxValue,
            high = 0;
        for (int p = first; p < first + count; p++)
        {
            low = Math.Min(low, Low[p]);
            high = Math.Max(high, High[p]);
        }
        return new(low, high);
    }

    /// <summary>Draws the words to keep and the widths of the windows.</summary>
    public void Fill(RaggedIds corpus, CorpusBlock block, CounterRandom random)
    {
        if (Rows.Length < block.End - block.Start)
            (Rows, Low, High) = (
                new int[block.End - block.Start],
                new int[block.End - block.Start],
                new int[block.End - block.Start]
            );
        Count = 0;
        ulong counter = 0;
        int text = block.Text;
        for (int at = block.Start; at < block.End; text++)
        {
            int end = Math.Min(corpus.Offsets[text + 1], block.End);
            AddText(corpus.Ids.AsSpan(at, end - at), random, ref counter);
            at = end;
        }
    }

    private void AddText(ReadOnlySpan<int> ids, CounterRandom random, ref ulong counter)
    {
        ReadOnlySpan<TrainingWords.Entry> entries = words.Entries;
        int start = Count,
            count = Count;
        int[] rows = Rows;
        foreach (int id in ids)
        {
            TrainingWords.Entry entry = entries[id];
            if (entry.Row < 0 || (entry.Keep != uint.MaxValue && entry.Keep < (uint)random.Bits(counter++)))
                continue;
            rows[count++] = entry.Row;
        }
        for (int i = start; i < count; i++)
        {
            int reach = shrink ? window - random.Below(counter++, window) : window;
            Low[i] = Math.Max(start, i - reach);
            High[i] = Math.Min(count, i + reach + 1);
        }
        Count = count;
    }
}
