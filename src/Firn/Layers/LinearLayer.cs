namespace Firn.Layers;

/// <summary>
/// The linear map of each step and nothing else. Averaged over a text it is the map of the mean, which is a deep
/// averaging network's first layer (Iyyer et al. 2015) and, over a frozen table, one folded row a word.
/// </summary>
/// <param name="map">[E,H]; the identity for a layer that reads the embedding as it is.</param>
/// <param name="place">Where it stands.</param>
internal sealed unsafe class LinearLayer(InputMap map, LayerPlace place) : SequenceLayer(map, map.Columns, place)
{
    public override void Forward(RaggedLayout layout, SequenceTape tape) =>
        new ReadOnlySpan<float>(tape.Sums, layout.Tokens * Size).CopyTo(tape.All);

    public override void Backward(RaggedLayout layout, SequenceTape tape) =>
        tape.DAll.CopyTo(new Span<float>(tape.Sums, layout.Tokens * Size));
}
