using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Firn.Bundles;
using Firn.Evaluation;
using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Text;

namespace Firn;

/// <summary>
/// Texts in, labels out: the cleaning, the vocabulary and the classifier that were trained together, and the names of
/// the classes. It has no way to be given another cleaning. Safe for use by many threads, not while
/// the classifier trains; after further training it predicts with the new weights.
/// </summary>
/// <remarks>
/// <see cref="Dispose"/> may come at any time: calls in flight finish, later ones get
/// <see cref="ObjectDisposedException"/>. A predictor that is not disposed of goes with the garbage, and its mapped
/// file with it.
/// </remarks>
public sealed class Predictor : IDisposable
{
    private readonly MappedParts? _files; // one hold of them is this predictor's own
    private readonly CurrentScorer _scorer;
    private readonly ConcurrentBag<TextEncoder> _encoders = [];
    private LabelRule? _rule;
    private int _disposed;

    /// <summary>Puts a predictor together.</summary>
    /// <param name="tokenizer">The cleaning the classifier was trained with.</param>
    /// <param name="vocabulary">The ids it was trained with; V as the classifier's table has.</param>
    /// <param name="classifier">The classifier.</param>
    /// <param name="labels">Names of the classes, [C].</param>
    /// <exception cref="ArgumentException">Vocabulary, classifier and labels do not fit each other.</exception>
    public Predictor(
        Tokenizer tokenizer,
        Vocabulary vocabulary,
        TextClassifier classifier,
        IReadOnlyList<string> labels
    )
        : this(tokenizer, vocabulary, classifier, labels, files: null) { }

    internal Predictor(
        Tokenizer tokenizer,
        Vocabulary vocabulary,
        TextClassifier classifier,
        IReadOnlyList<string> labels,
        MappedParts? files,
        CurrentScorer? scorer = null
    )
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(labels);
        Throw.IfLengthDiffers(labels.Count, classifier.Options.Classes, nameof(labels));
        Throw.IfLengthDiffers(vocabulary.Count, classifier.Embedding.VocabularySize, nameof(vocabulary));
        Tokenizer = tokenizer;
        Vocabulary = vocabulary;
        Classifier = classifier;
        Labels = labels;
        _files = files;
        // Folded as words are met: a predictor should load at once; folding the whole table ahead pays for a server.
        _scorer = scorer ?? new CurrentScorer(classifier);
    }

    private Predictor(Predictor like, TextClassifier classifier, CurrentScorer? scorer)
        : this(like.Tokenizer, like.Vocabulary, classifier, like.Labels, like.ShareFiles(), scorer)
    {
        (Neutral, AbstainBelow, Threshold, MaxTokens) = (
            like.Neutral,
            like.AbstainBelow,
            like.Threshold,
            like.MaxTokens
        );
        (Card, Trace, Threads, Truncation) = (like.Card, like.Trace, like.Threads, like.Truncation);
    }

    /// <summary>Cleans and splits.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Tokens to ids.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Ids to probabilities.</summary>
    public TextClassifier Classifier { get; }

    /// <summary>Names of the classes, by class number.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>
    /// The scores that get a label of their own; null, the default, for none. Two classes only.
    /// </summary>
    public NeutralBand? Neutral { get; init; }

    /// <summary>
    /// Confidence below which a text gets the label <see cref="UnsureLabel"/>: the model does not know, which is
    /// another thing than knowing it to be neutral. In [0, 1.01]; null for none; comes before <see cref="Neutral"/>.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A class is called <c>unsure</c> itself, or the value is out of range.
    /// </exception>
    public double? AbstainBelow
    {
        get;
        init
        {
            if (value is { } confidence)
                Throw.IfOutside(confidence, 0, 1.01, nameof(AbstainBelow));
            if (value > 0)
                RefuseUnsureClass();
            field = value;
        }
    }

    /// <summary>
    /// With two classes, the score from which a text gets the second, and where a text may have several classes, the
    /// probability from which it has each; in [0, 1], 0.5 unless it was tuned
    /// (<see cref="Evaluation.DecisionThreshold"/>). <see cref="Neutral"/>, where there is a band, comes first.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public float Threshold
    {
        get;
        init
        {
            Throw.IfOutside(value, 0f, 1f, nameof(Threshold));
            field = value;
        }
    } = Decision.Default;

    /// <summary>The label of texts that the model is not sure about.</summary>
    public const string UnsureLabel = LabelRule.UnsureLabel;

    /// <summary>How a label is chosen from probabilities.</summary>
    public LabelRule Rule =>
        _rule ??= new LabelRule
        {
            Labels = Labels,
            MultiLabel = Classifier.Options.MultiLabel,
            Threshold = Threshold,
            AbstainBelow = AbstainBelow,
            Neutral = Neutral,
        };

    /// <summary>Ids used of a text, at most. Default 300.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0.</exception>
    public int MaxTokens
    {
        get;
        init
        {
            Throw.IfNotPositive(value, nameof(MaxTokens));
            field = value;
        }
    } = 300;

    /// <summary>Which ids count in a longer text.</summary>
    public Truncation Truncation { get; init; }

    /// <summary>Where the model came from.</summary>
    public ModelCard Card { get; init; } = new();

    /// <summary>What training saw and moved, for the study of drift; null where that is not known.</summary>
    public TrainingTrace? Trace { get; init; }

    /// <summary>Threads to use for a batch; 0 for all of the machine.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>Loads a bundle; see <see cref="Bundle.Load"/>.</summary>
    public static Predictor Load(string folder) => Bundle.Load(folder);

    /// <summary>Saves as a bundle; see <see cref="Bundle.Save"/>.</summary>
    public void Save(string folder) => Bundle.Save(folder, this);

    /// <summary>The same predictor with another neutral band, or none; both share the model.</summary>
    public Predictor WithNeutral(NeutralBand? band) => new(this, Classifier, _scorer) { Neutral = band };

    /// <summary>
    /// The same predictor that keeps silent below a confidence, or never (null); both share the model.
    /// </summary>
    public Predictor WithAbstainBelow(double? confidence)
    {
        if (confidence is { } value)
            Throw.IfOutside(value, 0, 1.01, "confidence");
        return new(this, Classifier, _scorer) { AbstainBelow = confidence };
    }

    /// <summary>
    /// The same predictor with another score from which the second of two classes is given; both share the model.
    /// </summary>
    public Predictor WithThreshold(float threshold)
    {
        Throw.IfOutside(threshold, 0f, 1f);
        return new(this, Classifier, _scorer) { Threshold = threshold };
    }

    /// <summary>
    /// The same predictor with other word vectors; the other weights are copied, a linear part is shared.
    /// </summary>
    /// <param name="table">A table for the same token ids, V.</param>
    /// <param name="trace">What is known of these vectors' training; null for nothing.</param>
    /// <exception cref="ArgumentException">The table has another number of ids or another width.</exception>
    public Predictor WithEmbedding(EmbeddingTable table, TrainingTrace? trace)
    {
        ArgumentNullException.ThrowIfNull(table);
        Throw.IfLengthDiffers(table.VocabularySize, Classifier.Embedding.VocabularySize, nameof(table));
        Throw.IfLengthDiffers(table.Dimension, Classifier.Embedding.Dimension, "vector");
        return new(this, Classifier.Copy(table, Classifier.LinearBranch), null) { Trace = trace };
    }

    /// <summary>
    /// The same predictor on this many threads a batch, 0 for all of the machine; both share the model.
    /// </summary>
    public Predictor WithThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return new(this, Classifier, _scorer) { Threads = threads };
    }

    /// <summary>The same predictor with another card; both share the model.</summary>
    internal Predictor WithCard(ModelCard card) => new(this, Classifier, _scorer) { Card = card };

    /// <summary>
    /// Scores and labels one text, and allocates nothing but the answer. An empty text, or one without a word that says
    /// something, gets the classifier's prior and <see cref="Prediction.HasNoKnownToken"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The predictor was disposed of.</exception>
    public Prediction Predict(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ThrowIfDisposed();
        TextEncoder encoder = _encoders.TryTake(out TextEncoder? free) ? free : new TextEncoder(this);
        var probabilities = new float[Classifier.Options.OutputSize];
        int tokens = encoder.Set(text);
        _scorer.Value.ScoreOne(encoder.Ids, encoder.Unseen, probabilities);
        Prediction prediction = Decide(Rule, probabilities, tokens, encoder.Ids.Length, encoder.Unseen);
        _encoders.Add(encoder);
        return prediction;
    }

    /// <summary>Scores and labels texts, in order.</summary>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ThrowIfDisposed();
        var encoder = new TextEncoder(this);
        var tokens = new int[texts.Count];
        for (int i = 0; i < texts.Count; i++)
            tokens[i] = encoder.Add(
                texts[i]
                    ?? throw new ArgumentException(
                        $"Text {i} is null; leave it out, or give an empty text.",
                        nameof(texts)
                    )
            );
        return Decide(encoder.ToRaggedIds(), tokens);
    }

    /// <summary>Scores and labels texts that are ids already (<see cref="IdsOf"/>), in order.</summary>
    public IReadOnlyList<Prediction> Predict(RaggedIds ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Decide(ids, [.. Enumerable.Range(0, ids.Count).Select(ids.LengthOf)]);
    }

    private Prediction[] Decide(RaggedIds ids, int[] tokens)
    {
        float[] probabilities = Probabilities(ids);
        var predictions = new Prediction[ids.Count];
        LabelRule rule = Rule;
        int columns = Classifier.Options.OutputSize;
        for (int i = 0; i < predictions.Length; i++)
        {
            ReadOnlySpan<float> row = probabilities.AsSpan(i * columns, columns);
            predictions[i] = Decide(rule, row.ToArray(), tokens[i], ids.LengthOf(i), ids.UnseenOf(i));
        }
        return predictions;
    }

    private static Prediction Decide(LabelRule rule, float[] row, int tokens, int known, ReadOnlySpan<float> unseen)
    {
        LabelDecision decision = rule.Decide(row);
        return new Prediction(decision.Label, decision.Probability, row, tokens, known)
        {
            Abstained = decision.Abstained,
            Spelled = unseen is [.., > 0],
        };
    }

    /// <summary>
    /// Probabilities of texts as ids, [N,K]: one column for two classes, that of the second. Words that have no id
    /// count by their spelling where the model reads characters and the ids are as
    /// <see cref="Encode(IEnumerable{string})"/> made them; ids alone do not tell them.
    /// </summary>
    public float[] Probabilities(RaggedIds ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ThrowIfDisposed();
        var probabilities = new float[ids.Count * Classifier.Options.OutputSize];
        _scorer.Value.Score(ids, probabilities, Threads);
        return probabilities;
    }

    /// <summary>
    /// Appends the ids that this model sees of one text, and what it reads in the spelling of words that have none.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="tokens">Gets the tokens.</param>
    /// <param name="ids">Appended to; at most <see cref="MaxTokens"/>.</param>
    /// <param name="unseen">
    /// Appended to: a row of <see cref="RaggedIds.Unseen"/>, or nothing where the model does not read spellings.
    /// </param>
    /// <returns>How many ids were appended.</returns>
    public int Encode(string text, TokenBuffer tokens, List<int> ids, List<float> unseen)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(unseen);
        Tokenizer.Tokenize(text, tokens);
        int known = Vocabulary.Encode(tokens, ids);
        var window = TokenWindow.Of(known, MaxTokens, Truncation);
        window.Cut(ids, ids.Count - known);
        if (Spelling is { } spelling)
        {
            int start = unseen.Count;
            CollectionsMarshal.SetCount(unseen, start + Classifier.Options.OutputSize + 1);
            Span<float> row = CollectionsMarshal.AsSpan(unseen)[start..];
            row.Clear();
            if (known < tokens.Count || Vocabulary.Unknown == UnknownWords.Row)
                AddUnseen(tokens, known, window, spelling, row);
        }
        return window.Count;
    }

    private CharacterSpelling? Spelling => Classifier.LinearBranch?.Characters?.Spelling;

    private void AddUnseen(
        TokenBuffer tokens,
        int known,
        TokenWindow window,
        CharacterSpelling spelling,
        Span<float> row
    )
    {
        for (int i = 0, place = 0; i < tokens.Count; i++)
        {
            int id = Vocabulary.IdOf(tokens[i]);
            if (id == Vocabulary.UnknownId && window.Holds(place, known))
                spelling.Add(tokens[i], row);
            place += id > 0 ? 1 : 0;
        }
    }

    /// <summary>The ids that this model sees of texts.</summary>
    public RaggedIds Encode(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var encoder = new TextEncoder(this);
        foreach (string text in texts)
            encoder.Add(text);
        return encoder.ToRaggedIds();
    }

    /// <summary>
    /// Texts that another program made ids of, brought to what this model scores: without the pads where they mean
    /// nothing, and cut as the model cuts. An imported model whose pads are words reads pads like any id.
    /// </summary>
    /// <param name="texts">The ids of each text, padded or not.</param>
    /// <exception cref="ArgumentException">An id is none of the model's; the message names text and id.</exception>
    public RaggedIds IdsOf(IEnumerable<IReadOnlyList<int>> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var ids = new List<int>();
        var offsets = new List<int> { 0 };
        bool masked = Classifier.Options.Padding is null or { Masked: true };
        foreach (IReadOnlyList<int> text in texts)
        {
            foreach (int id in text)
            {
                if ((uint)id >= (uint)Vocabulary.Count)
                    throw new ArgumentException(
                        $"Text {offsets.Count}: the id {id} is none of the model's, which go from 0 to "
                            + $"{Vocabulary.Count - 1}.",
                        nameof(texts)
                    );
                if (id != Text.Vocabulary.Pad || !masked)
                    ids.Add(id);
            }
            TokenWindow.Of(ids.Count - offsets[^1], MaxTokens, Truncation).Cut(ids, offsets[^1]);
            offsets.Add(ids.Count);
        }
        return new RaggedIds([.. ids], [.. offsets]);
    }

    /// <summary>
    /// Ends the use of this predictor: calls in flight finish, later ones get <see cref="ObjectDisposedException"/>.
    /// The mapped file of a loaded bundle is let go when the last of the predictors that share it (those made by
    /// <c>With...</c>) is disposed of.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _files?.Dispose();
    }

    /// <summary>
    /// The label for texts without a class must be no class's name, or nobody could tell the two apart.
    /// </summary>
    private void RefuseUnsureClass()
    {
        if (Labels.Contains(UnsureLabel))
        {
            throw new ArgumentException(
                $"A class of the model is called '{UnsureLabel}', which is also what a text would get that the model "
                    + $"is not sure about; "
                    + "rename the class, or leave this option out.",
                nameof(AbstainBelow)
            );
        }
    }

    private MappedParts? ShareFiles()
    {
        ThrowIfDisposed();
        return _files?.Take();
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
