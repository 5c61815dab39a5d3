using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// The linear map that a sequence layer begins with: sums [n,P] = inputs [n,E] * kernel [E,P] + bias [P]. It stands by
/// itself since it is the same wherever a word stands: over a frozen table it is folded into one row a word, and in
/// training equal words may share it.
/// </summary>
internal sealed unsafe class InputMap
{
    private readonly AlignedBuffer _rows = new(),
        _columns = new();
    private readonly PackedMatrix _packed = new(),
        _transposed = new();

    private readonly Parameter? _kernel;

    /// <param name="kernel">[E,P].</param>
    /// <param name="bias">[P]; null for none.</param>
    public InputMap(Parameter kernel, Parameter? bias) =>
        (_kernel, Bias, Width, Columns) = (kernel, bias, kernel.Shape[0], kernel.Shape[1]);

    private InputMap(int width) => (Width, Columns) = (width, width);

    /// <summary>The map of a layer that reads its input as it is: sums = inputs, at the price of a copy.</summary>
    public static InputMap Identity(int width) => new(width);

    public bool IsIdentity => _kernel is null;

    public Parameter Kernel => _kernel ?? throw new InvalidOperationException("The identity has no kernel.");

    public Parameter? Bias { get; }

    /// <summary>E.</summary>
    public int Width { get; }

    /// <summary>P.</summary>
    public int Columns { get; }

    public IEnumerable<Parameter> Weights =>
        _kernel is null ? []
        : Bias is null ? [_kernel]
        : [_kernel, Bias];

    private Span<float> BiasValues => Bias is null ? default : Bias.Values.Span;

    /// <summary>Packs the weights for <see cref="Project"/>; needed again after they change.</summary>
    public void Pack()
    {
        if (_kernel is not null)
            _packed.Pack(_kernel.Values.Span, Width, Columns);
    }

    /// <summary>Copies the weights for <see cref="ProjectSparse"/>; needed again after they change.</summary>
    public void CopyRows()
    {
        ReadOnlySpan<float> from = Kernel.Values.Span;
        from.CopyTo(new Span<float>(_rows.Reserve(from.Length), from.Length));
    }

    /// <summary>Packs the weights for <see cref="InputGradient"/>.</summary>
    public void PackTransposed()
    {
        if (_kernel is not null)
            _transposed.PackTransposed(_kernel.Values.Span, Columns, Width);
    }

    /// <summary>Copies the kernel's columns, each padded to whole vectors, for <see cref="ColumnAt"/>.</summary>
    public void CopyColumns()
    {
        int padded = (int)PackedMatrix.Padded(Width);
        float* to = _columns.Reserve((long)Columns * padded);
        fixed (float* from = Kernel.Values.Span)
        {
            for (int column = 0; column < Columns; column++, to += padded)
            {
                for (int i = 0; i < Width; i++)
                    to[i] = from[(long)i * Columns + column];
                new Span<float>(to + Width, padded - Width).Clear();
            }
        }
    }

    /// <summary>A column of the kernel, [E] and zeros to whole vectors.</summary>
    public float* ColumnAt(int column) => _columns.Pointer + column * (long)PackedMatrix.Padded(Width);

    /// <summary>sums [rows,P] = inputs [rows,E] * kernel + bias.</summary>
    public void Project(float* inputs, int count, float* sums)
    {
        if (_kernel is null)
        {
            Copy(inputs, count, sums);
            return;
        }
        fixed (float* start = BiasValues)
            Gemm.Multiply(inputs, Width, count, _packed, start, 0, sums);
    }

    /// <summary>As <see cref="Project"/> for one row: the same bits.</summary>
    public void ProjectOne(float* inputs, float* sums)
    {
        if (_kernel is null)
        {
            Copy(inputs, 1, sums);
            return;
        }
        fixed (float* start = BiasValues)
            MatrixVector.Multiply(inputs, _packed, start, sums);
    }

    /// <summary>As <see cref="Project"/> for inputs of which dropout has left few.</summary>
    public void ProjectSparse(float* inputs, int count, float* sums)
    {
        fixed (float* start = BiasValues)
            SparseGemm.Multiply(inputs, count, Width, _rows.Pointer, Columns, start, 0, sums);
    }

    /// <summary>dInputs [rows,E] = dSums [rows,P] * kernel^T.</summary>
    public void InputGradient(float* dSums, int count, float* dInputs)
    {
        if (_kernel is null)
            Copy(dSums, count, dInputs);
        else
            Gemm.Multiply(dSums, Columns, count, _transposed, null, 0, dInputs);
    }

    private void Copy(float* from, int count, float* to) =>
        new ReadOnlySpan<float>(from, count * Width).CopyTo(new Span<float>(to, count * Width));
}
