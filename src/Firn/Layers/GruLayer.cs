using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// One direction of gated recurrent units over a ragged, time-major shard, with the reset behind the recurrent product: see
/// <see cref="GruCell"/>.
/// </summary>
/// <param name="map">To the gates' sums z, r, c, [E,3H].</param>
/// <param name="recurrentKernel">[H,3H].</param>
/// <param name="recurrentBias">[3H].</param>
/// <param name="place">Where it stands.</param>
internal sealed unsafe class GruLayer(InputMap map, Parameter recurrentKernel, Parameter recurrentBias, LayerPlace place)
    : SequenceLayer(map, recurrentKernel.Shape[0], place)
{
    private readonly PackedMatrix recurrent = new(), recurrentTransposed = new();

    /// <summary>Makes or finds the weights: Glorot uniform, orthogonal recurrent, zero biases, as Keras starts them.</summary>
    public static GruLayer Create(LayerPlace place, int width, int hidden, WeightSource weights)
    {
        string prefix = place.Prefix("gru");
        CounterRandom random = place.Stream(weights.Random);
        Parameter kernel = weights.Get(prefix + ".kernel", ParameterGroup.Lstm, [width, 3 * hidden],
            values => Initializers.GlorotUniform(random.Derive(0), width, 3 * hidden, values));
        Parameter recurrent = weights.Get(prefix + ".recurrent_kernel", ParameterGroup.Lstm, [hidden, 3 * hidden],
            values => Initializers.Orthogonal(random.Derive(1), hidden, 3 * hidden, values));
        Parameter bias = weights.Get(prefix + ".bias", ParameterGroup.Lstm, [3 * hidden]);
        Parameter recurrentBias = weights.Get(prefix + ".recurrent_bias", ParameterGroup.Lstm, [3 * hidden]);
        return new GruLayer(new InputMap(kernel, bias), recurrent, recurrentBias, place);
    }

    private int Hidden => Size;

    public override void PackForward() => recurrent.Pack(recurrentKernel.Values.Span, Hidden, 3 * Hidden);

    public override void PackBackward() => recurrentTransposed.PackTransposed(recurrentKernel.Values.Span, 3 * Hidden, Hidden);

    public override SequenceTape CreateTape() => new Tape();

    public override double PackedFloats => Hidden * PackedMatrix.Padded(3.0 * Hidden) + 3 * Hidden * PackedMatrix.Padded(Hidden);

    // Recurrent sums, their gradient packed, states that enter; the gradient carried back.
    protected override double OwnFloats(double tokens, double texts, bool dropsStates) =>
        tokens * (4 * Hidden + PackedMatrix.Padded(3.0 * Hidden)) + texts * Hidden * (dropsStates ? 2 : 1);

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
                float* sums = own.Recurrent + row * width, before = step == 0 ? null : own.Outputs + (long)layout.OffsetOf(step - 1) * Hidden;
                if (before == null)
                {
                    for (int i = 0; i < alive; i++)
                        new ReadOnlySpan<float>(bias, width).CopyTo(new Span<float>(sums + (long)i * width, width));
                }
                else
                {
                    own.Enter(before, first, alive);
                    if (alive == 1)
                        MatrixVector.Multiply(own.Entered + row * Hidden, recurrent, bias, sums, backwards: step % 2 == 0);
                    else
                        Gemm.Multiply(own.Entered + row * Hidden, Hidden, alive, recurrent, bias, 0, sums);
                }
                GruCell.Forward(alive, Hidden, own.Sums + row * width, sums, before, own.Outputs + row * Hidden);
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
            GruCell.Backward(alive, Hidden, own.Sums + row * width, own.Recurrent + row * width, before, own.DOutput,
                own.DOutside == null ? null : own.DOutside + row * Hidden);
            if (step == 0)
                break;
            var carried = new Span<float>(own.Carried, alive * Hidden);
            Gemm.Multiply(own.Recurrent + row * width, width, alive, recurrentTransposed, null, 0, own.Carried);
            if (own.RecurrentMask != null)
                VectorMath.Multiply(carried, new(own.RecurrentMask, carried.Length), carried);
            VectorMath.Add(carried, new Span<float>(own.DOutput, carried.Length));
        }
    }

    protected override void OwnGradients(RaggedLayout layout, SequenceTape tape, PackedMatrix dSums, GradientBuffer destination)
    {
        var own = (Tape)tape;
        int width = 3 * Hidden;
        own.Packed.Pack(own.Recurrent, layout.Tokens, width);
        // The first step starts from zero and gives the kernel nothing.
        Gemm.MultiplyTransposed(own.Entered, Hidden, own.Packed, layout.AliveAt(0), false, destination.PointerTo(recurrentKernel));
        Span<float> bias = destination.Of(recurrentBias);
        bias.Clear();
        VectorMath.AddColumnSums(new(own.Recurrent, layout.Tokens * width), layout.Tokens, bias);
    }

    private sealed class Tape : RecurrentTape
    {
        private readonly AlignedBuffer recurrent = new(), carried = new();

        /// <summary>Sums of the state before with their bias, [M,3H]; the backward pass replaces them by their gradient.</summary>
        public float* Recurrent => recurrent.Pointer;

        /// <summary>A step's gradient of the states that entered it, [n,H].</summary>
        public float* Carried => carried.Pointer;

        /// <summary>The gradient of <see cref="Recurrent"/> as a right-hand matrix.</summary>
        public PackedMatrix Packed { get; } = new();

        public override void Reserve(RaggedLayout layout, SequenceLayer layer)
        {
            base.Reserve(layout, layer);
            recurrent.Reserve(3L * layout.Tokens * layer.Size);
        }

        public override void ReserveGradients(bool everyOutput)
        {
            base.ReserveGradients(everyOutput);
            carried.Reserve((long)Texts * Size);
        }
    }
}
