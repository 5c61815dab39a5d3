using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firn.Text;

/// <summary>
/// Distinct tokens numbered in order of first sight, found by their characters: an open-addressing table (linear
/// probing, at most half full) over one array of characters, so that a look-up allocates nothing and touches two lines
/// of cache as a rule.
/// </summary>
internal sealed class TokenTable
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private ulong[] _slots; // hash in the upper half, index + 1 in the lower; 0 is free
    private char[] _chars;
    private int[] _starts; // start of each token in chars, and the end of the last
    private int _shift; // slot = hash >> shift

    public TokenTable(int capacity = 1024)
    {
        int bits = 4;
        while (1L << bits < 2L * capacity)
            bits++;
        _slots = new ulong[1 << bits];
        _shift = 32 - bits;
        _chars = new char[8 * Math.Max(capacity, 1)];
        _starts = new int[Math.Max(capacity, 1) + 1];
    }

    /// <summary>Number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>Token number <paramref name="index"/>.</summary>
    public ReadOnlySpan<char> this[int index] => _chars.AsSpan(_starts[index], _starts[index + 1] - _starts[index]);

    /// <summary>The token's index, or -1.</summary>
    public int Find(ReadOnlySpan<char> token)
    {
        uint hash = HashOf(token);
        ulong[] table = _slots;
        int mask = table.Length - 1;
        for (int slot = (int)(hash >> _shift); ; slot = (slot + 1) & mask)
        {
            ulong entry = table[slot];
            if (entry == 0)
                return -1;
            if ((uint)(entry >> 32) == hash && this[(int)(uint)entry - 1].SequenceEqual(token))
                return (int)(uint)entry - 1;
        }
    }

    /// <summary>The token's index; a new one goes to the end.</summary>
    public int FindOrAdd(ReadOnlySpan<char> token)
    {
        int index = Find(token);
        if (index >= 0)
            return index;
        if (2 * (Count + 1) > _slots.Length)
            Grow();
        int end = _starts[Count] + token.Length;
        if (end > _chars.Length)
            Array.Resize(ref _chars, Math.Max(end, checked(2 * _chars.Length)));
        token.CopyTo(_chars.AsSpan(_starts[Count]));
        if (Count + 2 > _starts.Length)
            Array.Resize(ref _starts, 2 * _starts.Length);
        _starts[Count + 1] = end;
        Insert(HashOf(token), Count);
        return Count++;
    }

    private void Grow()
    {
        _slots = new ulong[2 * _slots.Length];
        _shift--;
        for (int i = 0; i < Count; i++)
            Insert(HashOf(this[i]), i);
    }

    private void Insert(uint hash, int index)
    {
        int slot = (int)(hash >> _shift);
        while (_slots[slot] != 0)
            slot = (slot + 1) & (_slots.Length - 1);
        _slots[slot] = ((ulong)hash << 32) | (uint)(index + 1);
    }

    /// <summary>32 bits of the token, four characters at a time, each word folded in by a multiplication.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint HashOf(ReadOnlySpan<char> token)
    {
        ref byte bytes = ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(token));
        ulong hash = (ulong)token.Length * Multiplier;
        int left = token.Length;
        while (left >= 4)
        {
            hash = (hash ^ Unsafe.ReadUnaligned<ulong>(ref bytes)) * Multiplier;
            hash ^= hash >> 32;
            bytes = ref Unsafe.Add(ref bytes, 8);
            left -= 4;
        }
        if (left >= 2)
        {
            hash = (hash ^ Unsafe.ReadUnaligned<uint>(ref bytes)) * Multiplier;
            hash ^= hash >> 32;
            bytes = ref Unsafe.Add(ref bytes, 4);
            left -= 2;
        }
        if (left > 0)
            hash = (hash ^ Unsafe.ReadUnaligned<ushort>(ref bytes)) * Multiplier;
        hash *= Multiplier;
        return (uint)(hash >> 32);
    }
}
