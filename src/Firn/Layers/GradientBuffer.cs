using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// The gradients of all dense weights that train, one after the other in one run of floats: what a shard writes, what
/// shards are added up in, and what machines would exchange. Weights that do not train have no place in it.
/// </summary>
internal sealed unsafe class GradientBuffer
{
    private readonly Dictionary<Parameter, int> _places = [];
    private readonly AlignedBuffer _buffer;

    public GradientBuffer(IEnumerable<Parameter> trained)
    {
        int length = 0;
        foreach (Parameter parameter in trained)
        {
            _places.Add(parameter, length);
            length += (parameter.Values.Length + 15) / 16 * 16; // each begins on a cache line
        }
        Length = length;
        _buffer = new AlignedBuffer(length);
    }

    /// <summary>Floats in all.</summary>
    public int Length { get; }

    public Span<float> All => _buffer.Span[..Length];

    public bool Has(Parameter parameter) => _places.ContainsKey(parameter);

    public Span<float> Of(Parameter parameter) => _buffer.Span.Slice(_places[parameter], parameter.Values.Length);

    public float* PointerTo(Parameter parameter) => _buffer.Pointer + _places[parameter];
}
