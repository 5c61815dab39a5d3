using System.Runtime.Intrinsics;
using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>Adds up what segments made of copies of one row, at the vector width of <see cref="KernelPath"/>.</summary>
internal abstract unsafe class RowMerge
{
    /// <summary>row += sum over its copies of (copy - row), in the order of the segments.</summary>
    public void Merge(
        RowSharing sharing,
        int row,
        ParameterMatrix matrix,
        ReadOnlySpan<TrainingView> views,
        Func<TrainingView, RowView> rows
    )
    {
        float** copies = stackalloc float*[SharedRounds.MaxSegments];
        int count = 0;
        for (int segment = 0; segment < views.Length; segment++)
        {
            if (sharing.Touches(row, segment))
                copies[count++] = rows(views[segment])[row];
        }
        AddDifferences(copies, count, matrix.Stride, matrix[row]);
    }

    public static RowMerge Create() =>
        KernelPath.Width switch
        {
            KernelWidth.Vector512 => new Of<Lanes512, Vector512<float>>(),
            KernelWidth.Vector256 => new Of<Lanes256, Vector256<float>>(),
            KernelWidth.Vector128 => new Of<Lanes128, Vector128<float>>(),
            _ => new Of<LanesScalar, float>(),
        };

    protected abstract void AddDifferences(float** copies, int count, int columns, float* row);

    private sealed class Of<P, V> : RowMerge
        where P : struct, ILanes<V>
        where V : struct
    {
        protected override void AddDifferences(float** copies, int count, int columns, float* row) =>
            RowProducts<P, V>.AddDifferences(copies, count, columns, row);
    }
}
