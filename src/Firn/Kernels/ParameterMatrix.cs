using System.Runtime.InteropServices;

namespace Firn.Kernels;

/// <summary>
/// Rows of float32 parameters, each padded with zeros to whole cache lines, so that kernels run over full vectors and
/// two threads never write to one line unless they write to one row. Padding stays zero: all updates are linear in the
/// rows.
/// </summary>
internal sealed unsafe class ParameterMatrix : IDisposable
{
    private const int Line = 16; // floats in 64 bytes

    public ParameterMatrix(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        Stride = (columns + Line - 1) / Line * Line;
        Data = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(rows, 1) * (nuint)Stride * sizeof(float), 64);
        NativeMemory.Clear(Data, (nuint)rows * (nuint)Stride * sizeof(float));
    }

    ~ParameterMatrix() => NativeMemory.AlignedFree(Data);

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Floats from one row to the next: <see cref="Columns"/> rounded up to a multiple of 16.</summary>
    public int Stride { get; }

    public float* Data { get; private set; }

    public float* this[int row] => Data + (long)row * Stride;

    public void Dispose()
    {
        NativeMemory.AlignedFree(Data);
        Data = null;
        GC.SuppressFinalize(this);
    }
}
