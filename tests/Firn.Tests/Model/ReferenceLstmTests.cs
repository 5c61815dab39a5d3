using Firn.Kernels;
using Firn.Tests.Kernels;

namespace Firn.Tests.Model;

/// <summary>
/// The reference's backward pass against central differences in double: the truth that kernels are held to.
/// </summary>
public class ReferenceLstmTests
{
    private const int Width = 4,
        Hidden = 3,
        Steps = 5;

    [Fact]
    public void Gradients_equal_finite_differences_with_recurrent_dropout()
    {
        double[] kernel = Draw(Width * 4 * Hidden, 1),
            recurrent = Draw(Hidden * 4 * Hidden, 2),
            bias = Draw(4 * Hidden, 3);
        double[] x = Draw(Steps * Width, 4),
            h0 = Draw(Hidden, 5),
            c0 = Draw(Hidden, 6),
            dy = Draw(Steps * Hidden, 7);
        double[] mask = [1.25, 0, 1.25];
        var lstm = new ReferenceLstm<double>(kernel, recurrent, bias, Width, Hidden);
        lstm.Forward(x, h0, c0, mask);
        lstm.Backward(dy);
        CheckGradient(kernel, lstm.DKernel);
        CheckGradient(recurrent, lstm.DRecurrent);
        CheckGradient(bias, lstm.DBias);
        CheckGradient(x, lstm.DInput);

        void CheckGradient(double[] values, double[] gradient)
        {
            const double step = 1e-6;
            for (int i = 0; i < values.Length; i++)
            {
                double kept = values[i];
                values[i] = kept + step;
                double above = Loss();
                values[i] = kept - step;
                double below = Loss();
                values[i] = kept;
                Assert.Equal((above - below) / (2 * step), gradient[i], 1e-7);
            }
        }

        double Loss() =>
            new ReferenceLstm<double>(kernel, recurrent, bias, Width, Hidden)
                .Forward(x, h0, c0, mask)
                .Zip(dy, (a, b) => a * b)
                .Sum();
    }

    private static double[] Draw(int length, ulong seed) => GemmTests.Doubles(GemmTests.Random(length, seed));
}
