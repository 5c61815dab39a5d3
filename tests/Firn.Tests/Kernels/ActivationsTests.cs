using Firn.Kernels;

namespace Firn.Tests.Kernels;

[Trait("Kernels", "all")]
public class ActivationsTests
{
    private delegate void Kernel(ReadOnlySpan<float> x, Span<float> destination);

    [Fact]
    public void Exp_is_within_two_units_in_the_last_place() => Check(Activations.Exp, Math.Exp, -87, 88, 2.4e-7);

    [Fact]
    public void Sigmoid_is_within_the_documented_relative_error() =>
        Check(Activations.Sigmoid, Reference.Sigmoid, -87, 100, 5e-7);

    [Fact]
    public void Tanh_is_within_the_documented_relative_error() => Check(Activations.Tanh, Math.Tanh, -100, 100, 6e-7);

    [Fact]
    public void Tanh_of_small_values_keeps_its_relative_error() =>
        Check(Activations.Tanh, Math.Tanh, -1e-3, 1e-3, 6e-7);

    [Fact]
    public void Every_length_gives_the_same_values_and_writes_nothing_behind()
    {
        float[] all = new float[256];
        float[] x = GemmTests.Random(256, 9);
        Activations.Tanh(x, all);
        for (int length = 0; length <= 256; length++)
        {
            var part = new float[length + 1];
            part[length] = 42;
            Activations.Tanh(x.AsSpan(0, length), part.AsSpan(0, length));
            Assert.True(part.AsSpan(0, length).SequenceEqual(all.AsSpan(0, length)), $"length {length}");
            Assert.Equal(42, part[length]);
        }
    }

    [Fact]
    public void Not_a_number_stays_one_and_infinities_saturate()
    {
        foreach (int length in new[] { 1, 32 })
        {
            var x = new float[length];
            var y = new float[length];
            Array.Fill(x, float.NaN);
            foreach (Kernel kernel in new Kernel[] { Activations.Exp, Activations.Sigmoid, Activations.Tanh })
            {
                kernel(x, y);
                Assert.All(y, v => Assert.True(float.IsNaN(v)));
            }
            Array.Fill(x, float.PositiveInfinity);
            Activations.Sigmoid(x, y);
            Assert.All(y, v => Assert.Equal(1f, v));
            Array.Fill(x, float.NegativeInfinity);
            Activations.Tanh(x, y);
            Assert.All(y, v => Assert.Equal(-1f, v, 1e-6f));
        }
    }

    private static void Check(Kernel kernel, Func<double, double> truth, double low, double high, double tolerance)
    {
        const int n = 100_000;
        var x = new float[n];
        var y = new float[n];
        for (int i = 0; i < n; i++)
            x[i] = (float)(low + (high - low) * i / (n - 1));
        kernel(x, y);
        double worst = 0;
        for (int i = 0; i < n; i++)
        {
            double expected = truth(x[i]);
            if (expected != 0)
                worst = Math.Max(worst, Math.Abs(y[i] - expected) / Math.Abs(expected));
        }
        Assert.InRange(worst, 0, tolerance);
    }
}
