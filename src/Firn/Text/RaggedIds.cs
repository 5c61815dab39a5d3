namespace Firn.Text;

/// <summary>
/// Texts as token ids, without padding: text i is <c>Ids[Offsets[i] .. Offsets[i + 1]]</c>. This is what word vectors
/// and classifiers are trained on, so a corpus is parsed once however many epochs follow.
/// </summary>
public sealed class RaggedIds
{
    /// <summary>Wraps arrays that the caller no longer changes.</summary>
    /// <param name="ids">The ids of all texts, one after the other.</param>
    /// <param name="offsets">
    /// Start of each text and, last, the number of ids: one more value than there are texts.
    /// </param>
    /// <exception cref="ArgumentException">The offsets do not rise from 0 to the number of ids.</exception>
    public RaggedIds(int[] ids, int[] offsets)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(offsets);
        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != ids.Length)
            throw new ArgumentException(
                $"Offsets must begin with 0 and end with the number of ids, {ids.Length}.",
                nameof(offsets)
            );
        for (int i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1])
                throw new ArgumentException(
                    $"Offsets must not fall; offset {i} is {offsets[i]} after {offsets[i - 1]}.",
                    nameof(offsets)
                );
        }
        Ids = ids;
        Offsets = offsets;
    }

    /// <summary>All ids, text after text.</summary>
    public int[] Ids { get; }

    /// <summary>Where each text begins in <see cref="Ids"/>; the last value is their number.</summary>
    public int[] Offsets { get; }

    /// <summary>
    /// What a model reads in the spelling of each text's words that have no id, one row a text, as its
    /// <see cref="Predictor.Encode(string, TokenBuffer, List{int}, List{float})"/> made it; null for nothing. It has a
    /// meaning for that model alone.
    /// </summary>
    public float[]? Unseen { get; init; }

    /// <summary>The row of one text in <see cref="Unseen"/>; empty where there is nothing.</summary>
    internal ReadOnlySpan<float> UnseenOf(int text) =>
        Unseen is null ? [] : Unseen.AsSpan(text * (Unseen.Length / Count), Unseen.Length / Count);

    /// <summary>Whether a text has neither an id nor a word whose spelling says something.</summary>
    internal bool HasNoKnownToken(int text) => HasNoKnownToken(LengthOf(text), UnseenOf(text));

    /// <summary>The same of so many ids and a row of <see cref="Unseen"/>.</summary>
    internal static bool HasNoKnownToken(int ids, ReadOnlySpan<float> unseen) => ids == 0 && unseen is not [.., > 0];

    /// <summary>Number of texts.</summary>
    public int Count => Offsets.Length - 1;

    /// <summary>Number of ids in all texts.</summary>
    public int TotalTokens => Ids.Length;

    /// <summary>The ids of one text; may be empty.</summary>
    public ReadOnlySpan<int> this[int text] => Ids.AsSpan(Offsets[text], Offsets[text + 1] - Offsets[text]);

    /// <summary>The ids of one text, as memory that outlives a call.</summary>
    internal ReadOnlyMemory<int> Slice(int text) => Ids.AsMemory(Offsets[text], Offsets[text + 1] - Offsets[text]);

    /// <summary>Number of ids in one text.</summary>
    public int LengthOf(int text) => Offsets[text + 1] - Offsets[text];

    /// <summary>The chosen texts, copied, in the order given.</summary>
    public RaggedIds Select(ReadOnlySpan<int> texts)
    {
        var offsets = new int[texts.Length + 1];
        for (int i = 0; i < texts.Length; i++)
            offsets[i + 1] = checked(offsets[i] + LengthOf(texts[i]));
        var ids = new int[offsets[^1]];
        for (int i = 0; i < texts.Length; i++)
            this[texts[i]].CopyTo(ids.AsSpan(offsets[i]));
        return new RaggedIds(ids, offsets) { Unseen = UnseenOf(texts) };
    }

    /// <summary>The ids of these texts and behind them others; <see cref="Unseen"/> is left out.</summary>
    internal RaggedIds With(RaggedIds more) =>
        new([.. Ids, .. more.Ids], [.. Offsets, .. more.Offsets[1..].Select(offset => offset + TotalTokens)]);

    private float[]? UnseenOf(ReadOnlySpan<int> texts)
    {
        if (Unseen is null || Count == 0)
            return null;
        int width = Unseen.Length / Count;
        var rows = new float[texts.Length * width];
        for (int i = 0; i < texts.Length; i++)
            UnseenOf(texts[i]).CopyTo(rows.AsSpan(i * width));
        return rows;
    }

    /// <summary>Builds from sequences; for tests and small inputs.</summary>
    public static RaggedIds From(IReadOnlyList<int[]> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var offsets = new int[texts.Count + 1];
        for (int i = 0; i < texts.Count; i++)
            offsets[i + 1] = checked(offsets[i] + texts[i].Length);
        var ids = new int[offsets[^1]];
        for (int i = 0; i < texts.Count; i++)
            texts[i].CopyTo(ids, offsets[i]);
        return new RaggedIds(ids, offsets);
    }
}
