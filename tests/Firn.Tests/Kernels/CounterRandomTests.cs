using Firn.Kernels;

namespace Firn.Tests.Kernels;

[Trait("Kernels", "all")]
public class CounterRandomTests
{
    [Fact]
    public void Uniform_has_the_mean_and_variance_of_the_uniform_distribution()
    {
        var random = new CounterRandom(7).Derive(3);
        double sum = 0,
            squares = 0;
        const int n = 200_000;
        for (ulong i = 0; i < n; i++)
        {
            float u = random.Uniform(i);
            Assert.InRange(u, 0f, 1f - 1f / (1 << 25));
            sum += u;
            squares += u * u;
        }
        Assert.Equal(0.5, sum / n, 0.003);
        Assert.Equal(1.0 / 3, squares / n, 0.003);
    }

    [Fact]
    public void Shuffle_keeps_every_value_and_depends_on_the_key()
    {
        int[] a = [.. Enumerable.Range(0, 100)],
            b = [.. a];
        new CounterRandom(1).Shuffle<int>(a);
        new CounterRandom(2).Shuffle<int>(b);
        Assert.NotEqual(a, b);
        Assert.Equal(Enumerable.Range(0, 100), a.Order());
    }
}
