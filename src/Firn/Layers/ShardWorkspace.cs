using Firn.Kernels;

namespace Firn.Layers;

/// <summary>The scratch memory of one worker: everything between ids and logits for the shard at hand.</summary>
internal sealed class ShardWorkspace(IReadOnlyList<LayerNode> nodes)
{
    private readonly NodeTape[] _tapes = [.. nodes.Select(node => node.CreateTape())];

    /// <summary>How the texts lie.</summary>
    public RaggedLayout Layout { get; } = new();

    /// <summary>The last layer's outputs, [n,K]; the loss replaces them by their gradient.</summary>
    public OutputRows Logits => _tapes[^1].Output;

    /// <summary>A right-hand matrix of the moment.</summary>
    public PackedMatrix Scratch { get; } = new();

    public NodeTape TapeOf(LayerNode node) => _tapes[node.Index];

    public Span<float> LogitsOf(int text) => Logits.OutputAt(text);
}
