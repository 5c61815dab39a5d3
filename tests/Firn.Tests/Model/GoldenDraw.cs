using System.Text.Json;

namespace Firn.Tests.Model;

/// <summary>
/// The generator that tools/golden/model_lstm.py draws its inputs with, and the reader of what it stored.
/// </summary>
internal sealed class GoldenDraw(uint seed)
{
    private uint _state = seed;

    public int Integer()
    {
        _state = (_state * 1103515245u + 12345u) & 0x7FFFFFFF;
        return (int)(_state >> 15);
    }

    public float[] Array(int length, float scale)
    {
        var values = new float[length];
        for (int i = 0; i < length; i++)
            values[i] = (float)((Integer() / 65536.0 - 0.5) * scale);
        return values;
    }

    public static float[] Decode(JsonElement text)
    {
        byte[] bytes = text.GetBytesFromBase64();
        var values = new float[bytes.Length / 4];
        Buffer.BlockCopy(bytes, 0, values, 0, bytes.Length);
        return values;
    }

    public static JsonElement[] Cases(string file) =>
        [
            .. JsonDocument
                .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", file)))
                .RootElement.GetProperty("cases")
                .EnumerateArray(),
        ];

    /// <summary>
    /// The largest difference is at most <paramref name="tolerance"/> of the largest expected value, or 1e-8: sums that
    /// cancel (attention's gradients) keep the rounding of their larger parts.
    /// </summary>
    public static void Near(
        ReadOnlySpan<float> expected,
        ReadOnlySpan<float> actual,
        string what,
        double tolerance = 1e-5
    )
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0,
            difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(
                difference,
                float.IsFinite(actual[i]) ? Math.Abs((double)expected[i] - actual[i]) : double.PositiveInfinity
            );
        }
        Assert.True(
            difference <= tolerance * largest + 1e-8,
            $"{what}: off by {difference:G3} where the largest value is {largest:G3}"
        );
    }
}
