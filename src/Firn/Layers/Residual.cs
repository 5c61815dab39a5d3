namespace Firn.Layers;

/// <summary>x + list(x) (He et al. 2016); the list must keep the shape.</summary>
/// <param name="List">The layers beside the short way; at least one.</param>
public sealed record Residual(LayerList List) : Layer
{
    internal override string Kind => "residual";

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        builder.Check(List.Count, 1, 1000, "the number of layers");
        LayerNode[] both = [builder.Rows(input), builder.BuildBranch(List, input, 1)];
        return builder.Add(JoinNode.Create(builder, both, Join.Sum));
    }
}
