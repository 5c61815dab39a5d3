using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// One direction of gated recurrent units with the reset before the recurrent product (Cho et al. 2014, equations 5 to
/// 8): z, r = gate(s + h U), c = act(s + (r h) U), so that a step needs two products, one behind the other.
/// </summary>
/// <param name="map">To the gates' sums z, r, c, [E,3H].</param>
/// <param name="recurrentKernel">[H,3H].</param>
/// <param name="place">Where it stands.</param>
/// <param name="activation">Of the candidate.</param>
/// <param name="gate">Of the gates.</param>
internal sealed unsafe class ResetBeforeGruLayer(
    InputMap map,
    Parameter recurrentKernel,
    LayerPlace place,
    Activation activation,
    Activation gate
) : SequenceLayer(map, recurrentKernel.Shape[0], place)
{
    private readonly PackedMatrix _gates = new(),
        _candidate = new(),
        _gatesTransposed = new(),
        _candidateTransposed = new();
    private float[] _gateColumns = [],
        _candidateColumns = [];

    public override bool IsRecurrent => true;

    protected override IEnumerable<Parameter> OwnWeights => [recurrentKernel];

    public override double PackedFloats => 6.0 * Size * PackedMatrix.Padded(Size);

    protected override double OwnFloats(double tokens, double texts) =>
        tokens * (4 * Size + PackedMatrix.Padded(3.0 * Size)) + 3 * texts * Size;

    public override void PackForward()
    {
        Split();
        _gates.Pack(_gateColumns, Size, 2 * Size);
        _candidate.Pack(_candidateColumns, Size, Size);
    }

    public override void PackBackward()
    {
        Split();
        _gatesTransposed.PackTransposed(_gateColumns, 2 * Size, Size);
        _candidateTransposed.PackTransposed(_candidateColumns, Size, Size);
    }

    public override SequenceTape CreateTape() => new Tape();

    public override void Forward(RaggedLayout layout, SequenceTape tape)
    {
        var own = (Tape)tape;
        int h = Size;
        for (int step = 0; step < layout.Steps; step++)
        {
            int alive = layout.AliveAt(step);
            long first = layout.OffsetOf(step);
            float* before = step == 0 ? own.InitialOutput : own.Outputs + (long)layout.OffsetOf(step - 1) * h;
            float* entered = own.Entered + first * h,
                reset = own.Reset + first * h;
            if (before != null)
            {
                own.Enter(before, (int)first, alive);
                Gemm.Multiply(entered, h, alive, _gates, null, 0, own.Products);
            }
            for (int i = 0; i < alive; i++)
            {
                float* s = own.Sums + (first + i) * 3 * h;
                if (before != null)
                    VectorMath.Add(new(own.Products + (long)i * 2 * h, 2 * h), new Span<float>(s, 2 * h));
                gate.Forward(new(s, 2 * h), new(s, 2 * h));
                if (before != null)
                    VectorMath.Multiply(new(entered + (long)i * h, h), new(s + h, h), new(reset + (long)i * h, h));
            }
            if (before != null)
                Gemm.Multiply(reset, h, alive, _candidate, null, 0, own.Products);
            for (int i = 0; i < alive; i++)
            {
                float* s = own.Sums + (first + i) * 3 * h;
                var c = new Span<float>(s + 2 * h, h);
                if (before != null)
                    VectorMath.Add(new(own.Products + (long)i * h, h), c);
                activation.Forward(c, c);
                for (int j = 0; j < h; j++)
                    own.Outputs[(first + i) * h + j] =
                        s[j] * (before == null ? 0 : before[i * h + j]) + (1 - s[j]) * c[j];
            }
        }
    }

    public override void Backward(RaggedLayout layout, SequenceTape tape)
    {
        var own = (Tape)tape;
        int h = Size;
        for (int step = layout.Steps - 1; step >= 0; step--)
        {
            int alive = layout.AliveAt(step);
            long first = layout.OffsetOf(step);
            float* before = step == 0 ? null : own.Outputs + (long)layout.OffsetOf(step - 1) * h;
            float* entered = own.Entered + first * h;
            for (int k = 0; k < alive * h; k++)
            {
                float* s = own.Sums + (first + k / h) * 3 * h + k % h;
                float dh = own.DOutput[k] + (own.DOutside == null ? 0 : own.DOutside[first * h + k]);
                float z = s[0],
                    c = s[2 * h];
                own.DCandidate[k] = dh * (1 - z) * activation.Slope(c);
                s[2 * h] = own.DCandidate[k];
                s[0] = dh * ((before == null ? 0 : before[k]) - c) * gate.Slope(z);
                own.DOutput[k] = dh * z;
            }
            if (step == 0)
            {
                for (int i = 0; i < alive; i++)
                    new Span<float>(own.Sums + (first + i) * 3 * h + h, h).Clear();
                break;
            }
            // The gradient of r h, then of r and of h.
            Gemm.Multiply(own.DCandidate, h, alive, _candidateTransposed, null, 0, own.Products);
            for (int k = 0; k < alive * h; k++)
            {
                float* s = own.Sums + (first + k / h) * 3 * h + k % h;
                float r = s[h];
                s[h] = own.Products[k] * entered[k] * gate.Slope(r);
                own.DCandidate[k] = own.Products[k] * r;
            }
            Gemm.Multiply(own.Sums + first * 3 * h, 3 * h, alive, _gatesTransposed, own.DCandidate, h, own.DCandidate);
            var carried = new Span<float>(own.DCandidate, alive * h);
            if (own.RecurrentMask != null)
                VectorMath.Multiply(carried, new(own.RecurrentMask, carried.Length), carried);
            VectorMath.Add(carried, new Span<float>(own.DOutput, carried.Length));
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
        int h = Size,
            from = layout.AliveAt(0); // the first step starts from zero
        float* gradient = own.Gradient.Reserve(6L * h * h),
            candidate = gradient + 3L * h * h;
        // Columns of z and r from the state that entered, those of c from what the reset left of it.
        Gemm.MultiplyTransposed(own.Entered, h, dSums, from, false, gradient);
        Gemm.MultiplyTransposed(own.Reset, h, dSums, from, false, candidate);
        Span<float> to = destination.Of(recurrentKernel);
        for (int row = 0; row < h; row++)
        {
            new ReadOnlySpan<float>(gradient + row * 3 * h, 2 * h).CopyTo(to.Slice(row * 3 * h, 2 * h));
            new ReadOnlySpan<float>(candidate + row * 3 * h + 2 * h, h).CopyTo(to.Slice(row * 3 * h + 2 * h, h));
        }
    }

    private void Split()
    {
        int h = Size;
        ReadOnlySpan<float> from = recurrentKernel.Values.Span;
        if (_gateColumns.Length == 0)
            (_gateColumns, _candidateColumns) = (new float[2 * h * h], new float[h * h]);
        for (int row = 0; row < h; row++)
        {
            from.Slice(row * 3 * h, 2 * h).CopyTo(_gateColumns.AsSpan(row * 2 * h));
            from.Slice(row * 3 * h + 2 * h, h).CopyTo(_candidateColumns.AsSpan(row * h));
        }
    }

    private sealed class Tape : RecurrentTape
    {
        private readonly AlignedBuffer _reset = new(),
            _products = new(),
            _dCandidate = new();

        /// <summary>r h, [M,H].</summary>
        public float* Reset => _reset.Pointer;

        /// <summary>A step's recurrent sums, [n,2H].</summary>
        public float* Products => _products.Pointer;

        /// <summary>A step's gradient of the candidate's sums, then of the states that entered, [n,H].</summary>
        public float* DCandidate => _dCandidate.Pointer;

        /// <summary>Room for the recurrent kernel's gradient, twice.</summary>
        public AlignedBuffer Gradient { get; } = new();

        public override void Reserve(RaggedLayout layout, SequenceLayer layer)
        {
            base.Reserve(layout, layer);
            _reset.Reserve((long)layout.Tokens * layer.Size);
            _products.Reserve(2L * layout.Texts * layer.Size);
        }

        public override void ReserveGradients(bool everyOutput)
        {
            base.ReserveGradients(everyOutput);
            _dCandidate.Reserve((long)Texts * Size);
        }
    }
}
