using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// Hierarchical softmax (Morin and Bengio 2005; Mikolov et al. 2013, eq. 3): a word is the product of the decisions on
/// its path from the root of the Huffman tree. The rows of a path are distinct, so it is one block of outputs.
/// </summary>
internal sealed unsafe class HierarchicalSoftmax<P, V>
    where P : struct, ILanes<V>
    where V : struct
{
    private readonly RowView _nodes;
    private readonly HuffmanTree _tree;
    private readonly AlignedBuffer _scores = new(),
        _row = new();
    private readonly PointerList _path = new(),
        _inputs = new();

    public HierarchicalSoftmax(TrainingView view)
    {
        _nodes = view.Nodes!;
        _tree = view.State.Tree!;
        _row.Reserve(_nodes.Stride);
    }

    /// <summary>
    /// Each input predicts the word: errors[i] += its descent direction, and the path's vectors are updated. Returns
    /// the loss if asked to.
    /// </summary>
    public double Train(float** inputs, float** errors, int inputCount, int word, Step step)
    {
        ReadOnlySpan<int> path = _tree.PathOf(word);
        ReadOnlySpan<bool> code = _tree.CodeOf(word);
        if (path.IsEmpty || inputCount == 0)
            return 0;
        int columns = _nodes.Stride;
        _path.Clear();
        foreach (int node in path)
            _path.Add(_nodes[node]);
        _path.PadTo(8, _row.Pointer);
        _inputs.Clear();
        for (int i = 0; i < inputCount; i++)
            _inputs.Add(inputs[i]);
        _inputs.PadTo(4, inputs[0]);
        int width = _path.Count;
        int values = (_inputs.Count * width + 15) / 16 * 16;
        float* scores = _scores.Reserve(values);
        RowProducts<P, V>.Dots(_inputs.Items, _inputs.Count, _path.Items, width, columns, scores);
        RowProducts<P, V>.Sigmoid(scores, values);
        double loss = 0;
        for (int i = 0; i < inputCount; i++)
        {
            float* g = scores + i * width;
            for (int o = 0; o < path.Length && step.Measured; o++)
                loss += LossTally.Of(code[o] ? 1 - g[o] : g[o]);
            for (int o = 0; o < path.Length; o++)
                g[o] = step.Bound.Holds(g[o]) ? step.Alpha * ((code[o] ? 0f : 1f) - g[o]) : 0;
            for (int o = path.Length; o < width; o++)
                g[o] = 0;
        }
        RowProducts<P, V>.Update(inputs, errors, inputCount, _path.Items, width, columns, scores);
        return loss;
    }
}
