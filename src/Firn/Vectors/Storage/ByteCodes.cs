using System.Runtime.CompilerServices;

namespace Firn.Vectors.Storage;

/// <summary>A row of floats as signed bytes with one scale.</summary>
internal static class ByteCodes
{
    private const int Largest = 127;

    /// <summary>codes[i] = round(values[i] / scale), to even, with scale = max |values| / 127.</summary>
    /// <returns>The scale; 0 for a row of zeros.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Round(ReadOnlySpan<float> values, Span<sbyte> codes)
    {
        float most = 0;
        foreach (float value in values)
            most = Math.Max(most, Math.Abs(value));
        float scale = most / Largest;
        double inverse = scale > 0 ? 1.0 / scale : 0;
        // A scale that is subnormal is rough: the quotient may pass 127.
        for (int i = 0; i < values.Length; i++)
            codes[i] = (sbyte)Math.Clamp(Math.Round(values[i] * inverse), -Largest, Largest);
        return scale;
    }
}
