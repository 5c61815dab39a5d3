using Firn.Layers;
using Firn.Model;

namespace Firn.Training;

/// <summary>
/// A copy of the weights of the groups that train, and of moving statistics; frozen ones are never copied.
/// </summary>
internal sealed class WeightSnapshot
{
    private readonly (Parameter Parameter, float[] Copy)[] _copies;

    public WeightSnapshot(TextClassifier model, Func<ParameterGroup, bool> trains) =>
        _copies = [
            .. model
                .Parameters.Where(p => trains(p.Group) || p.Group == ParameterGroup.Statistics)
                .Select(p => (p, new float[p.Values.Length])),
        ];

    /// <summary>The epoch whose weights are held; 0 for none.</summary>
    public int Epoch { get; private set; }

    /// <summary>The copies.</summary>
    public IReadOnlyList<(Parameter Parameter, float[] Copy)> Copies => _copies;

    /// <summary>Says which epoch's weights <see cref="Copies"/> were filled with.</summary>
    public void Filled(int epoch) => Epoch = epoch;

    /// <summary>Copies the model's weights as they are now.</summary>
    public void Take(int epoch)
    {
        foreach ((Parameter parameter, float[] copy) in _copies)
            parameter.Values.CopyTo(copy);
        Epoch = epoch;
    }

    /// <summary>Puts the copied weights back into the model.</summary>
    public void Restore()
    {
        foreach ((Parameter parameter, float[] copy) in _copies)
            copy.CopyTo(parameter.Values);
    }
}
