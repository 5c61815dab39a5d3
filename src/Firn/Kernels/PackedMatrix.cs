using System.Diagnostics;

namespace Firn.Kernels;

/// <summary>
/// A right-hand matrix B [K,N] laid out for <see cref="Gemm"/>: panels of two vectors' columns, in each panel the K
/// rows one after the other, so that the kernel reads it as one stream. The last panel is one or two vectors wide and
/// padded with zeros.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    private readonly AlignedBuffer _buffer = new();

    public static int Lanes => (int)KernelPath.Width;

    /// <summary>Columns of a whole panel.</summary>
    public static int PanelWidth => 2 * Lanes;

    /// <summary>Columns that so many take as they are stored.</summary>
    public static double Padded(double columns) => Math.Ceiling(columns / Lanes) * Lanes;

    /// <summary>K, the rows.</summary>
    public int Rows { get; private set; }

    /// <summary>N, the columns that count.</summary>
    public int Columns { get; private set; }

    /// <summary>Start of the panels.</summary>
    public float* Pointer => _buffer.Pointer;

    /// <summary>Columns stored for the panel that begins at <paramref name="column"/>.</summary>
    public int WidthAt(int column) => Columns - column > Lanes ? PanelWidth : Lanes;

    /// <summary>Packs <paramref name="source"/> [rows, columns], row-major.</summary>
    public void Pack(ReadOnlySpan<float> source, int rows, int columns)
    {
        Debug.Assert(source.Length >= rows * columns);
        fixed (float* from = source)
            Pack(from, rows, columns);
    }

    /// <inheritdoc cref="Pack(ReadOnlySpan{float}, int, int)"/>
    public void Pack(float* source, int rows, int columns)
    {
        float* to = Begin(rows, columns);
        for (int column = 0; column < columns; column += PanelWidth)
        {
            int width = WidthAt(column),
                used = Math.Min(width, columns - column);
            float* from = source + column;
            for (int row = 0; row < rows; row++, from += columns, to += width)
            {
                new ReadOnlySpan<float>(from, used).CopyTo(new Span<float>(to, used));
                if (used < width)
                    new Span<float>(to + used, width - used).Clear();
            }
        }
    }

    /// <summary>
    /// Packs the transpose of <paramref name="source"/> [columns, rows], row-major, so that B = source^T.
    /// </summary>
    public void PackTransposed(ReadOnlySpan<float> source, int rows, int columns)
    {
        Debug.Assert(source.Length >= rows * columns);
        fixed (float* from = source)
        {
            float* to = Begin(rows, columns);
            for (int column = 0; column < columns; column += PanelWidth)
            {
                int width = WidthAt(column),
                    used = Math.Min(width, columns - column);
                for (int j = 0; j < width; j++)
                {
                    for (int row = 0; row < rows; row++)
                        to[(long)row * width + j] = j < used ? from[(long)(column + j) * rows + row] : 0;
                }
                to += (long)rows * width;
            }
        }
    }

    private float* Begin(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        int padded = (columns + Lanes - 1) / Lanes * Lanes;
        return _buffer.Reserve((long)rows * padded);
    }
}
