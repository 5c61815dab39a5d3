using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// One direction of the LSTM over a ragged, time-major shard: one product for all input projections, a product a step
/// over the rows still alive, and the weights' gradients as products over all steps at the end.
/// </summary>
/// <param name="map">To the gates' sums i, f, c, o, [E,4H].</param>
/// <param name="recurrentKernel">[H,4H].</param>
/// <param name="place">Where it stands.</param>
internal sealed unsafe class LstmLayer(InputMap map, Parameter recurrentKernel, LayerPlace place) : SequenceLayer(map, recurrentKernel.Shape[0], place)
{
    /// <summary>Makes or finds the weights: Glorot uniform, orthogonal recurrent, unit forget bias, as Keras starts them.</summary>
    public static LstmLayer Create(LayerPlace place, int width, int hidden, WeightSource weights)
    {
        string prefix = place.Prefix("lstm");
        CounterRandom random = place.Stream(weights.Random);
        Parameter kernel = weights.Get(prefix + ".kernel", ParameterGroup.Lstm, [width, 4 * hidden],
            values => Initializers.GlorotUniform(random.Derive(0), width, 4 * hidden, values));
        Parameter recurrent = weights.Get(prefix + ".recurrent_kernel", ParameterGroup.Lstm, [hidden, 4 * hidden],
            values => Initializers.Orthogonal(random.Derive(1), hidden, 4 * hidden, values));
        Parameter bias = weights.Get(prefix + ".bias", ParameterGroup.Lstm, [4 * hidden], values => Initializers.UnitForgetBias(hidden, values));
        return new LstmLayer(new InputMap(kernel, bias), recurrent, place);
    }

    private readonly PackedMatrix recurrent = new(), recurrentTransposed = new();

    /// <summary>H.</summary>
    public int Hidden => Size;

    /// <summary>The recurrent weights as <see cref="PackForward"/> left them.</summary>
    public PackedMatrix PackedRecurrent => recurrent;

    public override void PackForward() => recurrent.Pack(recurrentKernel.Values.Span, Hidden, 4 * Hidden);

    /// <summary>The step that scores many texts, where <see cref="PackScoring"/> found that it fits.</summary>
    public RecurrentStep? ScoringStep { get; private set; }

    /// <summary>Packs what scoring reads beside <see cref="PackForward"/>.</summary>
    public void PackScoring() => ScoringStep = RecurrentStep.Fits(Hidden) ? new RecurrentStep(recurrentKernel.Values.Span, Hidden) : null;

    public override void PackBackward() => recurrentTransposed.PackTransposed(recurrentKernel.Values.Span, 4 * Hidden, Hidden);

    public override LstmTape CreateTape() => new();

    public override double PackedFloats => Hidden * PackedMatrix.Padded(4.0 * Hidden) + 4 * Hidden * PackedMatrix.Padded(Hidden);

    // Cells, their tanh, recurrent states; the gradient of the last cell.
    protected override double OwnFloats(double tokens, double texts, bool dropsStates) => (3 * tokens + texts + (dropsStates ? texts : 0)) * Hidden;

    // Gates, cells and their tanh of one step, outputs of all.
    public override double ScoringFloats(double tokens, double texts) => (7 * texts + tokens) * Hidden;

    public override void Forward(RaggedLayout layout, SequenceTape tape) => Forward(layout, (LstmTape)tape);

    public override void Backward(RaggedLayout layout, SequenceTape tape) => Backward(layout, (LstmTape)tape);

    protected override void OwnGradients(RaggedLayout layout, SequenceTape tape, PackedMatrix dSums, GradientBuffer destination)
    {
        var own = (LstmTape)tape;
        int from = own.InitialOutput == null ? layout.AliveAt(0) : 0;
        Gemm.MultiplyTransposed(own.Entered, Hidden, dSums, from, false, destination.PointerTo(recurrentKernel));
    }

    /// <summary>Runs all steps: from the projected inputs in tape.Gates to tape.Outputs.</summary>
    private void Forward(RaggedLayout layout, LstmTape tape)
    {
        if (tape.InitialOutput != null)
            tape.Enter(tape.InitialOutput, 0, layout.AliveAt(0));
        for (int step = 0; step < layout.Steps; step++)
        {
            int alive = layout.AliveAt(step);
            long states = (long)layout.OffsetOf(step) * Hidden;
            float* gates = tape.Gates + 4 * states;
            if (step > 0 || tape.InitialOutput != null)
                Gemm.Multiply(tape.Entered + states, Hidden, alive, recurrent, gates, 4 * Hidden, gates);
            LstmCell.Forward(alive, Hidden, gates, CellBefore(layout, tape, step), tape.Cells + states, tape.TanhCells + states, tape.Outputs + states);
            if (step + 1 < layout.Steps)
                tape.Enter(tape.Outputs + states, layout.OffsetOf(step + 1), layout.AliveAt(step + 1));
        }
    }

    private void Backward(RaggedLayout layout, LstmTape tape)
    {
        for (int step = layout.Steps - 1; step >= 0; step--)
        {
            int alive = layout.AliveAt(step), carried = layout.AliveAt(step + 1);
            // Texts that go on bring the gradient of the next step, which passes the recurrent mask; texts that end here
            // bring that of their last state.
            BackwardCells(layout, tape, step, 0, carried, tape.RecurrentMask);
            BackwardCells(layout, tape, step, carried, alive - carried, null);
            if (step > 0 || tape.InitialOutput != null)
                Gemm.Multiply(tape.Gates + (long)layout.OffsetOf(step) * 4 * Hidden, 4 * Hidden, alive, recurrentTransposed, null, 0, tape.DOutput);
        }
        if (tape.InitialOutput != null && tape.RecurrentMask != null)
        {
            int states = layout.AliveAt(0) * Hidden;
            VectorMath.Multiply(new(tape.DOutput, states), new(tape.RecurrentMask, states), new(tape.DOutput, states));
        }
    }

    private void BackwardCells(RaggedLayout layout, LstmTape tape, int step, int from, int count, float* mask)
    {
        long row = (layout.OffsetOf(step) + from) * (long)Hidden, text = (long)from * Hidden;
        float* before = CellBefore(layout, tape, step);
        LstmCell.Backward(count, Hidden, tape.Gates + 4 * row, before == null ? null : before + text, tape.TanhCells + row,
            tape.DOutput + text, mask, tape.DOutside == null ? null : tape.DOutside + row, tape.DCell + text);
    }

    private float* CellBefore(RaggedLayout layout, LstmTape tape, int step) =>
        step == 0 ? tape.InitialCell : tape.Cells + (long)layout.OffsetOf(step - 1) * Hidden;
}
