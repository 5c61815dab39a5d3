using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// The linear map that a sequence layer begins with: sums [n,P] = inputs [n,E] * kernel [E,P] + bias [P]. It stands by itself
/// since it is the same wherever a word stands: over a frozen table it is folded into one row a word, and in training equal
/// words may share it.
/// </summary>
/// <param name="kernel">[E,P].</param>
/// <param name="bias">[P]; null for none.</param>
internal sealed unsafe class InputMap(Parameter kernel, Parameter? bias)
{
    private readonly AlignedBuffer rows = new();
    private readonly PackedMatrix packed = new(), transposed = new();

    public Parameter Kernel { get; } = kernel;

    public Parameter? Bias { get; } = bias;

    /// <summary>E.</summary>
    public int Width { get; } = kernel.Shape[0];

    /// <summary>P.</summary>
    public int Columns { get; } = kernel.Shape[1];

    private Span<float> BiasValues => Bias is null ? default : Bias.Values.Span;

    /// <summary>Packs the weights for <see cref="Project"/>; needed again after they change.</summary>
    public void Pack() => packed.Pack(Kernel.Values.Span, Width, Columns);

    /// <summary>Copies the weights for <see cref="ProjectSparse"/>; needed again after they change.</summary>
    public void CopyRows()
    {
        ReadOnlySpan<float> from = Kernel.Values.Span;
        from.CopyTo(new Span<float>(rows.Reserve(from.Length), from.Length));
    }

    /// <summary>Packs the weights for <see cref="InputGradient"/>.</summary>
    public void PackTransposed() => transposed.PackTransposed(Kernel.Values.Span, Columns, Width);

    /// <summary>sums [rows,P] = inputs [rows,E] * kernel + bias.</summary>
    public void Project(float* inputs, int count, float* sums)
    {
        fixed (float* start = BiasValues)
            Gemm.Multiply(inputs, Width, count, packed, start, 0, sums);
    }

    /// <summary>As <see cref="Project"/> for one row: the same bits.</summary>
    public void ProjectOne(float* inputs, float* sums)
    {
        fixed (float* start = BiasValues)
            MatrixVector.Multiply(inputs, packed, start, sums);
    }

    /// <summary>As <see cref="Project"/> for inputs of which dropout has left few.</summary>
    public void ProjectSparse(float* inputs, int count, float* sums)
    {
        fixed (float* start = BiasValues)
            SparseGemm.Multiply(inputs, count, Width, rows.Pointer, Columns, start, 0, sums);
    }

    /// <summary>dInputs [rows,E] = dSums [rows,P] * kernel^T.</summary>
    public void InputGradient(float* dSums, int count, float* dInputs) =>
        Gemm.Multiply(dSums, Columns, count, transposed, null, 0, dInputs);
}
