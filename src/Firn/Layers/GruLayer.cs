using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// One direction of gated recurrent units over a ragged, time-major shard, with the reset behind the recurrent product:
/// see <see cref="GruCell"/>.
/// </summary>
/// <param name="map">To the gates' sums z, r, c, [E,3H].</param>
/// <param name="recurrentKernel">[H,3H].</param>
/// <param name="recurrentBias">[3H].</param>
/// <param name="place">Where it stands.</param>
/// <param name="activation">Of the candidate.</param>
/// <param name="gate">Of the gates.</param>
internal sealed unsafe class GruLayer(
    InputMap map,
    Parameter recurrentKernel,
    Parameter recurrentBias,
    LayerPlace place,
    Activation activation,
    Activation gate
) : SequenceLayer(map, recurrentKernel.Shape[0], place)
{
    private readonly PackedMatrix _recurrent = new(),
        _recurrentTransposed = new();

    /// <summary>
    /// Makes or finds the weights: Glorot uniform, orthogonal recurrent, zero biases, as Keras starts them.
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
            [width, 3 * hidden],
            values => Initializers.GlorotUniform(random.Derive(0), width, 3 * hidden, values)
        );
        recurrent = weights.Get(
            name + ".recurrent_kernel",
            ParameterGroup.Encoder,
            [hidden, 3 * hidden],
            values => Initializers.Orthogonal(random.Derive(1), hidden, 3 * hidden, values)
        );
        return new InputMap(kernel, weights.Get(name + ".bias", ParameterGroup.Encoder, [3 * hidden]));
    }

    public override bool IsRecurrent => true;

    private bool IsUsual => activation == Activation.Tanh && gate == Activation.Sigmoid;

    protected override IEnumerable<Parameter> OwnWeights => [recurrentKernel, recurrentBias];

    private int Hidden => Size;

    public override void PackForward() => _recurrent.Pack(recurrentKernel.Values.Span, Hidden, 3 * Hidden);

    public override void PackBackward() =>
        _recurrentTransposed.PackTransposed(recurrentKernel.Values.Span, 3 * Hidden, Hidden);

    public override SequenceTape CreateTape() => new Tape();

    public override double PackedFloats =>
        Hidden * PackedMatrix.Padded(3.0 * Hidden) + 3 * Hidden * PackedMatrix.Padded(Hidden);

    // Recurrent sums, their gradient packed, states that enter; the gradient carried back.
    protected override double OwnFloats(double tokens, double texts) =>
        tokens * (4 * Hidden + PackedMatrix.Padded(3.0 * Hidden)) + texts * Hidden;

    public override void Forward(RaggedLayout layout, SequenceTape tape)
    {
        var own = (Tape)tape;
        int width = 3 * Hidden;
        fixed (float* bias = recurrentBias.Values.Span)
        {
            for (int step = 0; step < layout.Steps; step++)
            {
                int alive = layout.AliveAt(step);
                int first = layout.OffsetOf(step);
                long row = first;
                float* sums = own.Recurrent + row * width,
                    before = step == 0 ? own.InitialOutput : own.Outputs + (long)layout.OffsetOf(step - 1) * Hidden;
                if (before == null)
                {
                    for (int i = 0; i < alive; i++)
                        new ReadOnlySpan<float>(bias, width).CopyTo(new Span<float>(sums + (long)i * width, width));
                }
                else
                {
                    own.Enter(before, first, alive);
                    if (alive == 1)
                        MatrixVector.Multiply(
                            own.Entered + row * Hidden,
                            _recurrent,
                            bias,
                            sums,
                            backwards: step % 2 == 0
                        );
                    else
                        Gemm.Multiply(own.Entered + row * Hidden, Hidden, alive, _recurrent, bias, 0, sums);
                }
                if (IsUsual)
                    GruCell.Forward(alive, Hidden, own.Sums + row * width, sums, before, own.Outputs + row * Hidden);
                else
                    ForwardAny(alive, own.Sums + row * width, sums, before, own.Outputs + row * Hidden);
            }
        }
    }

    public override void Backward(RaggedLayout layout, SequenceTape tape)
    {
        var own = (Tape)tape;
        int width = 3 * Hidden;
        for (int step = layout.Steps - 1; step >= 0; step--)
        {
            int alive = layout.AliveAt(step);
            long row = layout.OffsetOf(step);
            float* before = step == 0 ? null : own.Outputs + (long)layout.OffsetOf(step - 1) * Hidden;
            float* dOutside = own.DOutside == null ? null : own.DOutside + row * Hidden;
            if (IsUsual)
                GruCell.Backward(
                    alive,
                    Hidden,
                    own.Sums + row * width,
                    own.Recurrent + row * width,
                    before,
                    own.DOutput,
                    dOutside
                );
            else
                BackwardAny(alive, own.Sums + row * width, own.Recurrent + row * width, before, own.DOutput, dOutside);
            if (step == 0)
                break;
            var carried = new Span<float>(own.Carried, alive * Hidden);
            Gemm.Multiply(own.Recurrent + row * width, width, alive, _recurrentTransposed, null, 0, own.Carried);
            if (own.RecurrentMask != null)
                VectorMath.Multiply(carried, new(own.RecurrentMask, carried.Length), carried);
            VectorMath.Add(carried, new Span<float>(own.DOutput, carried.Length));
        }
    }

    /// <summary>As <see cref="GruCell.Forward"/> for other activations.</summary>
    private void ForwardAny(int rows, float* gates, float* sums, float* previous, float* output)
    {
        for (int row = 0; row < rows; row++, gates += 3 * Hidden, sums += 3 * Hidden, output += Hidden)
        {
            Span<float> zr = new(gates, 2 * Hidden),
                c = new(gates + 2 * Hidden, Hidden);
            VectorMath.Add(new(sums, 2 * Hidden), zr);
            gate.Forward(zr, zr);
            for (int j = 0; j < Hidden; j++)
                c[j] += zr[Hidden + j] * sums[2 * Hidden + j];
            activation.Forward(c, c);
            for (int j = 0; j < Hidden; j++)
                output[j] = zr[j] * (previous == null ? 0 : previous[row * Hidden + j]) + (1 - zr[j]) * c[j];
        }
    }

    /// <summary>As <see cref="GruCell.Backward"/> for other activations.</summary>
    private void BackwardAny(int rows, float* gates, float* sums, float* previous, float* dOutput, float* dOutside)
    {
        for (int k = 0; k < rows * Hidden; k++)
        {
            long at = 3L * (k / Hidden) * Hidden + k % Hidden;
            float z = gates[at],
                r = gates[at + Hidden],
                c = gates[at + 2 * Hidden];
            float dh = dOutput[k] + (dOutside == null ? 0 : dOutside[k]);
            float dc = dh * (1 - z) * activation.Slope(c);
            gates[at] = sums[at] = dh * ((previous == null ? 0 : previous[k]) - c) * gate.Slope(z);
            gates[at + Hidden] = dc * sums[at + 2 * Hidden] * gate.Slope(r);
            sums[at + Hidden] = gates[at + Hidden];
            gates[at + 2 * Hidden] = dc;
            sums[at + 2 * Hidden] = dc * r;
            dOutput[k] = dh * z;
        }
    }

    protected override void OwnGradients(
        RaggedLayout layout,
        SequenceTape tape,
        PackedMatrix dSums,
        GradientBuffer destination
    )
    {
        var own = (Tape)tape;
        int width = 3 * Hidden;
        own.Packed.Pack(own.Recurrent, layout.Tokens, width);
        // The first step starts from zero and gives the kernel nothing.
        Gemm.MultiplyTransposed(
            own.Entered,
            Hidden,
            own.Packed,
            layout.AliveAt(0),
            false,
            destination.PointerTo(recurrentKernel)
        );
        Span<float> bias = destination.Of(recurrentBias);
        bias.Clear();
        VectorMath.AddColumnSums(new(own.Recurrent, layout.Tokens * width), layout.Tokens, bias);
    }

    private sealed class Tape : RecurrentTape
    {
        private readonly AlignedBuffer _recurrent = new(),
            _carried = new();

        /// <summary>
        /// Sums of the state before with their bias, [M,3H]; the backward pass replaces them by their gradient.
        /// </summary>
        public float* Recurrent => _recurrent.Pointer;

        /// <summary>A step's gradient of the states that entered it, [n,H].</summary>
        public float* Carried => _carried.Pointer;

        /// <summary>The gradient of <see cref="Recurrent"/> as a right-hand matrix.</summary>
        public PackedMatrix Packed { get; } = new();

        public override void Reserve(RaggedLayout layout, SequenceLayer layer)
        {
            base.Reserve(layout, layer);
            _recurrent.Reserve(3L * layout.Tokens * layer.Size);
        }

        public override void ReserveGradients(bool everyOutput)
        {
            base.ReserveGradients(everyOutput);
            _carried.Reserve((long)Texts * Size);
        }
    }
}
