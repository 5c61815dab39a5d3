using Firn.Layers;
using Firn.Linear;

namespace Firn.Model;

/// <summary>
/// Scratch memory for scoring, owned by one caller at a time; grows to the longest text it met, then allocates nothing.
/// Made by <see cref="Scorer.CreateWorkspace"/>.
/// </summary>
public sealed class ScoringWorkspace
{
    internal ScoringWorkspace(ModelLayers layers, PadStates? pads)
    {
        Shard = layers.CreateWorkspace();
        Source = new FoldedSource(layers, pads);
    }

    internal ShardWorkspace Shard { get; }

    internal NgramScratch LinearBranch { get; } = new();

    /// <summary>Feeds the layers on the embedding.</summary>
    internal FoldedSource Source { get; }

    /// <summary>Room for a text as it is read.</summary>
    internal int[] Ids { get; private set; } = [];

    internal Span<int> IdsFor(int tokens)
    {
        if (Ids.Length < tokens)
            Ids = new int[tokens + tokens / 4];
        return Ids.AsSpan(0, tokens);
    }
}
