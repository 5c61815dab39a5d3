using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Firn.Bundles;
using Firn.Data;
using Firn.Interop.Keras.Layers;
using Firn.Interop.Keras.Preprocessing;
using Firn.Kernels;
using Firn.Layers;
using Firn.Model;
using Firn.Text;
using EmbeddingLayer = Firn.Interop.Keras.Layers.EmbeddingLayer;

namespace Firn.Interop.Keras.Conversion;

/// <summary>
/// A model's files, read once: what they leave open, and predictors of them under different settings, which share the
/// table.
/// </summary>
internal sealed class KerasImport
{
    private const int MaxTokens = 10_000; // of a text where nothing says how long it may be
    private const int LongestText = 100_000;

    private readonly string _path;
    private readonly KerasFile _file;
    private readonly KerasNode _embedding;
    private readonly OutputConversion _output;
    private readonly WeightConversion _weights = new();
    private readonly KerasTextVectorization? _vectorization;
    private readonly KerasTokenizer? _tokenizer;
    private readonly string _tokenizerPath;
    private readonly EmbeddingLayer _table;
    private EmbeddingTable? _rows;

    private KerasImport(string path, KerasImportOptions options, KerasFile? loaded)
    {
        _path = path;
        // The words first: what reading them leaves behind is gone before the weights, which are nearly all, need their
        // memory.
        if (options.Tokenizer is { Length: > 0 } words)
            _tokenizer = KerasTokenizer.Load(words);
        Heap.Trim();
        KerasFile file = _file = loaded ?? KerasFile.Load(path, options.Architecture);
        _embedding = GraphConversion.EmbeddingOf(file, path);
        _table = (EmbeddingLayer)_embedding.Layer;
        KeepsPadsOut = PadGuards.Of(file).Count > 0;
        _vectorization = BeforeEmbedding();
        Piece piece = GraphConversion.Convert(file, path, new LayerConversion(path, _weights), _embedding);
        Layers = piece.Layers;
        _output = new OutputConversion(path, piece, _weights, file.Nodes.First(n => n.Name == file.Outputs[0]));
        _tokenizerPath = _vectorization is null ? options.Tokenizer ?? "" : options.Vocabulary ?? path;
        if (_vectorization is not null && options.Vocabulary is { } vocabulary)
            _vectorization = _vectorization.WithVocabularyFile(vocabulary);
        if (_vectorization is not null && options.Tokenizer is { Length: > 0 } superfluous)
            throw new KerasImportException(
                $"{superfluous}: the model reads texts itself, by its TextVectorization layer, so no tokenizer goes "
                    + $"before it; leave it out."
            );
    }

    /// <summary>Reads a model and its tokenizer.</summary>
    /// <param name="path">The model's file.</param>
    /// <param name="options">Where the rest lies.</param>
    /// <param name="loaded">
    /// The model's file, where it is read already; its weights belong to the import from here on.
    /// </param>
    /// <exception cref="KerasImportException">A file is damaged, or holds what is not taken.</exception>
    public static KerasImport Open(string path, KerasImportOptions options, KerasFile? loaded = null) =>
        Guarded(path, () => new KerasImport(path, options, loaded));

    /// <summary>The layers between embedding and output, but for the choice of a step.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The version of Keras that wrote the model; null where it does not say.</summary>
    public string? KerasVersion => _file.KerasVersion;

    /// <summary>Layers as the file has them.</summary>
    public IReadOnlyList<KerasNode> Nodes => _file.Nodes;

    /// <summary>Classes that the model tells apart.</summary>
    public int Classes => _output.Classes;

    /// <summary>Numbers of an answer.</summary>
    public int Units => _output.Units;

    /// <summary>Whether a step of a sequence of answers must be chosen.</summary>
    public bool AnswersEachStep => _output.AnswersEachStep;

    /// <summary>Whether the last layer has no activation.</summary>
    public bool HasBareOutput => _output.IsBare;

    /// <summary>What makes probabilities of the last numbers; null where that is open.</summary>
    public OutputActivation? OutputUnder(KerasImportOptions options) => _output.Under(options.Output);

    /// <summary>
    /// Words of the tokenizer that may stand for unknown ones: those that are called so, at the start of the index.
    /// </summary>
    public IEnumerable<string> PlausibleOov =>
        _tokenizer is null
            ? []
            : _tokenizer
                .WordIndex.Where(w =>
                    w.Value == 1
                    || w.Key.Contains("OOV", StringComparison.OrdinalIgnoreCase)
                    || w.Key.Contains("unk", StringComparison.OrdinalIgnoreCase)
                )
                .Where(w => w.Value == 1 || w.Key.Any(char.IsPunctuation))
                .Select(w => w.Key)
                .Take(4);

    /// <summary>Rows of the embedding.</summary>
    public int VocabularySize => _table.InputDim;

    /// <summary>Numbers of a word's vector.</summary>
    public int Dimension => _table.OutputDim;

    /// <summary>Whether training of its author left the table as it was.</summary>
    public bool IsFrozen => !_embedding.Trainable;

    /// <summary>Whether the table masks pads.</summary>
    public bool Masks => _table.MaskZero;

    /// <summary>
    /// Whether pads say nothing, for the model keeps them out itself: texts are read as long as they are.
    /// </summary>
    public bool KeepsPadsOut { get; }

    /// <summary>Whether the model reads texts itself.</summary>
    public bool ReadsTexts => _vectorization is not null;

    /// <summary>Whether there are words: a tokenizer, or a layer that is one.</summary>
    public bool HasWords => _tokenizer is not null || _vectorization is not null;

    /// <summary>Whether an answer depends on the side of the pads.</summary>
    public bool ReadsPadSide =>
        !KeepsPadsOut
        && (
            _table.MaskZero
                ? Any(Layers, l => l is Convolution or MaxPooling or AveragePooling or Flatten or GlobalMaxPooling)
                : _output.AnswersEachStep
                    || Any(
                        Layers,
                        l => l is Recurrent or Convolution or MaxPooling or AveragePooling or Flatten or LastState
                    )
        );

    /// <summary>Tokens of a text that the input asks for; null for any number.</summary>
    public int? InputLength =>
        _vectorization is not null ? _vectorization.OutputSequenceLength
        : _file.Input.Layer is InputLayer { Shape: [{ } length] } ? length
        : null;

    /// <summary>What the files leave open and the options do not say.</summary>
    public IReadOnlyList<KerasQuestion> Open(KerasImportOptions options)
    {
        var open = new List<KerasQuestion>();
        if (_vectorization is { Vocabulary: null })
            open.Add(
                new(KerasSetting.Vocabulary, "an .h5 file does not hold the words of its TextVectorization layer")
            );
        if (_vectorization is null && options.Tokenizer is null)
            open.Add(new(KerasSetting.Tokenizer, "the words and their ids"));
        if (options.Labels is null)
            open.Add(
                new(
                    KerasSetting.Labels,
                    Classes == 2 && _output.Units == 1
                        ? "the model answers one number: a name for 0, then for 1"
                        : $"the model tells {Classes} classes apart"
                )
            );
        if (_tokenizer is not null)
        {
            if (options.NumWords is null && _tokenizer.Missing.Contains("num_words"))
                open.Add(
                    new(
                        KerasSetting.NumWords,
                        $"{_tokenizerPath} does not say it; the embedding has {VocabularySize} rows"
                    )
                );
            if (options.OovToken is null && _tokenizer.Missing.Contains("oov_token"))
                open.Add(
                    new(KerasSetting.OovToken, $"{_tokenizerPath} does not say which word stands for unknown ones")
                );
            if (options.Cleaning is null)
                open.Add(new(KerasSetting.Cleaning, "what the author's program did to a text before the tokenizer"));
        }
        if (_vectorization is null && !KeepsPadsOut && InputLength is null && options.MaxLength is null)
            open.Add(new(KerasSetting.MaxLength, "its input takes any number of words"));
        if (_vectorization is null && options.Padding is null && ReadsPadSide && options.MaxLength != 0)
            open.Add(new(KerasSetting.Padding, "its layers see on which side the pads are"));
        if (_output.IsBare && options.Output is null)
            open.Add(new(KerasSetting.Output, "its last layer has no activation"));
        if (_output.AnswersEachStep && options.Step is null)
            open.Add(new(KerasSetting.Step, "it answers for each step of a text"));
        return open;
    }

    /// <summary>The model under these settings.</summary>
    /// <exception cref="KerasImportException">Settings are missing or do not fit the model.</exception>
    public Imported Build(KerasImportOptions options) => Guarded(_path, () => Make(options));

    /// <summary>Whether a row of layers, or a branch within, holds such a layer.</summary>
    private static bool Any(IEnumerable<Layer> layers, Func<Layer, bool> is_) =>
        layers.Any(l => is_(l) || (l is Branches branches && branches.Lists.Any(list => Any(list, is_))));

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new KerasImportException(error.Message, error);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            // Firn's own bounds: units, windows, texts of more steps than a layer can read.
            string why = error.Message.Split(" (Parameter", 2)[0].ReplaceLineEndings(" ").TrimEnd('.');
            throw new KerasImportException($"{path}: the model lies beyond what Firn takes: {why}.", error);
        }
    }

    /// <summary>Between input and table stands nothing, or a layer that makes ids of texts.</summary>
    private KerasTextVectorization? BeforeEmbedding()
    {
        KerasNode before = _file.Nodes.First(n => n.Name == _embedding.Inbound[0]);
        KerasTextVectorization? found = null;
        if (before.Layer is TextVectorizationLayer layer)
        {
            found = layer.Vectorization;
            before = _file.Nodes.First(n => n.Name == before.Inbound[0]);
        }
        return before.Layer is InputLayer
            ? found
            : throw new KerasImportException(
                $"{_path}: layer '{before.Name}' ({before.ClassName}) stands between the input and the embedding '"
                    + $"{_embedding.Name}', which is not imported."
            );
    }

    private Imported Make(KerasImportOptions options)
    {
        IReadOnlyList<KerasQuestion> open = Open(options);
        if (open.Count > 0)
            throw new KerasImportException(_path, open);
        IReadOnlyList<string> labels = options.Labels!;
        if (labels.Count != Classes)
        {
            throw new KerasImportException(
                $"{_path}: the model tells {Classes} classes apart and {labels.Count} label"
                    + $"{(labels.Count == 1 ? " is" : "s are")} given "
                    + $"({string.Join(", ", labels)}). Give {Classes} names, in the order of its outputs."
            );
        }
        ConvertedText text = Text(options);
        Heap.Trim();
        var notes = new List<string>(text.Notes);
        int length = options.MaxLength ?? InputLength ?? 0;
        if (length > LongestText)
            throw new KerasImportException(
                $"{_path}: texts would be brought to {length} words, and {LongestText} are the most. Give a smaller "
                    + $"number."
            );
        if (InputLength is { } made && length != made && length > 0)
            notes.Add($"the model's input has {made} words and texts are brought to {length}");
        if (length != InputLength && InputLength is { } fixedLength && Any(Layers, l => l is Flatten))
            throw new KerasImportException(
                $"{_path}: the model flattens {fixedLength} words, so texts cannot be brought to {length}. Give "
                    + $"{fixedLength}."
            );
        if (length == 0 && Any(Layers, l => l is Flatten))
            throw new KerasImportException($"{_path}: the model flattens its steps, so texts need a length.");
        FinishedOutput finished = _output.Finish(options.Output, options.Step);
        TextClassifier classifier = Classifier(finished, Padding(options, length));
        var predictor = new Predictor(new Tokenizer(text.Cleaning), text.Vocabulary, classifier, [.. labels])
        {
            MaxTokens = length > 0 ? length : MaxTokens,
            Truncation =
                _vectorization is not null || options.Truncating == KerasSide.Post ? Truncation.Head : Truncation.Tail,
            Threshold = options.Threshold ?? 0.5f,
            Neutral = options.Neutral,
            Card = Card(options, length, notes),
        };
        return new Imported(predictor, notes);
    }

    private ConvertedText Text(KerasImportOptions options)
    {
        if (_vectorization is not null)
            return TextConversion.Of(_tokenizerPath, _vectorization, options.Cleaning, VocabularySize);
        if (_tokenizer is null)
            return TextConversion.OfNothing(VocabularySize);
        KerasTokenizer tokenizer = _tokenizer;
        if (options.NumWords is not null || options.OovToken is not null || options.CharLevel is not null)
        {
            try
            {
                tokenizer = tokenizer.With(
                    tokenizer.Options with
                    {
                        NumWords = options.NumWords ?? tokenizer.Options.NumWords,
                        OovToken = options.OovToken is { } oov
                            ? oov.Length > 0
                                ? oov
                                : null
                            : tokenizer.Options.OovToken,
                        CharLevel = options.CharLevel ?? tokenizer.Options.CharLevel,
                    }
                );
            }
            catch (ArgumentException error)
            {
                throw new KerasImportException($"{_tokenizerPath}: {error.Message.Split(" (Parameter", 2)[0]}", error);
            }
        }
        return TextConversion.Of(_tokenizerPath, tokenizer, options.Cleaning!, VocabularySize);
    }

    private PaddedInput? Padding(KerasImportOptions options, int length)
    {
        bool texts = _vectorization is not null;
        return length == 0 || KeepsPadsOut
            ? null
            : new PaddedInput
            {
                Length = length,
                Side = texts || options.Padding == KerasSide.Post ? PaddingSide.Post : PaddingSide.Pre,
                Truncating = texts || options.Truncating == KerasSide.Post ? Truncation.Head : Truncation.Tail,
                Masked = _table.MaskZero,
            };
    }

    private TextClassifier Classifier(FinishedOutput finished, PaddedInput? padding)
    {
        double dropout = finished.Layers is [Dropout first, _, ..] ? first.Rate : 0;
        LayerList layers = LayerList.Of([.. finished.Layers.Skip(dropout > 0 ? 1 : 0)]);
        var options = new ClassifierOptions
        {
            Model = layers,
            Padding = padding,
            Classes = Classes,
            MultiLabel = finished.Output == OutputActivation.Sigmoids,
            EmbeddingDropout = dropout,
        };
        var classifier = new TextClassifier(options, _rows ??= TableConversion.Take(_embedding), seed: 0);
        int taken = 0;
        foreach (Parameter parameter in classifier.Parameters.Where(p => p.Group != ParameterGroup.Embedding))
        {
            if (
                !finished.Weights.TryGetValue(parameter.Name, out ReadOnlyMemory<float> values)
                || values.Length != parameter.Values.Length
            )
            {
                throw new KerasImportException(
                    $"{_path}: the weights '{parameter.Name}' have {values.Length} numbers where ["
                        + $"{string.Join(", ", parameter.Shape.ToArray())}] "
                        + "are needed: the model's layers do not fit each other, or its length is another."
                );
            }
            values.CopyTo(parameter.Values);
            taken++;
        }
        return taken == finished.Weights.Count
            ? classifier
            : throw new InvalidOperationException(
                $"{finished.Weights.Count - taken} of the model's tensors found no place."
            );
    }

    private ModelCard Card(KerasImportOptions options, int length, IReadOnlyList<string> notes)
    {
        var recipe = new JsonObject
        {
            ["imported"] = Path.GetFileName(_path),
            ["keras_version"] = KerasVersion,
            ["tokenizer"] = _tokenizer is null ? null : Path.GetFileName(_tokenizerPath),
            ["embedding_frozen"] = IsFrozen,
            ["max_len"] = length,
            ["padding"] = _vectorization is not null ? "post" : options.Padding?.ToString().ToLowerInvariant(),
            ["truncating"] = _vectorization is not null
                ? "post"
                : (options.Truncating ?? KerasSide.Pre).ToString().ToLowerInvariant(),
            ["notes"] = new JsonArray([.. notes.Select(n => (JsonNode?)JsonValue.Create(n))]),
        };
        using JsonDocument training = JsonDocument.Parse(new JsonObject { ["recipe"] = recipe }.ToJsonString());
        return new ModelCard
        {
            Data = DataSource.None with
            {
                Description = string.Create(
                    CultureInfo.InvariantCulture,
                    $"imported from {Path.GetFileName(_path)} of Keras {KerasVersion ?? "?"}"
                ),
            },
            Training = training.RootElement.Clone(),
        };
    }
}

/// <summary>An imported model.</summary>
/// <param name="Predictor">The model.</param>
/// <param name="Notes">What a user should know.</param>
internal sealed record Imported(Predictor Predictor, IReadOnlyList<string> Notes);
