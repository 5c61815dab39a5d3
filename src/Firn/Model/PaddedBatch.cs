using Firn.Text;

namespace Firn.Model;

/// <summary>
/// The texts of a batch as a model of padded texts reads them: what Keras' <c>pad_sequences</c> hands to it. Where all
/// have one length the memory serves one batch after the other.
/// </summary>
internal sealed class PaddedBatch(TextPadding padding)
{
    private readonly int _length = padding.Fills ? padding.Rule.Length : 0;
    private int[] _places = [];
    private int _count;

    /// <summary>The texts of the batch, and perhaps more behind them.</summary>
    public RaggedIds Texts { get; private set; } = RaggedIds.From([]);

    /// <summary>Their indices into <see cref="Texts"/>.</summary>
    public ReadOnlySpan<int> Places => _places.AsSpan(0, _count);

    /// <summary>Tokens that are no pads.</summary>
    public long Tokens { get; private set; }

    public void Build(RaggedIds texts, ReadOnlySpan<int> batch)
    {
        _count = batch.Length;
        if (_places.Length < _count)
            _places = [.. Enumerable.Range(0, _count)];
        Tokens = 0;
        if (_length == 0)
        {
            BuildRagged(texts, batch);
            return;
        }
        if (Texts.Count < _count)
            Texts = new RaggedIds(
                new int[checked(_count * _length)],
                [.. Enumerable.Range(0, _count + 1).Select(i => i * _length)]
            );
        for (int i = 0; i < _count; i++)
        {
            ReadOnlySpan<int> text = texts[batch[i]];
            padding.Write(text, Texts.Ids.AsSpan(i * _length, _length));
            Tokens += Math.Min(text.Length, _length);
        }
    }

    private void BuildRagged(RaggedIds texts, ReadOnlySpan<int> batch)
    {
        var rows = new int[_count][];
        for (int i = 0; i < _count; i++)
        {
            ReadOnlySpan<int> text = texts[batch[i]];
            var row = new int[padding.LengthOf(text.Length)];
            rows[i] = row[..padding.Write(text, row)];
            Tokens += rows[i].Length;
        }
        Texts = RaggedIds.From(rows);
    }
}
