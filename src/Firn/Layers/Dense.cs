namespace Firn.Layers;

/// <summary>
/// y = act(x D + d): features [F] to features [U], or on a sequence each step by itself, [T,F] to [T,U].
/// </summary>
/// <remarks>
/// Weights: <c>NAME.kernel</c> [F,U], <c>NAME.bias</c> [U]. Default names <c>dense_1</c>, <c>dense_2</c> and so on; the
/// output's, which no list holds, is <c>dense</c>.
/// </remarks>
/// <param name="Units">U, 1 to 65536.</param>
/// <param name="Activation">Behind the sums.</param>
/// <param name="Bias">Whether there is one.</param>
public sealed record Dense(int Units, Activation Activation = Activation.Linear, bool Bias = true) : Layer
{
    internal override string Kind => "dense";

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        builder.Check(Units, 1, 65536, "units");
        builder.CheckNamed(Activation, "activation");
        string name = builder.DenseNameOf(this, out ulong stream);
        LayerNode sums = input.Shape.OverTime
            ? PerStep(builder, input, name)
            : builder.Add(DenseNode.Create(name, stream, input, this, builder.Weights));
        return Activation == Activation.Linear ? sums : builder.Add(new ActivateNode(sums, Activation));
    }

    private SequenceNode PerStep(ModelBuilder builder, LayerNode input, string name)
    {
        var place = new LayerPlace(builder.NextLevel(), 0, false);
        int width = input.Shape.Width;
        Parameter kernel = builder.Weights.Get(
            name + ".kernel",
            ParameterGroup.Encoder,
            [width, Units],
            values => Initializers.GlorotUniform(place.Stream(builder.Weights.Random).Derive(0), width, Units, values)
        );
        Parameter? bias = Bias ? builder.Weights.Get(name + ".bias", ParameterGroup.Encoder, [Units]) : null;
        var layer = new LinearLayer(new InputMap(kernel, bias), place) { InputDropout = builder.TakeInputDropout() };
        return builder.Add(
            new SequenceNode(name, input, [layer], input.Shape with { Width = Units })
            {
                Title = $"dense of each step, {Units} units",
            }
        );
    }
}

/// <summary>y [n,K] = x [n,F] * kernel [F,K] + bias [K] on features.</summary>
internal sealed unsafe class DenseNode(string name, LayerNode input, DenseLayer layer)
    : RowNode(name, input, layer.Units)
{
    /// <summary>Makes or finds the weights.</summary>
    public static DenseNode Create(string name, ulong stream, LayerNode input, Dense kind, WeightSource weights) =>
        new(name, input, DenseLayer.Create(name, stream, input.Shape.Width, kind, weights))
        {
            Title = $"dense, {kind.Units} units",
        };

    public override IReadOnlyList<Parameter> Weights =>
        layer.Bias is null ? [layer.Kernel] : [layer.Kernel, layer.Bias];

    protected override void Forward(RowTape tape, in LayerPass pass) =>
        layer.Forward(tape.Output.Count, tape.Input, tape.Output.Outputs);

    protected override void InputGradient(RowTape tape, in LayerPass pass, float* dInput) =>
        layer.InputGradient(tape.Output.Count, tape.Output.DOutside, dInput);

    protected override void WeightGradients(RowTape tape, ShardWorkspace work, in LayerPass pass) =>
        layer.WeightGradients(tape.Output.Count, tape.Input, tape.Output.DOutside, pass.Gradients!);
}
