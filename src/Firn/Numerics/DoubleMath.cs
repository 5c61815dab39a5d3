using System.Numerics;
using System.Runtime.InteropServices;

namespace Firn.Numerics;

/// <summary>Vector arithmetic in double precision, for the fits: the kernels of the engine are float32.</summary>
internal static class DoubleMath
{
    /// <summary>destination += scale * x.</summary>
    public static void AddScaled(double scale, ReadOnlySpan<double> x, Span<double> destination)
    {
        ReadOnlySpan<Vector<double>> from = MemoryMarshal.Cast<double, Vector<double>>(x);
        Span<Vector<double>> to = MemoryMarshal.Cast<double, Vector<double>>(destination[..x.Length]);
        for (int i = 0; i < from.Length; i++)
            to[i] += scale * from[i];
        for (int i = from.Length * Vector<double>.Count; i < x.Length; i++)
            destination[i] += scale * x[i];
    }

    /// <summary>Σ a b.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ReadOnlySpan<Vector<double>> left = MemoryMarshal.Cast<double, Vector<double>>(a),
            right = MemoryMarshal.Cast<double, Vector<double>>(b[..a.Length]);
        Vector<double> sums = Vector<double>.Zero;
        for (int i = 0; i < left.Length; i++)
            sums += left[i] * right[i];
        double sum = Vector.Sum(sums);
        for (int i = left.Length * Vector<double>.Count; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>A matrix of zeros by rows, [N,N].</summary>
    public static double[][] Square(int n)
    {
        var rows = new double[n][];
        for (int i = 0; i < n; i++)
            rows[i] = new double[n];
        return rows;
    }
}
