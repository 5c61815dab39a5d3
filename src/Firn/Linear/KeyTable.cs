using Firn.Kernels;

namespace Firn.Linear;

/// <summary>
/// Distinct 64-bit keys numbered in order of first sight: open addressing, linear probing. At most half full where the
/// number of keys is known, which makes it fast to ask; one that grows fills to three quarters first, which makes it
/// small.
/// </summary>
internal sealed class KeyTable
{
    private ulong[] _keys;
    private int[] _indices;

    public KeyTable(int capacity = 1024)
    {
        int size = 16;
        while (size < 2L * capacity)
            size *= 2;
        _keys = new ulong[size];
        _indices = new int[size];
    }

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>The key's number, or -1.</summary>
    public int Find(ulong key)
    {
        int mask = _keys.Length - 1;
        for (int slot = (int)key & mask; ; slot = (slot + 1) & mask)
        {
            if (_keys[slot] == key)
                return _indices[slot];
            if (_keys[slot] == 0)
                return -1;
        }
    }

    /// <summary>
    /// The number of each key, or -1: as <see cref="Find(ulong)"/>, but all keys' places are asked for before the first
    /// is looked at, so that memory answers them side by side.
    /// </summary>
    /// <param name="keys">The keys.</param>
    /// <param name="numbers">Receives the number of each.</param>
    public void Find(ReadOnlySpan<ulong> keys, Span<int> numbers)
    {
        ulong[] table = _keys;
        int mask = table.Length - 1;
        foreach (ulong key in keys)
            Prefetch.Line(in table[(int)key & mask]);
        for (int i = 0; i < keys.Length; i++)
        {
            ulong key = keys[i];
            int slot = (int)key & mask;
            while (table[slot] != key && table[slot] != 0)
                slot = (slot + 1) & mask;
            numbers[i] = table[slot] == 0 ? -1 : slot;
            Prefetch.Line(in _indices[slot]);
        }
        foreach (ref int number in numbers[..keys.Length])
            number = number < 0 ? -1 : _indices[number];
    }

    /// <summary>The key's number; a new key gets the next.</summary>
    public int FindOrAdd(ulong key)
    {
        if (4L * (Count + 1) > 3L * _keys.Length)
        {
            Grow();
            Heap.Compact();
        }
        int mask = _keys.Length - 1;
        int slot = (int)key & mask;
        while (_keys[slot] != 0)
        {
            if (_keys[slot] == key)
                return _indices[slot];
            slot = (slot + 1) & mask;
        }
        _keys[slot] = key;
        _indices[slot] = Count;
        return Count++;
    }

    /// <summary>The keys in the order of their numbers.</summary>
    public ulong[] ToArray()
    {
        var keys = new ulong[Count];
        for (int slot = 0; slot < _keys.Length; slot++)
        {
            if (_keys[slot] != 0)
                keys[_indices[slot]] = _keys[slot];
        }
        return keys;
    }

    private void Grow()
    {
        (ulong[] keys, int[] indices) = (_keys, _indices);
        _keys = new ulong[2 * keys.Length];
        _indices = new int[2 * keys.Length];
        int mask = _keys.Length - 1;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] == 0)
                continue;
            int slot = (int)keys[i] & mask;
            while (_keys[slot] != 0)
                slot = (slot + 1) & mask;
            (_keys[slot], _indices[slot]) = (keys[i], indices[i]);
        }
    }
}
