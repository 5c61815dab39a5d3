using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Firn.Kernels;

/// <summary>
/// Rows from all over memory that will be needed soon, which no hardware prefetcher foresees. A processor holds only a
/// few dozen requests, so <see cref="Gemm"/> asks for them in portions between its tiles. Empty by default.
/// </summary>
/// <param name="rows">Where each row lies.</param>
/// <param name="count">Rows.</param>
/// <param name="valueBytes">Bytes a value.</param>
internal readonly unsafe struct RowsAhead(void** rows, int count, int valueBytes)
{
    private const int Line = 64;

    /// <summary>Asks for some columns of some rows; those past the last row are left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int from, int number, int column, int columns)
    {
        if (from >= count || !Sse.IsSupported)
            return;
        int end = Math.Min(count, from + number);
        for (int row = from; row < end; row++)
        {
            byte* at = (byte*)rows[row] + column * valueBytes;
            for (int offset = 0; offset < columns * valueBytes; offset += Line)
                Sse.Prefetch1(at + offset);
        }
    }
}
