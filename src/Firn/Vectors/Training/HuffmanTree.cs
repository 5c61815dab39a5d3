namespace Firn.Vectors.Training;

/// <summary>
/// The Huffman tree of the words' counts (Huffman 1952), for hierarchical softmax: frequent words get short codes.
/// Built in linear time from counts that already fall, as word2vec.c does.
/// </summary>
internal sealed class HuffmanTree
{
    private readonly int[] _offsets; // (rows + 1)
    private readonly int[] _nodes;
    private readonly bool[] _codes;

    /// <param name="counts">Counts of the rows, falling; at least one.</param>
    public HuffmanTree(ReadOnlySpan<long> counts)
    {
        int n = counts.Length;
        // Leaves 0..n-1, inner nodes n..2n-2; parent and branch of each.
        var weight = new long[Math.Max(2 * n - 1, 1)];
        var parent = new int[weight.Length];
        var branch = new bool[weight.Length];
        counts.CopyTo(weight);
        int leaf = n - 1,
            inner = n;
        for (int next = n; next < weight.Length; next++)
        {
            int first = Smallest(weight, ref leaf, ref inner, next);
            int second = Smallest(weight, ref leaf, ref inner, next);
            weight[next] = weight[first] + weight[second];
            parent[first] = parent[second] = next;
            branch[second] = true;
        }
        _offsets = new int[n + 1];
        var nodes = new List<int>();
        var codes = new List<bool>();
        for (int row = 0; row < n; row++)
        {
            int start = nodes.Count;
            for (int node = row; node < weight.Length - 1; node = parent[node])
            {
                nodes.Add(parent[node] - n);
                codes.Add(branch[node]);
            }
            nodes.Reverse(start, nodes.Count - start);
            codes.Reverse(start, codes.Count - start);
            _offsets[row + 1] = nodes.Count;
        }
        _nodes = [.. nodes];
        _codes = [.. codes];
        InnerNodes = n - 1;
    }

    /// <summary>Rows that the output matrix needs.</summary>
    public int InnerNodes { get; }

    /// <summary>The inner nodes from the root down to a row's word.</summary>
    public ReadOnlySpan<int> PathOf(int row) => _nodes.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);

    /// <summary>The branch taken at each node of <see cref="PathOf"/>: true is 1.</summary>
    public ReadOnlySpan<bool> CodeOf(int row) => _codes.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);

    /// <summary>
    /// The lightest of the leaves not yet taken (from the end) and the inner nodes not yet taken (from the start).
    /// </summary>
    private static int Smallest(long[] weight, ref int leaf, ref int inner, int made)
    {
        bool takeLeaf = leaf >= 0 && (inner >= made || weight[leaf] < weight[inner]);
        return takeLeaf ? leaf-- : inner++;
    }
}
