using Firn.Kernels;

namespace Firn.Layers;

/// <summary>One direction of the plain recurrent layer over a ragged, time-major shard.</summary>
/// <param name="map">To the sums, [E,H].</param>
/// <param name="recurrentKernel">[H,H].</param>
/// <param name="place">Where it stands.</param>
/// <param name="activation">Of the sums.</param>
internal sealed unsafe class SimpleRnnLayer(
    InputMap map,
    Parameter recurrentKernel,
    LayerPlace place,
    Activation activation
) : SequenceLayer(map, recurrentKernel.Shape[0], place)
{
    private readonly PackedMatrix _recurrent = new(),
        _transposed = new();

    public override bool IsRecurrent => true;

    protected override IEnumerable<Parameter> OwnWeights => [recurrentKernel];

    public override double PackedFloats => 2 * Size * PackedMatrix.Padded(Size);

    protected override double OwnFloats(double tokens, double texts) => tokens * Size;

    public override void PackForward() => _recurrent.Pack(recurrentKernel.Values.Span, Size, Size);

    public override void PackBackward() => _transposed.PackTransposed(recurrentKernel.Values.Span, Size, Size);

    public override SequenceTape CreateTape() => new RecurrentTape();

    public override void Forward(RaggedLayout layout, SequenceTape tape)
    {
        var own = (RecurrentTape)tape;
        for (int step = 0; step < layout.Steps; step++)
        {
            int alive = layout.AliveAt(step);
            long at = (long)layout.OffsetOf(step) * Size;
            float* before = step == 0 ? own.InitialOutput : own.Outputs + (long)layout.OffsetOf(step - 1) * Size;
            if (before != null)
            {
                own.Enter(before, layout.OffsetOf(step), alive);
                Gemm.Multiply(own.Entered + at, Size, alive, _recurrent, own.Sums + at, Size, own.Sums + at);
            }
            activation.Forward(new(own.Sums + at, alive * Size), new(own.Outputs + at, alive * Size));
        }
    }

    public override void Backward(RaggedLayout layout, SequenceTape tape)
    {
        var own = (RecurrentTape)tape;
        for (int step = layout.Steps - 1; step >= 0; step--)
        {
            int values = layout.AliveAt(step) * Size;
            long at = (long)layout.OffsetOf(step) * Size;
            for (int k = 0; k < values; k++)
                own.Sums[at + k] =
                    (own.DOutput[k] + (own.DOutside == null ? 0 : own.DOutside[at + k]))
                    * activation.Slope(own.Outputs[at + k]);
            if (step == 0)
                break;
            Gemm.Multiply(own.Sums + at, Size, layout.AliveAt(step), _transposed, null, 0, own.DOutput);
            if (own.RecurrentMask != null)
                VectorMath.Multiply(new(own.DOutput, values), new(own.RecurrentMask, values), new(own.DOutput, values));
        }
    }

    // The first step starts from zero and gives the kernel nothing.
    protected override void OwnGradients(
        RaggedLayout layout,
        SequenceTape tape,
        PackedMatrix dSums,
        GradientBuffer destination
    ) =>
        Gemm.MultiplyTransposed(
            ((RecurrentTape)tape).Entered,
            Size,
            dSums,
            layout.AliveAt(0),
            false,
            destination.PointerTo(recurrentKernel)
        );
}
