using System.Runtime.Intrinsics;
using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// The negative samples that the positions of a group share: distinct rows, how often each was drawn, and the weight of
/// one draw, so that each position still meets <c>negative</c> samples in the mean whatever number is shared.
/// </summary>
internal sealed unsafe class SharedNegatives(AliasTable table, int negative, int shared)
{
    private const int CbowGroup = 4,
        Tile = 8;

    private readonly int[] _rows = new int[(shared + Tile - 1) / Tile * Tile];
    private readonly float[] _draws = new float[(shared + Tile - 1) / Tile * Tile];

    /// <summary>Positions that share samples.</summary>
    public static int Group(Word2VecOptions options) => options.SkipGram ? WindowKernel.Chunk : CbowGroup;

    /// <summary>
    /// Samples that a group shares, in whole tiles: for the usual 5 a position 8 of 4 positions with CBOW, 16 of 8 with
    /// skip-gram.
    /// </summary>
    public static int CountFor(Word2VecOptions options)
    {
        int positions = options.Negative * Group(options) / 4;
        return Math.Max(2 * Group(options), (positions + Tile - 1) / Tile * Tile);
    }

    /// <summary>The number of the first draw of the group that begins at a position.</summary>
    public static ulong CounterAt(int position, Word2VecOptions options) =>
        (ulong)(position / Group(options)) * (ulong)CountFor(options);

    /// <summary>The samples of the group that holds a position, drawn anew.</summary>
    public static SharedNegatives Of(int position, AliasTable table, Word2VecOptions options, CounterRandom random)
    {
        var negatives = new SharedNegatives(table, options.Negative, CountFor(options));
        ulong counter = CounterAt(position, options);
        negatives.Draw(random, ref counter);
        return negatives;
    }

    /// <summary>Distinct rows.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>Weight of each row: negative / shared times how often it was drawn.</summary>
    public ReadOnlySpan<float> Weights => _draws.AsSpan(0, Count);

    public void Draw(CounterRandom random, ref ulong counter)
    {
        float weight = (float)negative / shared;
        Count = 0;
        for (int i = 0; i < shared; i++)
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
        _rows.AsSpan(Count).Fill(-1);
        _draws.AsSpan(Count).Clear();
    }

    /// <summary>
    /// values[o] *= factor times the weight of sample o; zero where the sample is <paramref name="word"/>, where the
    /// value is not within the bound, and up to a whole tile.
    /// </summary>
    public void Weigh(float* values, int word, float factor, StepBound bound)
    {
        Vector256<int> own = Vector256.Create(word);
        Vector256<float> k = Vector256.Create(factor),
            most = Vector256.Create(bound.Most);
        for (int o = 0; o < Count; o += Tile)
        {
            // A sigmoid below the least of a negative pair is a step of next to nothing.
            Vector256<float> value = Vector256.Load(values + o);
            Vector256<float> still =
                Vector256.Equals(Vector256.LoadUnsafe(ref _rows[o]), own).AsSingle()
                | Vector256.GreaterThanOrEqual(value, most);
            Vector256.AndNot(value * (k * Vector256.LoadUnsafe(ref _draws[o])), still).Store(values + o);
        }
    }
}
