using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// One direction of the LSTM over a ragged, time-major shard: one product for all input projections, a product a step
/// over the rows still alive, and the weights' gradients as products over all steps at the end.
/// </summary>
/// <param name="map">To the gates' sums i, f, c, o, [E,4H].</param>
/// <param name="recurrentKernel">[H,4H].</param>
/// <param name="place">Where it stands.</param>
/// <param name="activation">Of the candidate and the cell.</param>
/// <param name="gate">Of the gates.</param>
internal sealed unsafe class LstmLayer(
    InputMap map,
    Parameter recurrentKernel,
    LayerPlace place,
    Activation activation,
    Activation gate
) : SequenceLayer(map, recurrentKernel.Shape[0], place)
{
    /// <summary>
    /// Makes or finds the weights: Glorot uniform, orthogonal recurrent, unit forget bias, as Keras starts them.
    /// </summary>
    public static InputMap CreateMap(
        string name,
        LayerPlace place,
        int width,
        int hidden,
        WeightSource weights,
        out Parameter recurrent
    )
    {
        CounterRandom random = place.Stream(weights.Random);
        Parameter kernel = weights.Get(
            name + ".kernel",
            ParameterGroup.Encoder,
            [width, 4 * hidden],
            values => Initializers.GlorotUniform(random.Derive(0), width, 4 * hidden, values)
        );
        recurrent = weights.Get(
            name + ".recurrent_kernel",
            ParameterGroup.Encoder,
            [hidden, 4 * hidden],
            values => Initializers.Orthogonal(random.Derive(1), hidden, 4 * hidden, values)
        );
        return new InputMap(
            kernel,
            weights.Get(
                name + ".bias",
                ParameterGroup.Encoder,
                [4 * hidden],
                values => Initializers.UnitForgetBias(hidden, values)
            )
        );
    }

    private readonly PackedMatrix _recurrent = new(),
        _recurrentTransposed = new();

    /// <summary>H.</summary>
    public int Hidden => Size;

    /// <summary>The recurrent weights as <see cref="PackForward"/> left them.</summary>
    public PackedMatrix PackedRecurrent => _recurrent;

    public override void PackForward() => _recurrent.Pack(recurrentKernel.Values.Span, Hidden, 4 * Hidden);

    /// <summary>The step that scores many texts, where <see cref="PackScoring"/> found that it fits.</summary>
    public RecurrentStep? ScoringStep { get; private set; }

    /// <summary>Packs what scoring reads beside <see cref="PackForward"/>.</summary>
    public void PackScoring() =>
        ScoringStep = RecurrentStep.Fits(Hidden) ? new RecurrentStep(recurrentKernel.Values.Span, Hidden) : null;

    public override void PackBackward() =>
        _recurrentTransposed.PackTransposed(recurrentKernel.Values.Span, 4 * Hidden, Hidden);

    public override LstmTape CreateTape() => new();

    public override double PackedFloats =>
        Hidden * PackedMatrix.Padded(4.0 * Hidden) + 4 * Hidden * PackedMatrix.Padded(Hidden);

    public override bool IsRecurrent => true;

    /// <summary>Whether it is the usual one, which <see cref="LstmCell"/> computes in one pass.</summary>
    public bool IsUsual => activation == Activation.Tanh && gate == Activation.Sigmoid;

    protected override IEnumerable<Parameter> OwnWeights => [recurrentKernel];

    // Cells, their tanh, recurrent states; the gradient of the last cell.
    protected override double OwnFloats(double tokens, double texts) => (3 * tokens + texts) * Hidden;

    // Gates, cells and their tanh of one step, outputs of all.
    public override double ScoringFloats(double tokens, double texts) => (7 * texts + tokens) * Hidden;

    public override void Forward(RaggedLayout layout, SequenceTape tape) => Forward(layout, (LstmTape)tape);

    public override void Backward(RaggedLayout layout, SequenceTape tape) => Backward(layout, (LstmTape)tape);

    protected override void OwnGradients(
        RaggedLayout layout,
        SequenceTape tape,
        PackedMatrix dSums,
        GradientBuffer destination
    )
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
                Gemm.Multiply(tape.Entered + states, Hidden, alive, _recurrent, gates, 4 * Hidden, gates);
            ForwardCells(alive, gates, CellBefore(layout, tape, step), tape, states);
            if (step + 1 < layout.Steps)
                tape.Enter(tape.Outputs + states, layout.OffsetOf(step + 1), layout.AliveAt(step + 1));
        }
    }

    private void Backward(RaggedLayout layout, LstmTape tape)
    {
        for (int step = layout.Steps - 1; step >= 0; step--)
        {
            int alive = layout.AliveAt(step),
                carried = layout.AliveAt(step + 1);
            // Texts that go on bring the gradient of the next step, which passes the recurrent mask; texts that end
            // here bring that of their last state.
            BackwardCells(layout, tape, step, 0, carried, tape.RecurrentMask);
            BackwardCells(layout, tape, step, carried, alive - carried, null);
            if (step > 0 || tape.InitialOutput != null)
                Gemm.Multiply(
                    tape.Gates + (long)layout.OffsetOf(step) * 4 * Hidden,
                    4 * Hidden,
                    alive,
                    _recurrentTransposed,
                    null,
                    0,
                    tape.DOutput
                );
        }
        if (tape.InitialOutput != null && tape.RecurrentMask != null)
        {
            int states = layout.AliveAt(0) * Hidden;
            VectorMath.Multiply(new(tape.DOutput, states), new(tape.RecurrentMask, states), new(tape.DOutput, states));
        }
    }

    private void BackwardCells(RaggedLayout layout, LstmTape tape, int step, int from, int count, float* mask)
    {
        long row = (layout.OffsetOf(step) + from) * (long)Hidden,
            text = (long)from * Hidden;
        float* before = CellBefore(layout, tape, step);
        float* dOutside = tape.DOutside == null ? null : tape.DOutside + row;
        before = before == null ? null : before + text;
        if (IsUsual)
            LstmCell.Backward(
                count,
                Hidden,
                tape.Gates + 4 * row,
                before,
                tape.TanhCells + row,
                tape.DOutput + text,
                mask,
                dOutside,
                tape.DCell + text
            );
        else
            BackwardAny(
                count,
                tape.Gates + 4 * row,
                before,
                tape.TanhCells + row,
                tape.DOutput + text,
                mask,
                dOutside,
                tape.DCell + text
            );
    }

    private void ForwardCells(int rows, float* gates, float* previous, LstmTape tape, long at)
    {
        if (IsUsual)
        {
            LstmCell.Forward(rows, Hidden, gates, previous, tape.Cells + at, tape.TanhCells + at, tape.Outputs + at);
            return;
        }
        for (int row = 0; row < rows; row++, gates += 4 * Hidden, at += Hidden)
        {
            gate.Forward(new(gates, 2 * Hidden), new(gates, 2 * Hidden));
            activation.Forward(new(gates + 2 * Hidden, Hidden), new(gates + 2 * Hidden, Hidden));
            gate.Forward(new(gates + 3 * Hidden, Hidden), new(gates + 3 * Hidden, Hidden));
            for (int j = 0; j < Hidden; j++)
            {
                float before = previous == null ? 0 : previous[row * Hidden + j];
                tape.Cells[at + j] = gates[Hidden + j] * before + gates[j] * gates[2 * Hidden + j];
            }
            activation.Forward(new(tape.Cells + at, Hidden), new(tape.TanhCells + at, Hidden));
            for (int j = 0; j < Hidden; j++)
                tape.Outputs[at + j] = gates[3 * Hidden + j] * tape.TanhCells[at + j];
        }
    }

    /// <summary>As <see cref="LstmCell.Backward"/> for other activations.</summary>
    private void BackwardAny(
        int rows,
        float* gates,
        float* previous,
        float* activated,
        float* dOutput,
        float* mask,
        float* dOutside,
        float* dCell
    )
    {
        for (int k = 0; k < rows * Hidden; k++)
        {
            float* z = gates + 4L * (k / Hidden) * Hidden + k % Hidden;
            float i = z[0],
                f = z[Hidden],
                g = z[2 * Hidden],
                o = z[3 * Hidden],
                t = activated[k];
            float dh = (mask == null ? dOutput[k] : dOutput[k] * mask[k]) + (dOutside == null ? 0 : dOutside[k]);
            float dc = dCell[k] + dh * o * activation.Slope(t);
            z[0] = dc * g * gate.Slope(i);
            z[Hidden] = dc * (previous == null ? 0 : previous[k]) * gate.Slope(f);
            z[2 * Hidden] = dc * i * activation.Slope(g);
            z[3 * Hidden] = dh * t * gate.Slope(o);
            dCell[k] = dc * f;
        }
    }

    private float* CellBefore(RaggedLayout layout, LstmTape tape, int step) =>
        step == 0 ? tape.InitialCell : tape.Cells + (long)layout.OffsetOf(step - 1) * Hidden;
}
