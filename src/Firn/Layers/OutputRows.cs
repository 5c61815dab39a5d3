using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// Rows of values that a layer gives, and the room for their gradient: over time one row a step of a text, as
/// <see cref="RaggedLayout"/> lays them out, or one row a text. What reads them adds to the gradient.
/// </summary>
internal unsafe class OutputRows
{
    private readonly AlignedBuffer _outputs = new(),
        _dOutput = new(),
        _dOutside = new();

    /// <summary>[M,F].</summary>
    public float* Outputs => _outputs.Pointer;

    /// <summary>
    /// Of a recurrent layer the gradient of each text's last output before the backward pass, [n,F]; after it, where
    /// there is an initial output, that one's gradient.
    /// </summary>
    public float* DOutput => _dOutput.Pointer;

    /// <summary>
    /// Gradient of every output from what stands above, [M,F]; null where only last outputs are read.
    /// </summary>
    public float* DOutside { get; private set; }

    /// <summary>F.</summary>
    public int Size { get; private set; }

    /// <summary>Whether rows stand in the order from the end of each text.</summary>
    public bool Reversed { get; private set; }

    /// <summary>n.</summary>
    public int Texts { get; private set; }

    /// <summary>Rows of outputs, M.</summary>
    public int Count { get; private set; }

    /// <summary>All values.</summary>
    public Span<float> All => new(Outputs, Count * Size);

    /// <summary>All gradients.</summary>
    public Span<float> DAll => new(DOutside, Count * Size);

    public Span<float> OutputAt(int row) => new(Outputs + (long)row * Size, Size);

    public Span<float> DOutsideAt(int row) => new(DOutside + (long)row * Size, Size);

    /// <summary>Takes over the shape and makes room for the outputs.</summary>
    public void Enter(int texts, int count, int size, bool reversed = false)
    {
        (Size, Reversed, Texts, Count) = (size, reversed, texts, count);
        _outputs.Reserve((long)count * size);
        DOutside = null;
    }

    /// <summary>
    /// Makes room for the backward pass, all gradients zero; <paramref name="everyOutput"/> for <see cref="DOutside"/>.
    /// </summary>
    public virtual void ReserveGradients(bool everyOutput)
    {
        DOutside = null;
        if (everyOutput)
        {
            DOutside = _dOutside.Reserve((long)Count * Size);
            DAll.Clear();
        }
    }

    /// <summary>Lets the gradient take the place of the outputs, for the last layer of a model.</summary>
    public void ReplaceOutputs() => DOutside = Outputs;

    /// <summary>Makes room for the gradient of last outputs, all zero.</summary>
    protected void ReserveLast() => new Span<float>(_dOutput.Reserve((long)Texts * Size), Texts * Size).Clear();
}
