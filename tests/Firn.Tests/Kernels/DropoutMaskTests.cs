using Firn.Kernels;

namespace Firn.Tests.Kernels;

[Trait("Kernels", "all")]
public class DropoutMaskTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void The_share_of_zeros_is_the_rate_and_the_mean_is_one(double rate)
    {
        const int n = 400_000;
        var mask = new float[n];
        DropoutMask.Fill(new CounterRandom(5).Derive(1), 0, rate, mask);
        Assert.Equal(rate, mask.Count(v => v == 0) / (double)n, 0.004);
        Assert.Equal(1, mask.Average(v => (double)v), 0.02);
        Assert.Equal(2, mask.Distinct().Count());
        // Neighbors are independent: both dropped with the rate's square.
        int both = 0;
        for (int i = 1; i < n; i++)
            both += mask[i] == 0 && mask[i - 1] == 0 ? 1 : 0;
        Assert.Equal(rate * rate, both / (double)n, 0.004);
    }

    [Fact]
    public void Every_kernel_path_draws_the_documented_bits()
    {
        var stream = new CounterRandom(77).Derive(2);
        for (int length = 0; length <= 256; length++)
        {
            var mask = new float[length];
            DropoutMask.Fill(stream, 1000, 0.25, mask);
            for (int i = 0; i < length; i++)
            {
                ushort bits = (ushort)(stream.Bits(1000 + (ulong)i / 4) >> (16 * (i % 4)));
                Assert.Equal(bits >= 16384 ? 65536f / 49152 : 0, mask[i]);
            }
        }
    }

    [Fact]
    public void Masks_of_two_streams_are_not_alike()
    {
        float[] a = new float[10_000],
            b = new float[10_000];
        DropoutMask.Fill(new CounterRandom(1).Derive(4).Derive(7), 0, 0.5, a);
        DropoutMask.Fill(new CounterRandom(1).Derive(4).Derive(8), 0, 0.5, b);
        Assert.InRange(a.Zip(b).Count(p => p.First == p.Second), 4700, 5300);
    }
}
