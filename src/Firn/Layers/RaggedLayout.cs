using System.Diagnostics;

namespace Firn.Layers;

/// <summary>
/// Texts of falling length laid out time-major without padding: row (t, i) is step t of text i, and step t has rows
/// only for the texts still alive, which are the first ones. The alive texts of step t + 1 thus stand first in step t.
/// </summary>
internal sealed class RaggedLayout
{
    private int[] _alive = [];
    private int[] _offset = [];
    private int[] _length = [];
    private int[] _mapped = [];

    /// <summary>Number of texts, n; empty ones stand last and have no rows.</summary>
    public int Texts { get; private set; }

    /// <summary>Number of time steps: the longest text's length.</summary>
    public int Steps { get; private set; }

    /// <summary>Number of rows, M.</summary>
    public int Tokens { get; private set; }

    /// <summary>Texts longer than <paramref name="step"/>.</summary>
    public int AliveAt(int step) => step < Steps ? _alive[step] : 0;

    /// <summary>First row of a step; M for the step after the last.</summary>
    public int OffsetOf(int step) => _offset[step];

    public int LengthOf(int text) => _length[text];

    /// <summary>The row of position <paramref name="position"/> when a text is read forward, or reversed.</summary>
    public int RowOf(int text, int position, bool reversed) =>
        _offset[reversed ? _length[text] - 1 - position : position] + text;

    /// <summary>
    /// Lays out the texts of another layout with lengths that follow from theirs and never fall where theirs rise.
    /// </summary>
    public void BuildFrom(RaggedLayout other, Func<int, int> lengthOf)
    {
        Grow(ref _mapped, other.Texts);
        for (int i = 0; i < other.Texts; i++)
            _mapped[i] = lengthOf(other._length[i]);
        Build(_mapped.AsSpan(0, other.Texts));
    }

    /// <summary>Lays out texts of these lengths, which must not rise.</summary>
    public void Build(ReadOnlySpan<int> lengths)
    {
        Texts = lengths.Length;
        Steps = lengths.Length == 0 ? 0 : lengths[0];
        Grow(ref _length, Texts);
        Grow(ref _alive, Steps);
        Grow(ref _offset, Steps + 1);
        lengths.CopyTo(_length);
        int count = Texts;
        Tokens = 0;
        for (int step = 0; step < Steps; step++)
        {
            while (_length[count - 1] <= step)
                count--;
            Debug.Assert(count == Texts || _length[count] <= step, "lengths must fall");
            _alive[step] = count;
            _offset[step] = Tokens;
            Tokens += count;
        }
        _offset[Steps] = Tokens;
    }

    private static void Grow(ref int[] array, int size)
    {
        if (array.Length < size)
            array = new int[size + size / 4];
    }
}
