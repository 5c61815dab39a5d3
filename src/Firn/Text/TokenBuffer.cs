using System.Runtime.CompilerServices;

namespace Firn.Text;

/// <summary>
/// The tokens of one text, kept in memory that is used again for the next text: once it has grown to the longest text,
/// nothing is allocated. Belongs to one thread at a time.
/// </summary>
public sealed class TokenBuffer
{
    private char[] _chars = new char[512];
    private int[] _bounds = new int[128];
    private char[] _scratch = [];
    private int _used;

    /// <summary>Number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Token <paramref name="index"/>; valid until the buffer is cleared, added to or tokenized into.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below <see cref="Count"/>.</exception>
    public ReadOnlySpan<char> this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            int start = _bounds[2 * index];
            return _chars.AsSpan(start, _bounds[2 * index + 1] - start);
        }
    }

    /// <summary>Forgets the tokens and keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
    }

    /// <summary>Appends a copy of one token.</summary>
    public void Add(ReadOnlySpan<char> token)
    {
        Reserve(token.Length);
        token.CopyTo(_chars.AsSpan(_used));
        Mark(_used, _used + token.Length);
        _used += token.Length;
    }

    /// <summary>The tokens as strings; for tests and small inputs.</summary>
    public string[] ToArray()
    {
        var tokens = new string[Count];
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = this[i].ToString();
        return tokens;
    }

    /// <summary>
    /// The character memory, for scanners that write tokens in place: they write above <see cref="Used"/>.
    /// </summary>
    internal char[] Chars => _chars;

    /// <summary>How many characters are in use.</summary>
    internal int Used
    {
        get => _used;
        set => _used = value;
    }

    /// <summary>Makes room for <paramref name="length"/> more characters.</summary>
    internal void Reserve(int length)
    {
        if (_used + length > _chars.Length)
            Array.Resize(ref _chars, Math.Max(checked(_used + length), 2 * _chars.Length));
    }

    /// <summary>The bit masks of the text in hand, for the fast scanners.</summary>
    internal AsciiScan Scan { get; } = new();

    /// <summary>
    /// The starts and ends of the tokens, with room for <paramref name="tokens"/>; a scanner that fills it sets the
    /// count.
    /// </summary>
    internal int[] Bounds(int tokens)
    {
        if (_bounds.Length < 2 * tokens)
            _bounds = new int[Math.Max(2 * tokens, 2 * _bounds.Length)];
        return _bounds;
    }

    /// <summary>Sets the number of tokens after a scanner wrote their <see cref="Bounds"/>.</summary>
    internal void SetCount(int tokens) => Count = tokens;

    /// <summary>Stems the tokens in place and drops those of which nothing is left.</summary>
    internal void Stem()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            int start = _bounds[2 * i];
            int length = SnowballEnglish.Stem(_chars.AsSpan(start, _bounds[2 * i + 1] - start));
            if (length == 0)
                continue;
            _bounds[2 * kept] = start;
            _bounds[2 * kept + 1] = start + length;
            kept++;
        }
        Count = kept;
    }

    /// <summary>Memory for a changed copy of the text, apart from the tokens.</summary>
    internal Span<char> Scratch(int length)
    {
        if (_scratch.Length < length)
            _scratch = new char[Math.Max(length, 2 * _scratch.Length)];
        return _scratch;
    }

    /// <summary>Counts the characters [<paramref name="start"/>, <paramref name="end"/>) as the next token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Mark(int start, int end)
    {
        int at = 2 * Count;
        if (at + 1 >= _bounds.Length)
            Array.Resize(ref _bounds, 2 * _bounds.Length);
        _bounds[at] = start;
        _bounds[at + 1] = end;
        Count++;
    }
}
