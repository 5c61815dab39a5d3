using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>What all workers share: the parameters and how outputs are drawn.</summary>
/// <param name="Options">The caller's choices.</param>
/// <param name="Inputs">The word vectors, [words, size]; with subwords the rows of the buckets follow.</param>
/// <param name="Outputs">Negative sampling: the output vectors, [words, size].</param>
/// <param name="Nodes">Hierarchical softmax: vectors of the tree's inner nodes.</param>
/// <param name="Negatives">Draws negative samples; null without them.</param>
/// <param name="Tree">The tree; null without hierarchical softmax.</param>
internal sealed record TrainingState(
    Word2VecOptions Options,
    ParameterMatrix Inputs,
    ParameterMatrix? Outputs,
    ParameterMatrix? Nodes,
    AliasTable? Negatives,
    HuffmanTree? Tree
)
{
    /// <summary>Rows whose input vector never moves; null for none.</summary>
    public bool[]? Fixed { get; init; }

    /// <summary>The n-grams of the words; null without subwords.</summary>
    public SubwordTable? Subwords { get; init; }

    /// <summary>Where kernels report their loss.</summary>
    public LossTally Loss { get; } = new();

    /// <summary>Words with a row.</summary>
    public int Words => Outputs?.Rows ?? Nodes!.Rows + 1;

    public bool IsFixed(int row) => Fixed is not null && Fixed[row];
}
