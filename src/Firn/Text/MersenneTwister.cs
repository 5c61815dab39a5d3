namespace Firn.Text;

/// <summary>
/// MT19937 (Matsumoto, Nishimura 1998, "Mersenne Twister", ACM TOMACS 8(1)), seeded and drawn from as NumPy's
/// <c>RandomState(seed)</c> does, so that its permutations can be reproduced.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Middle = 397;
    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    /// <summary>Knuth's initialisation, which NumPy uses for one 32-bit seed.</summary>
    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (uint i = 1; i < Size; i++)
            _state[i] = 1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30)) + i;
    }

    /// <summary>The next 32 random bits.</summary>
    public uint Next()
    {
        if (_next == Size)
            Renew();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    /// <summary>
    /// An integer in [0, <paramref name="largest"/>]: random bits under the smallest mask that covers it, drawn again
    /// while they exceed it (NumPy's <c>random_interval</c>). Nothing is drawn for 0.
    /// </summary>
    public uint UpTo(uint largest)
    {
        if (largest == 0)
            return 0;
        uint mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(largest);
        uint value;
        do value = Next() & mask;
        while (value > largest);
        return value;
    }

    /// <summary>The integers 0 to n - 1 in NumPy's order: <c>RandomState(seed).permutation(n)</c>.</summary>
    public int[] Permutation(int n)
    {
        var values = new int[n];
        for (int i = 0; i < n; i++)
            values[i] = i;
        for (int i = n - 1; i > 0; i--)
        {
            int j = (int)UpTo((uint)i);
            (values[i], values[j]) = (values[j], values[i]);
        }
        return values;
    }

    private void Renew()
    {
        for (int i = 0; i < Size; i++)
        {
            uint y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Size] & 0x7fffffffu);
            _state[i] = _state[(i + Middle) % Size] ^ (y >> 1) ^ ((y & 1) * 0x9908b0dfu);
        }
        _next = 0;
    }
}
