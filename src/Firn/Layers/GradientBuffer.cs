using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// The gradients of all dense weights that train, one after the other in one run of floats: what a shard writes, what
/// shards are added up in, and what machines would exchange. Weights that do not train have no place in it.
/// </summary>
internal sealed unsafe class GradientBuffer
{
    private readonly Dictionary<Parameter, int> places = [];
    private readonly AlignedBuffer buffer;

    public GradientBuffer(IEnumerable<Parameter> trained)
    {
        int length = 0;
        foreach (Parameter parameter in trained)
        {
            places.Add(parameter, length);
            length += (parameter.Values.Length + 15) / 16 * 16; // each begins on a cache line
        }
        Length = length;
        buffer = new AlignedBuffer(length);
    }

    /// <summary>Floats in all.</summary>
    public int Length { get; }

    public Span<float> All => buffer.Span[..Length];

    public bool Has(Parameter parameter) => places.ContainsKey(parameter);

    public Span<float> Of(Parameter parameter) => buffer.Span.Slice(places[parameter], parameter.Values.Length);

    public float* PointerTo(Parameter parameter) => buffer.Pointer + places[parameter];
}
