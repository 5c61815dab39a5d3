using Firn.Kernels;

namespace Firn.Tests.Kernels;

[Trait("Kernels", "all")]
public sealed unsafe class LstmCellTests
{
    [Fact]
    public void Forward_and_backward_equal_the_reference_for_every_width()
    {
        for (int hidden = 1; hidden <= 256; hidden += hidden < 70 ? 1 : 31)
            Check(rows: 3, hidden);
    }

    private static void Check(int rows, int hidden)
    {
        int size = rows * hidden;
        float[] gates = GemmTests.Random(4 * size, 1),
            before = GemmTests.Random(size, 2),
            dh = GemmTests.Random(size, 3),
            dc = GemmTests.Random(size, 4);
        float[] mask = GemmTests.Random(size, 5),
            outside = GemmTests.Random(size, 6);
        double[] gatesTruth = GemmTests.Doubles(gates),
            beforeTruth = GemmTests.Doubles(before),
            dcTruth = GemmTests.Doubles(dc);
        double[] cellTruth = new double[size],
            outputTruth = new double[size],
            dhTruth = new double[size];
        float[] cell = new float[size],
            tanh = new float[size],
            output = new float[size];
        for (int i = 0; i < size; i++)
            dhTruth[i] = (double)dh[i] * mask[i] + outside[i];
        fixed (
            float* g = gates,
                p = before,
                c = cell,
                t = tanh,
                o = output,
                d = dh,
                m = mask,
                u = outside,
                e = dc
        )
        {
            LstmCell.Forward(rows, hidden, g, p, c, t, o);
            for (int r = 0; r < rows; r++)
            {
                Range state = (r * hidden)..((r + 1) * hidden);
                Reference.LstmForward<double>(
                    gatesTruth.AsSpan(r * 4 * hidden, 4 * hidden),
                    beforeTruth.AsSpan(state),
                    cellTruth.AsSpan(state),
                    outputTruth.AsSpan(state)
                );
            }
            Near(gatesTruth, gates, hidden);
            Near(cellTruth, cell, hidden);
            Near(outputTruth, output, hidden);
            LstmCell.Backward(rows, hidden, g, p, t, d, m, u, e);
            for (int r = 0; r < rows; r++)
            {
                Range state = (r * hidden)..((r + 1) * hidden);
                Reference.LstmBackward<double>(
                    gatesTruth.AsSpan(r * 4 * hidden, 4 * hidden),
                    beforeTruth.AsSpan(state),
                    cellTruth.AsSpan(state),
                    dhTruth.AsSpan(state),
                    dcTruth.AsSpan(state)
                );
            }
        }
        Near(gatesTruth, gates, hidden);
        Near(dcTruth, dc, hidden);
    }

    private static void Near(double[] expected, float[] actual, int hidden)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True(
                Math.Abs(expected[i] - actual[i]) < 1e-6,
                $"hidden {hidden}, value {i}: {expected[i]} and {actual[i]}"
            );
    }
}
