using Firn.Layers;
using Firn.Model;

namespace Firn.Interop.Keras.Conversion;

/// <summary>A whole model but for its table.</summary>
/// <param name="Layers">Between embedding and output.</param>
/// <param name="Weights">By Firn's names.</param>
/// <param name="Output">The output's function.</param>
internal sealed record FinishedOutput(
    IReadOnlyList<Layer> Layers,
    IReadOnlyDictionary<string, ReadOnlyMemory<float>> Weights,
    OutputActivation Output
);

/// <summary>
/// A model's last layers as Firn's output, one dense layer and its function: <c>Dense</c> with an activation, before an
/// <c>Activation</c>, over a sequence of which one step counts, or none at all.
/// </summary>
internal sealed class OutputConversion
{
    private const int MaxUnits = 4096; // of a unit matrix, which takes their square

    private readonly string _path,
        _name;
    private readonly WeightConversion _weights;
    private readonly Activation _activation;
    private readonly float[] _kernel,
        _bias; // [F,U], [U]
    private readonly int _features,
        _units;

    /// <summary>Takes the last layers off.</summary>
    /// <param name="path">What errors call the model.</param>
    /// <param name="piece">All layers.</param>
    /// <param name="weights">Their tensors, of which the output's are taken.</param>
    /// <param name="last">The last node, for errors.</param>
    public OutputConversion(string path, Piece piece, WeightConversion weights, KerasNode last)
    {
        (_path, _weights, _name) = (path, weights, $"layer '{last.Name}' ({last.ClassName})");
        List<Layer> layers = piece.Layers;
        _activation = Activation.Linear;
        DropDropout(layers);
        if (layers is [.., Activate function])
        {
            _activation = function.Activation;
            layers.RemoveAt(layers.Count - 1);
            DropDropout(layers);
        }
        if (layers is [.., Dense dense] && (_activation == Activation.Linear || dense.Activation == Activation.Linear))
        {
            if (_activation == Activation.Linear)
                _activation = dense.Activation;
            layers.RemoveAt(layers.Count - 1);
            _kernel = weights.Take($"{dense.Name}.kernel").ToArray();
            _bias = dense.Bias ? weights.Take($"{dense.Name}.bias").ToArray() : new float[dense.Units];
            (_units, _features) = (dense.Units, _kernel.Length / dense.Units);
        }
        else
        {
            _features = _units =
                piece.Flow.Width > 0
                    ? piece.Flow.Width
                    : throw Refused("answers with as many numbers as a text has steps");
            if (_units > MaxUnits)
                throw Refused($"answers with {_units} numbers that no Dense layer makes, beyond {MaxUnits}");
            _kernel = new float[_units * _units];
            for (int i = 0; i < _units; i++)
                _kernel[i * _units + i] = 1;
            _bias = new float[_units];
        }
        Layers = layers;
        AnswersEachStep = piece.Flow.IsSequence;
        if (AnswersEachStep && piece.Flow.Masked)
            throw Refused("answers for each step of a masked sequence");
        if (_activation is not (Activation.Sigmoid or Activation.Softmax or Activation.Linear))
            throw Refused($"answers with {_activation}, which gives no probabilities");
        if (_units == 1 && _activation == Activation.Softmax)
            throw Refused("answers with a softmax of one number, which is always 1");
    }

    /// <summary>Those that are left.</summary>
    public List<Layer> Layers { get; }

    /// <summary>Whether a step must be chosen.</summary>
    public bool AnswersEachStep { get; }

    /// <summary>Whether the output has no activation, so that its meaning must be told.</summary>
    public bool IsBare => _activation == Activation.Linear;

    /// <summary>Numbers of an answer.</summary>
    public int Units => _units;

    /// <summary>Classes that the answer tells apart.</summary>
    public int Classes => _units == 1 ? 2 : _units;

    /// <summary>The output's function; a softmax of two is a sigmoid. Null where it is open.</summary>
    /// <param name="given">What a bare output means.</param>
    public OutputActivation? Under(OutputActivation? given) =>
        Function(given) is OutputActivation.Softmax && _units == 2 ? OutputActivation.Sigmoid : Function(given);

    /// <summary>The output's weights and function, and the layers with the choice of a step.</summary>
    /// <param name="given">What a bare output means.</param>
    /// <param name="step">The step that counts.</param>
    public FinishedOutput Finish(OutputActivation? given, KerasStep? step)
    {
        OutputActivation output =
            Function(given) ?? throw new InvalidOperationException("The output's meaning is open.");
        if ((_units == 1) != (output == OutputActivation.Sigmoid))
            throw Refused(
                $"answers with {_units} number{(_units == 1 ? "" : "s")}, which fits no "
                    + $"{output.ToString().ToLowerInvariant()}"
            );
        List<Layer> layers = [.. Layers];
        var weights = new Dictionary<string, ReadOnlyMemory<float>>(_weights.All, StringComparer.Ordinal);
        if (AnswersEachStep)
            Choose(step ?? throw new InvalidOperationException("The step is open."), layers, weights);
        bool fold = output == OutputActivation.Softmax && _units == 2;
        weights.Add("dense.kernel", fold ? Difference(_kernel) : _kernel);
        weights.Add("dense.bias", fold ? Difference(_bias) : _bias);
        return new FinishedOutput(layers, weights, fold ? OutputActivation.Sigmoid : output);
    }

    private OutputActivation? Function(OutputActivation? given) =>
        _activation switch
        {
            Activation.Sigmoid => _units == 1 ? OutputActivation.Sigmoid : OutputActivation.Sigmoids,
            Activation.Softmax => OutputActivation.Softmax,
            _ => given,
        };

    private void Choose(KerasStep step, List<Layer> layers, Dictionary<string, ReadOnlyMemory<float>> weights)
    {
        if (step == KerasStep.First)
        {
            // The last state of a layer that reads from the end and keeps its input: h = x I + h 0.
            const string Name = "first_step";
            if (_features > MaxUnits)
                throw Refused($"answers for each step of a sequence of {_features} numbers, beyond {MaxUnits}");
            var unit = new float[_features * _features];
            for (int i = 0; i < _features; i++)
                unit[i * _features + i] = 1;
            weights.Add($"{Name}.kernel", unit);
            weights.Add($"{Name}.recurrent_kernel", new float[unit.Length]);
            weights.Add($"{Name}.bias", new float[_features]);
            layers.Add(new SimpleRnn(_features, Activation.Linear) { Name = Name, Reversed = true });
        }
        else if (layers is [.., Recurrent])
        {
            // directly behind, LastState would take each direction's own last
            layers.Add(new Activate(Activation.Linear));
        }
        layers.Add(new LastState());
    }

    /// <summary>A softmax of two is the sigmoid of their difference.</summary>
    private static float[] Difference(float[] pairs)
    {
        var differences = new float[pairs.Length / 2];
        for (int i = 0; i < differences.Length; i++)
            differences[i] = pairs[2 * i + 1] - pairs[2 * i];
        return differences;
    }

    private static void DropDropout(List<Layer> layers)
    {
        while (layers is [.., Dropout or SpatialDropout])
            layers.RemoveAt(layers.Count - 1);
    }

    private KerasImportException Refused(string why) =>
        new($"{_path}: {_name} {why}, which is not imported. docs/import.md lists what is.");
}
