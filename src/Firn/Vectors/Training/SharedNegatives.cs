using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// The negative samples that the positions of a chunk share: distinct rows, how often each was drawn, and the weight of one
/// draw, so that each position still meets <c>negative</c> samples in the mean whatever number is shared.
/// </summary>
internal sealed class SharedNegatives(AliasTable table, int negative, int shared)
{
    /// <summary>
    /// Samples a chunk shares, in whole tiles: 16 for the usual 5 a position. With 8 analogies lose a hundredth, with 24
    /// nothing is gained (docs/performance.md).
    /// </summary>
    public static int CountFor(int negative) => Math.Max(16, (negative * 2 + 7) / 8 * 8);

    /// <summary>The number of the first draw of the chunk that begins at a position.</summary>
    public static ulong CounterAt(int position, int shared) => (ulong)(position / WindowKernel.Chunk) * (ulong)shared;

    private readonly int[] _rows = new int[shared];
    private readonly float[] _draws = new float[shared];

    /// <summary>Distinct rows.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>Weight of each row: negative / shared times how often it was drawn.</summary>
    public ReadOnlySpan<float> Weights => _draws.AsSpan(0, Count);

    public void Draw(CounterRandom random, ref ulong counter)
    {
        float weight = (float)negative / _rows.Length;
        Count = 0;
        for (int i = 0; i < _rows.Length; i++)
        {
            int row = table.Draw(random.Bits(counter++));
            int seen = _rows.AsSpan(0, Count).IndexOf(row);
            if (seen >= 0)
            {
                _draws[seen] += weight;
                continue;
            }
            _rows[Count] = row;
            _draws[Count++] = weight;
        }
    }
}
