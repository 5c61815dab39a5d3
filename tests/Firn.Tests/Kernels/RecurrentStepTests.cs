using Firn.Kernels;

namespace Firn.Tests.Kernels;

[Trait("Kernels", "all")]
public sealed unsafe class RecurrentStepTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(112)]
    public void Has_the_bits_of_product_and_cell_one_after_the_other(int hidden)
    {
        if (!RecurrentStep.Fits(hidden))
            Assert.Skip("Made for 512-bit vectors.");
        float[] recurrent = GemmTests.Random(4 * hidden * hidden, 1);
        var step = new RecurrentStep(recurrent, hidden);
        var packed = new PackedMatrix();
        packed.Pack(recurrent, hidden, 4 * hidden);
        for (int texts = 1; texts <= 20; texts++)
        {
            float[] inputs = GemmTests.Random(4 * hidden * texts, 2),
                states = GemmTests.Random(hidden * texts, 3),
                cells = GemmTests.Random(hidden * texts, 4);
            float[] gates = [.. inputs],
                cellsThere = [.. cells];
            float[] outputs = new float[hidden * texts],
                outputsThere = new float[hidden * texts];
            float*[] start = new float*[texts];
            fixed (
                float* x = inputs,
                    h = states,
                    c = cells,
                    g = gates,
                    d = cellsThere,
                    o = outputs,
                    p = outputsThere
            )
            {
                for (int i = 0; i < texts; i++)
                    start[i] = x + 4 * hidden * i;
                fixed (float** s = start)
                    step.Run(texts, h, s, c, o, default);
                Gemm.Multiply(h, hidden, texts, packed, g, 4 * hidden, g);
                ScoringCell.Forward(texts, hidden, g, d, d, p);
            }
            Assert.Equal(cellsThere, cells);
            Assert.Equal(outputsThere, outputs);
        }
    }
}
