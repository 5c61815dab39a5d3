using Firn.Layers;
using Firn.Linear;

namespace Firn.Model;

/// <summary>
/// Scratch memory for scoring, owned by one caller at a time; grows to the longest text it met, then allocates nothing.
/// Made by <see cref="Scorer.CreateWorkspace"/>.
/// </summary>
public sealed class ScoringWorkspace
{
    internal ScoringWorkspace(ModelLayers layers) => Shard = layers.CreateWorkspace();

    internal ShardWorkspace Shard { get; }

    internal NgramScratch Wide { get; } = new();

    internal int[] Rows { get; private set; } = [];

    /// <summary>Where each of the rows is stored: native addresses, pinned.</summary>
    internal nint[] Stored { get; private set; } = [];

    internal Span<int> RowsFor(int tokens)
    {
        if (Rows.Length < tokens)
        {
            Rows = new int[tokens + tokens / 4];
            Stored = GC.AllocateUninitializedArray<nint>(Rows.Length, pinned: true);
        }
        return Rows.AsSpan(0, tokens);
    }
}
