using Firn.Kernels;
using Firn.Layers;
using Firn.Linear;
using Firn.Text;

namespace Firn.Model;

/// <summary>
/// Token ids to probabilities: the embedding, any list of layers (<see cref="ClassifierOptions.Model"/>), the output.
/// Weights change only through training or <see cref="Parameter.Values"/>; prediction may run on many threads at a
/// time.
/// </summary>
public sealed class TextClassifier
{
    private readonly Parameter[] _parameters;
    private long _version;
    private float[]? _prior;

    /// <summary>
    /// Builds a model with fresh weights: Glorot uniform kernels, orthogonal recurrent kernels, unit forget bias.
    /// </summary>
    /// <param name="options">The shape of the model.</param>
    /// <param name="embedding">The word vectors; shared, not copied.</param>
    /// <param name="seed">Decides the fresh weights.</param>
    public TextClassifier(ClassifierOptions options, EmbeddingTable embedding, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(embedding);
        options.Validate();
        if (options.Multichannel && embedding.Dimension % 2 != 0)
        {
            throw new ArgumentException(
                $"Rows of two channels have an even number of values, not {embedding.Dimension}; "
                    + "make them by EmbeddingTable.TwoChannels.",
                nameof(embedding)
            );
        }
        Options = options;
        Embedding = embedding;
        _parameters = ModelLayers.CreateWeights(options, embedding, new CounterRandom(seed));
    }

    /// <summary>The shape of the model.</summary>
    public ClassifierOptions Options { get; }

    /// <summary>The word vectors.</summary>
    public EmbeddingTable Embedding { get; }

    /// <summary>The linear part beside the LSTM: its logits are added to the dense layer's; null for none.</summary>
    internal NgramClassifier? LinearBranch { get; set; }

    private int _trainers;

    /// <summary>Takes the weights for one training.</summary>
    /// <exception cref="InvalidOperationException">Another training has them.</exception>
    internal void BeginTraining()
    {
        if (Interlocked.Exchange(ref _trainers, 1) != 0)
            throw new InvalidOperationException(
                "The model is being trained by another Trainer; wait for it, or train another model."
            );
    }

    /// <summary>Gives them back.</summary>
    internal void EndTraining() => Volatile.Write(ref _trainers, 0);

    /// <summary>
    /// Counts the changes that training made to the weights, so that what was derived from them can be dropped.
    /// </summary>
    internal long Version => Interlocked.Read(ref _version);

    /// <summary>
    /// Drops what was folded or packed of the weights: whoever keeps such a thing compares <see cref="Version"/>.
    /// </summary>
    internal void WeightsChanged() => Interlocked.Increment(ref _version);

    /// <summary>
    /// Probabilities [K] of a text without ids, which the weights have nothing to say about: the shares of the classes
    /// among the training texts, times the class weights where there are any. Null lets the weights speak, as Keras
    /// does.
    /// </summary>
    /// <exception cref="ArgumentException">There are not K, or one is not in [0, 1].</exception>
    public IReadOnlyList<float>? Prior
    {
        get => _prior;
        set
        {
            if (value is not null)
            {
                Throw.IfLengthDiffers(value.Count, Options.OutputSize, "prior");
                foreach (float probability in value)
                    Throw.IfOutside(probability, 0f, 1f, "prior");
            }
            _prior = value is null ? null : [.. value];
        }
    }

    /// <summary>The same for scoring; empty where there is none.</summary>
    internal ReadOnlySpan<float> PriorValues => _prior;

    /// <summary>
    /// A model with copies of these weights but for the embedding's, and with these in place of its shared parts.
    /// </summary>
    /// <param name="table">The word vectors, of the same width; shared.</param>
    /// <param name="linear">The linear part; shared; null for none.</param>
    internal TextClassifier Copy(EmbeddingTable table, NgramClassifier? linear)
    {
        var copy = new TextClassifier(Options, table, seed: 0) { LinearBranch = linear, Prior = Prior };
        foreach (Parameter weights in Parameters.Where(p => p.Group != ParameterGroup.Embedding))
            weights.Values.CopyTo(copy[weights.Name].Values);
        return copy;
    }

    /// <summary>Whether a linear part over n-grams of ids stands beside the LSTM.</summary>
    public bool HasLinearBranch => LinearBranch is not null;

    /// <summary>All weights, the embedding's rows first.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>
    /// The layers between the embedding and the probabilities, in the order in which they run; those of training alone
    /// left out.
    /// </summary>
    public IReadOnlyList<LayerSummary> Layers =>
        [
            .. new ModelLayers(this, trains: false)
                .Nodes.Skip(1)
                .Select(node => new LayerSummary(
                    node.Name,
                    node.Title,
                    node.Shape.ToString(),
                    node.Parameters.Sum(p => (long)p.Values.Length),
                    node.Weights.Count > 0 ? node.Weights[0].Group : null
                )),
        ];

    /// <summary>The weights of that name.</summary>
    /// <exception cref="ArgumentException">The model has no such weights; the message lists those it has.</exception>
    public Parameter this[string name] =>
        Array.Find(_parameters, p => p.Name == name)
        ?? throw new ArgumentException(
            $"The model has no '{name}'; it has {string.Join(", ", _parameters.Select(p => p.Name))}.",
            nameof(name)
        );

    /// <summary>
    /// Scores texts with the weights as they are now; for many calls on the same weights make a <see cref="Scorer"/>.
    /// </summary>
    /// <param name="texts">
    /// N texts as token ids in [0, V); an empty text gets the <see cref="Prior"/>, and where there is none starts and
    /// ends in the zero state.
    /// </param>
    /// <param name="probabilities">
    /// Destination [N,K]: for two classes the probability of class 1 (K = 1), else one probability a class.
    /// </param>
    /// <param name="threads">Threads to use; 0 for all of the machine.</param>
    /// <exception cref="ArgumentException">The destination has the wrong length, or an id is out of range.</exception>
    public void Predict(RaggedIds texts, Span<float> probabilities, int threads = 0)
    {
        new Scorer(this, FoldPrecision.None).Score(texts, probabilities, threads);
    }
}
