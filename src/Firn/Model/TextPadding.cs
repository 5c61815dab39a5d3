using Firn.Layers;
using Firn.Text;

namespace Firn.Model;

/// <summary>Brings texts to what a model of padded texts reads: cut, and filled with pads or freed of them.</summary>
/// <param name="rule">How.</param>
/// <param name="skips">Whether layers skip pads, which then need not be there.</param>
internal sealed class TextPadding(PaddedInput rule, bool skips)
{
    /// <summary>The pad's id.</summary>
    public const int Pad = 0;

    public PaddedInput Rule { get; } = rule;

    /// <summary>Whether pads are tokens like others.</summary>
    public bool Fills { get; } = !skips;

    /// <summary>Tokens of a text as it is read; at most.</summary>
    /// <param name="length">As it is.</param>
    /// <param name="fills">Whether shorter texts get pads; not where their states are known.</param>
    public int LengthOf(int length, bool fills = true)
    {
        if (Rule.Length == 0)
            return length;
        return Fills && fills ? Rule.Length : Math.Min(length, Rule.Length);
    }

    /// <summary>Writes a text as it is read.</summary>
    /// <param name="text">As it is.</param>
    /// <param name="to">[<see cref="LengthOf"/>].</param>
    /// <param name="fills">As there.</param>
    /// <returns>Tokens written: fewer where pads in the text are left out.</returns>
    public int Write(ReadOnlySpan<int> text, Span<int> to, bool fills = true)
    {
        int most = Rule.Length == 0 ? text.Length : Rule.Length;
        TokenWindow window = TokenWindow.Of(text.Length, most, Rule.Truncating);
        int kept = window.Count;
        bool pads = Fills && fills && kept < to.Length;
        Span<int> place = pads && Rule.Side == PaddingSide.Pre ? to[^kept..] : to[..kept];
        window.CopyTo(text, place);
        if (pads)
            (Rule.Side == PaddingSide.Pre ? to[..^kept] : to[kept..]).Clear();
        if (Fills)
            return pads ? to.Length : kept;
        int left = 0;
        foreach (int id in place)
        {
            if (id != Pad)
                to[left++] = id;
        }
        return left;
    }

    /// <summary>Some texts, one after the other, as they are read.</summary>
    public RaggedIds Write(RaggedIds texts, Range which, bool fills)
    {
        (int from, int count) = which.GetOffsetAndLength(texts.Count);
        var offsets = new int[count + 1];
        int total = 0;
        for (int i = 0; i < count; i++)
            total = checked(total + LengthOf(texts.LengthOf(from + i), fills));
        var ids = new int[total];
        for (int i = 0; i < count; i++)
            offsets[i + 1] =
                offsets[i]
                + Write(texts[from + i], ids.AsSpan(offsets[i], LengthOf(texts.LengthOf(from + i), fills)), fills);
        return new RaggedIds(offsets[count] == total ? ids : ids[..offsets[count]], offsets);
    }
}
