using Firn.Kernels;

namespace Firn.Tests.Kernels;

[Trait("Kernels", "all")]
public sealed unsafe class ScoringCellTests
{
    [Fact]
    public void Forward_equals_the_reference_for_every_width()
    {
        for (int hidden = 1; hidden <= 256; hidden += hidden < 70 ? 1 : 31)
            Check(rows: 3, hidden, spread: 1);
    }

    // Where e^x of two gates together would be no float any more, where tanh stands at its bounds, and between.
    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(1000)]
    public void Gates_far_from_zero_equal_the_reference(float spread) => Check(rows: 50, hidden: 48, spread);

    [Fact]
    public void Values_that_are_no_numbers_stay_none()
    {
        float* gates = stackalloc float[64],
            cell = stackalloc float[16],
            output = stackalloc float[16];
        new Span<float>(gates, 64).Fill(0.5f);
        gates[3] = float.NaN;
        ScoringCell.Forward(1, 16, gates, null, cell, output);
        Assert.True(float.IsNaN(cell[3]) && float.IsNaN(output[3]));
        Assert.True(float.IsFinite(cell[4]) && float.IsFinite(output[4]));
    }

    private static void Check(int rows, int hidden, float spread)
    {
        int size = rows * hidden;
        float[] gates = GemmTests.Random(4 * size, 1),
            before = GemmTests.Random(size, 2),
            cell = new float[size],
            output = new float[size];
        foreach (ref float gate in gates.AsSpan())
            gate *= spread;
        double[] gatesTruth = GemmTests.Doubles(gates),
            beforeTruth = GemmTests.Doubles(before),
            cellTruth = new double[size],
            outputTruth = new double[size];
        fixed (
            float* g = gates,
                p = before,
                c = cell,
                o = output
        )
            ScoringCell.Forward(rows, hidden, g, p, c, o);
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
        for (int i = 0; i < size; i++)
        {
            Assert.True(
                Math.Abs(cellTruth[i] - cell[i]) < 1e-6,
                $"hidden {hidden}, cell {i}: {cellTruth[i]} and {cell[i]}"
            );
            Assert.True(
                Math.Abs(outputTruth[i] - output[i]) < 1e-6,
                $"hidden {hidden}, output {i}: {outputTruth[i]} and {output[i]}"
            );
        }
    }
}
