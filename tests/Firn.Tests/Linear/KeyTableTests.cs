using Firn.Kernels;
using Firn.Linear;

namespace Firn.Tests.Linear;

public sealed class KeyTableTests
{
    // Few low bits, so that keys meet in their places and look-ups go on past the table's end.
    [Fact]
    public void Keys_sought_together_are_found_as_one_by_one()
    {
        var random = new CounterRandom(5);
        ulong[] keys =
        [
            .. Enumerable
                .Range(0, 4000)
                .Select(i => (random.Bits((ulong)i) & 0xFFFF_0000_0000_003F) | 1UL << 63 | 0x7C0)
                .Distinct(),
        ];
        var table = new KeyTable(keys.Length / 2);
        foreach (ulong key in keys.Where((_, i) => i % 2 == 0))
            table.FindOrAdd(key);
        var found = new int[keys.Length];
        table.Find(keys, found);
        Assert.Equal(keys.Select(table.Find), found);
        Assert.Equal(table.Count, found.Count(number => number >= 0));
    }
}
