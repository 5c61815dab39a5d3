namespace Firn.Layers;

/// <summary>
/// What a window reads beyond a text's ends, and so how many outputs a text of T steps gives with stride s.
/// </summary>
public enum WindowPadding
{
    /// <summary>Nothing: floor((T - w) / s) + 1 outputs for a window of w, none where the text is shorter.</summary>
    Valid,

    /// <summary>Zeros on both sides (one more behind than in front where they are odd): ceil(T / s) outputs.</summary>
    Same,

    /// <summary>
    /// Zeros in front: a step reads itself and steps before it; floor((T - 1) / s) + 1 outputs. Convolutions only.
    /// </summary>
    Causal,
}

/// <summary>
/// Convolutions over windows of one or several widths side by side (Kim 2014): a sequence [T,F] to the sequence [T',n
/// filters] for n widths. Several widths need <see cref="WindowPadding.Same"/> or <see cref="WindowPadding.Causal"/>,
/// so that each gives as many steps.
/// </summary>
/// <remarks>
/// Weights: <c>NAME.kernel</c> [F,W filters] for W places in all windows: the columns of the first window's first
/// place, of its second, and so on, window by window; of one window, element [f, o filters + j] is Keras' kernel [o, f,
/// j]. <c>NAME.bias</c> [n filters]. Default name <c>convolution</c>.
/// </remarks>
/// <param name="Filters">Of each width; 1 to 8192.</param>
/// <param name="Widths">Steps that each window spans; 1 to 64 each.</param>
/// <param name="Padding">What windows read beyond the ends.</param>
/// <param name="Stride">Steps between windows, 1 to 64.</param>
/// <param name="Activation">Behind the sums.</param>
/// <param name="Bias">Whether there is one.</param>
public sealed record Convolution(
    int Filters,
    IntegerList Widths,
    WindowPadding Padding = WindowPadding.Same,
    int Stride = 1,
    Activation Activation = Activation.Relu,
    bool Bias = true
) : Layer
{
    internal override string Kind => "convolution";

    internal override PadUse Pads => PadUse.Sees;

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        builder.Sequence(input);
        builder.Check(Filters, 1, 8192, "filters");
        builder.Check(Widths.Count, 1, 16, "the number of widths");
        builder.Check(Stride, 1, 64, "stride");
        builder.CheckNamed(Padding, "padding");
        builder.CheckNamed(Activation, "activation");
        foreach (int width in Widths)
            builder.Check(width, 1, 64, "a width");
        if (Widths.Count > 1 && Padding == WindowPadding.Valid)
            throw builder.Problem(
                "several widths with padding valid give different numbers of steps; take same, or branches that end "
                    + "in a pooling"
            );
        string name = builder.NamesOf(this, Kind).Own;
        var place = new LayerPlace(builder.NextLevel(), 0, false);
        InputMap map = ConvolutionLayer.CreateMap(name, place, input.Shape.Width, this, builder.Weights);
        Parameter? bias = Bias
            ? builder.Weights.Get(name + ".bias", ParameterGroup.Encoder, [Widths.Count * Filters])
            : null;
        var layer = new ConvolutionLayer(map, bias, this, place) { InputDropout = builder.TakeInputDropout() };
        LayerNode node = builder.Add(
            new SequenceNode(name, input, [layer], new SignalShape(layer.Size, true, layer.StepsOf(input.Shape.Steps)))
            {
                Title = $"convolutions over {Widths} words, {Filters} filters",
            }
        );
        return Activation.FollowsFromValue() ? node : builder.Add(new ActivateNode(node, Activation));
    }
}
