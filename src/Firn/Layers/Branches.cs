namespace Firn.Layers;

/// <summary>
/// Lists of layers side by side on the same input, joined: all must give features, or all a sequence with as many steps. An empty
/// list gives the input itself.
/// </summary>
/// <param name="Lists">Two or more.</param>
/// <param name="Join">How they become one.</param>
public sealed record Branches(BranchList Lists, Join Join = Join.Concatenate) : Layer;

/// <summary>x + list(x) (He et al. 2016); the list must keep the shape.</summary>
/// <param name="List">The layers beside the short way; at least one.</param>
public sealed record Residual(LayerList List) : Layer;
