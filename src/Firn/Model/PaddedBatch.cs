using Firn.Text;

namespace Firn.Model;

/// <summary>
/// The texts of a batch brought to one length by id 0 in front, longer ones cut to their last tokens: what Keras'
/// <c>pad_sequences</c> hands to a model without a mask. The memory serves one batch after the other.
/// </summary>
internal sealed class PaddedBatch(int length)
{
    private int[] places = [];
    private int count;

    /// <summary>The texts of the batch, and perhaps more behind them.</summary>
    public RaggedIds Texts { get; private set; } = RaggedIds.From([]);

    /// <summary>Their indices into <see cref="Texts"/>.</summary>
    public ReadOnlySpan<int> Places => places.AsSpan(0, count);

    /// <summary>Tokens that are no pads.</summary>
    public long Tokens { get; private set; }

    public void Build(RaggedIds texts, ReadOnlySpan<int> batch)
    {
        count = batch.Length;
        Reserve();
        Tokens = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<int> text = texts[batch[i]];
            text = text[Math.Max(0, text.Length - length)..];
            Span<int> row = Texts.Ids.AsSpan(i * length, length);
            row[..^text.Length].Clear();
            text.CopyTo(row[^text.Length..]);
            Tokens += text.Length;
        }
    }

    private void Reserve()
    {
        if (places.Length >= count)
            return;
        places = [.. Enumerable.Range(0, count)];
        Texts = new RaggedIds(new int[checked(count * length)], [.. Enumerable.Range(0, count + 1).Select(i => i * length)]);
    }
}
