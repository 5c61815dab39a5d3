using System.Runtime.InteropServices;
using Firn.Kernels;

namespace Firn.Layers;

/// <summary>The window at which a filter is largest over a text, and the gradient there.</summary>
internal readonly record struct MaximumWindow(int Text, int Step, float Gradient);

/// <summary>
/// A convolution's tape. Where the maximum over time alone is read, each filter has a gradient at one window of a text:
/// T times less than every window, so the products of the backward pass are sums over lists.
/// </summary>
internal sealed unsafe class ConvolutionTape(ConvolutionLayer layer) : SequenceTape
{
    /// <summary>Filters whose sums are stored together, a cache line of a kernel's row.</summary>
    public const int Block = 16;

    private readonly AlignedBuffer _steps = new(),
        _sums = new(),
        _dInputs = new(),
        _factors = new();
    private readonly List<MaximumWindow>[] _lists =
    [
        .. Enumerable.Range(0, Block).Select(_ => new List<MaximumWindow>()),
    ];
    private int[] _rows = [],
        _sources = [];
    private int _padded;

    /// <summary>Whether <see cref="GiveMaximum"/> is called in the place of gradients of every output.</summary>
    public bool OnlyMaximum => layer.OnlyMaximum;

    /// <summary>Takes the gradient of the maximum over a text, and the steps where it stands, both [F].</summary>
    public void GiveMaximum(int text, ReadOnlySpan<float> gradient, ReadOnlySpan<float> steps)
    {
        gradient.CopyTo(new Span<float>(DOutput + (long)text * Size, Size));
        steps.CopyTo(new Span<float>(_steps.Reserve((long)Texts * Size) + (long)text * Size, Size));
    }

    /// <summary>Multiplies the gradients by the derivative of what stands behind the sums.</summary>
    public void PassActivation(Activation activation)
    {
        if (activation == Activation.Linear)
            return;
        for (int i = 0; i < Texts && OutputLayout.LengthOf(i) > 0; i++)
        {
            float* gradient = DOutput + (long)i * Size,
                step = _steps.Pointer + (long)i * Size;
            for (int j = 0; j < Size; j++)
            {
                if (gradient[j] != 0)
                    gradient[j] *= activation.Slope(
                        Outputs[((long)OutputLayout.OffsetOf((int)step[j]) + i) * Size + j]
                    );
            }
        }
    }

    /// <summary>Before the lists.</summary>
    public void Begin(RaggedLayout layout, int width, bool inputs)
    {
        _padded = (int)PackedMatrix.Padded(width);
        _sums.Reserve(Block * width);
        _factors.Reserve(layout.Texts);
        if (_rows.Length < layout.Texts)
        {
            _rows = new int[layout.Texts + layout.Texts / 8];
            _sources = new int[_rows.Length];
        }
        if (inputs)
            new Span<float>(_dInputs.Reserve((long)layout.Tokens * _padded), layout.Tokens * _padded).Clear();
    }

    /// <summary>
    /// Lists the windows of a filter that have a gradient, as the block's number <paramref name="place"/>.
    /// </summary>
    public void List(int place, int filter)
    {
        List<MaximumWindow> list = _lists[place];
        list.Clear();
        for (int i = 0; i < Texts && OutputLayout.LengthOf(i) > 0; i++)
        {
            float gradient = DOutput[(long)i * Size + filter];
            if (gradient != 0)
                list.Add(new MaximumWindow(i, (int)_steps.Pointer[(long)i * Size + filter], gradient));
        }
    }

    public ReadOnlySpan<MaximumWindow> ListOf(int place) => CollectionsMarshal.AsSpan(_lists[place]);

    /// <summary>Sets an entry of the list at hand.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="row">Of the layer.</param>
    /// <param name="source">Of the inputs.</param>
    /// <param name="factor">The gradient.</param>
    public void Set(int index, int row, int source, float factor)
    {
        _rows[index] = row;
        _sources[index] = source;
        _factors.Pointer[index] = factor;
    }

    /// <summary>The gradient of one column of the kernel, by the list at hand.</summary>
    public void SumInputs(int place, int picked, float* inputs)
    {
        fixed (int* sources = _sources)
            PickedRows.Sum(inputs, Width, sources, _factors.Pointer, picked, _sums.Pointer + place * Width);
    }

    /// <summary>Adds a column of the kernel to the gradients of the rows of the list at hand.</summary>
    public void AddColumn(float* column, int picked)
    {
        fixed (int* rows = _rows)
            PickedRows.Add(column, _padded, rows, _factors.Pointer, picked, _dInputs.Pointer);
    }

    /// <summary>Stores a block's gradients as columns.</summary>
    public void StoreSums(int count, float* to, int columns)
    {
        float* from = _sums.Pointer;
        for (int i = 0; i < Width; i++, to += columns)
        {
            for (int j = 0; j < count; j++)
                to[j] = from[j * Width + i];
        }
    }

    /// <summary>Stores the gradients of the inputs, [M,E].</summary>
    public void StoreInputs(float* to)
    {
        for (int row = 0; row < Tokens; row++)
            new ReadOnlySpan<float>(_dInputs.Pointer + (long)row * _padded, Width).CopyTo(
                new Span<float>(to + (long)row * Width, Width)
            );
    }
}
