using Firn.Kernels;

namespace Firn.Tests.Kernels;

[Trait("Kernels", "all")]
public class PickedRowsTests
{
    [Fact]
    public unsafe void Sums_of_picked_rows_equal_plain_loops_for_every_width()
    {
        const int rows = 23,
            count = 17;
        for (int width = 1; width <= 330; width += width < 70 ? 1 : 13)
        {
            float[] matrix = GemmTests.Random(rows * width, 1),
                factors = GemmTests.Random(count, 2),
                sum = new float[width];
            int[] picked = [.. Enumerable.Range(0, count).Select(i => i * 7 % rows)];
            foreach (int used in (int[])[0, 1, count])
            {
                fixed (
                    float* pm = matrix,
                        pf = factors,
                        ps = sum
                )
                fixed (int* pp = picked)
                    PickedRows.Sum(pm, width, pp, pf, used, ps);
                for (int j = 0; j < width; j++)
                {
                    double expected = 0;
                    for (int i = 0; i < used; i++)
                        expected += (double)factors[i] * matrix[picked[i] * width + j];
                    Assert.Equal(expected, sum[j], 1e-5);
                }
            }
        }
    }

    [Fact]
    public unsafe void A_row_is_added_to_picked_rows_and_to_no_other()
    {
        const int rows = 9;
        for (int vectors = 1; vectors <= 21; vectors++)
        {
            int width = vectors * PackedMatrix.Lanes;
            float[] row = GemmTests.Random(width, 1),
                before = GemmTests.Random(rows * width, 2),
                after = (float[])before.Clone(),
                factors = [0.5f, -2, 3];
            int[] picked = [8, 0, 4];
            fixed (
                float* pr = row,
                    pf = factors,
                    pa = after
            )
            fixed (int* pp = picked)
                PickedRows.Add(pr, width, pp, pf, picked.Length, pa);
            for (int i = 0; i < after.Length; i++)
            {
                int place = Array.IndexOf(picked, i / width);
                float expected = place < 0 ? before[i] : before[i] + factors[place] * row[i % width];
                Assert.Equal(expected, after[i], 1e-6f);
            }
        }
    }

    [Fact]
    public void The_largest_of_each_column_is_taken_with_its_first_step()
    {
        for (int length = 1; length <= 70; length++)
        {
            float[][] steps =
            [
                .. Enumerable
                    .Range(0, 6)
                    .Select(step =>
                        GemmTests.Random(length, (ulong)step + 1).Select(v => MathF.Round(v * 3)).ToArray()
                    ),
            ];
            float[] largest = (float[])steps[0].Clone(),
                at = new float[length];
            for (int step = 1; step < steps.Length; step++)
                MaximumOverTime.Take(steps[step], step, largest, at);
            for (int j = 0; j < length; j++)
            {
                float expected = steps.Max(values => values[j]);
                Assert.Equal(expected, largest[j]);
                Assert.Equal(Array.FindIndex(steps, values => values[j] == expected), (int)at[j]);
            }
        }
    }
}
