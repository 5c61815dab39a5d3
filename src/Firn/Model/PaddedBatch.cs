using Firn.Text;

namespace Firn.Model;

/// <summary>
/// The texts of a batch as a model of padded texts reads them: what Keras' <c>pad_sequences</c> hands to it. Where all have one
/// length the memory serves one batch after the other.
/// </summary>
internal sealed class PaddedBatch(TextPadding padding)
{
    private readonly int length = padding.Fills ? padding.Rule.Length : 0;
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
        if (places.Length < count)
            places = [.. Enumerable.Range(0, count)];
        Tokens = 0;
        if (length == 0)
        {
            BuildRagged(texts, batch);
            return;
        }
        if (Texts.Count < count)
            Texts = new RaggedIds(new int[checked(count * length)], [.. Enumerable.Range(0, count + 1).Select(i => i * length)]);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<int> text = texts[batch[i]];
            padding.Write(text, Texts.Ids.AsSpan(i * length, length));
            Tokens += Math.Min(text.Length, length);
        }
    }

    private void BuildRagged(RaggedIds texts, ReadOnlySpan<int> batch)
    {
        var rows = new int[count][];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<int> text = texts[batch[i]];
            var row = new int[padding.LengthOf(text.Length)];
            rows[i] = row[..padding.Write(text, row)];
            Tokens += rows[i].Length;
        }
        Texts = RaggedIds.From(rows);
    }
}
