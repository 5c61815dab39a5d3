using System.Text.Json.Serialization;
using Firn.Data;
using Firn.Evaluation;
using Firn.Linear;
using Firn.Model;
using Firn.Text;
using Firn.Training;
using Firn.Vectors.Training;

namespace Firn.Recipes;

/// <summary>Which of the training texts measure each epoch.</summary>
public enum ValidationSplit
{
    /// <summary>The last ones, after the shuffle of the test split: Keras' <c>validation_split</c>.</summary>
    Last,

    /// <summary>
    /// The same share of every class, drawn at random; texts that are equal after cleaning stay together.
    /// </summary>
    Stratified,
}

/// <summary>Which of the texts are kept apart for the test.</summary>
public enum TestSplit
{
    /// <summary>Those of scikit-learn's <c>train_test_split</c>; a text and its copy can fall on both sides.</summary>
    Random,

    /// <summary>
    /// The same share of every class, drawn at random; texts that are equal after cleaning stay together.
    /// </summary>
    Stratified,
}

/// <summary>
/// Every choice between a file of labeled texts and a model. The two presets are complete recipes, made anew each time
/// they are asked for, so that whoever binds a configuration over one changes no other.
/// </summary>
public sealed record RecipeOptions
{
    /// <summary>Name of the preset it started from.</summary>
    public string Preset { get; init; } = "notebook";

    /// <summary>Text to tokens.</summary>
    public CleaningOptions Cleaning { get; init; } = CleaningOptions.Notebook;

    /// <summary>Tokens to ids.</summary>
    public VocabularyOptions Vocabulary { get; init; } = new();

    /// <summary>Ids a text, at most (Keras' <c>pad_sequences(maxlen)</c>).</summary>
    public int MaxTokens { get; init; } = 300;

    /// <summary>Which of them count in a longer text.</summary>
    public Truncation Truncation { get; init; }

    /// <summary>
    /// Share of the texts kept apart for the test; in [0, 1), 0 for no test. The notebook computes 1 - 0.8, which as a
    /// double is a little less than 0.2.
    /// </summary>
    public double TestShare { get; init; } = 1 - 0.8;

    /// <summary>Which texts those are; where a text may have several labels, labels are not looked at.</summary>
    public TestSplit TestSplit { get; init; }

    /// <summary>scikit-learn's <c>random_state</c> of the split.</summary>
    public uint SplitSeed { get; init; } = 42;

    /// <summary>Share of the training texts that measure each epoch; in [0, 1), 0 for none.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>Which texts those are.</summary>
    public ValidationSplit Validation { get; init; } = ValidationSplit.Last;

    /// <summary>
    /// Counts the validation texts of the data too where vocabulary and word vectors are made, as the notebook does.
    /// The test's words are not counted, so figures on validation texts then look better than those of the test.
    /// </summary>
    public bool CountValidation { get; init; } = true;

    /// <summary>
    /// Folds of a cross-validation in the place of validation texts; 0 for none. Every text is scored by a model that
    /// was trained without it, vocabulary and word vectors included: that chooses the epoch, the penalty of the linear
    /// part, the weights of both and the threshold. Then all texts train. Pays where texts are few; costs the time of
    /// training so many times.
    /// </summary>
    public int Folds { get; init; }

    /// <summary>
    /// How word vectors are trained on the training texts, unless <see cref="VectorsPath"/> names a file.
    /// </summary>
    public Word2VecOptions Word2Vec { get; init; } = new();

    /// <summary>A file of word vectors to use instead of training them; null trains them.</summary>
    public string? VectorsPath { get; init; }

    /// <summary>
    /// Files of texts without labels that word vectors are trained on beside the training texts. Their words belong to
    /// the vocabulary when they are frequent enough for a vector, so that a word which no training text has is known
    /// too.
    /// </summary>
    public IReadOnlyList<string> VectorTexts { get; init; } = [];

    /// <summary>
    /// Folder of a bundle to start from: its cleaning, vocabulary, table and LSTM, and its dense layer where the labels
    /// are the same. Words that it lacks are added. Null starts from fresh weights.
    /// </summary>
    public string? From { get; init; }

    /// <summary>
    /// Words of <see cref="VectorsPath"/> that the training texts lack and that get an id and their vector all the
    /// same, since later texts will hold them: those among the first so many rows of the file that the cleaning could
    /// give. 0 for none. Costs a row of the table each (4 bytes a value: 60 MB for 50,000 words of 300), in memory and
    /// bundle.
    /// </summary>
    public int UnseenWords { get; init; } = 50_000;

    /// <summary>
    /// Keeps the word vectors that training moved as they were before, for the study of drift: costs as many bytes in
    /// the bundle as their rows do. Frozen vectors cost nothing.
    /// </summary>
    public bool KeepPretrained { get; init; } = true;

    /// <summary>
    /// Gives each word without a vector a zero row of its own, which moves wherever the schedule trains the table, as
    /// Keras does; costs the memory of the whole table. Otherwise such words share one zero row that never trains,
    /// unless a rule of the schedule lets them move (<see cref="RowRule.WithoutVector"/>), which gives them their rows
    /// too.
    /// </summary>
    public bool TrainWordsWithoutVector { get; init; }

    /// <summary>How the model is trained, <see cref="TrainWordsWithoutVector"/> worked into the schedule.</summary>
    internal TrainingOptions TrainingInEffect =>
        TrainWordsWithoutVector ? Training with { Schedule = Training.Schedule.WithRowsWithoutVector() } : Training;

    /// <summary>Whether every word has a row of its own.</summary>
    internal bool OwnRows => TrainWordsWithoutVector || Training.Schedule.MovesRowsWithoutVector;

    /// <summary>The model; its number of classes is taken from the labels.</summary>
    public ClassifierOptions Classifier { get; init; } = new();

    /// <summary>A linear part over n-grams of tokens beside the LSTM; null for none.</summary>
    [JsonPropertyName("wide")]
    public LinearBranchOptions? LinearBranch { get; init; }

    /// <summary>
    /// Scales the logits so that probabilities mean what they say on the validation texts (temperature scaling); a
    /// model with a linear part always is.
    /// </summary>
    public bool Calibrate { get; init; }

    /// <summary>
    /// Moves the score from which the second of two classes is predicted to where this figure is best on the validation
    /// texts; null leaves it at 0.5.
    /// </summary>
    public ThresholdMetric? TuneThreshold { get; init; }

    /// <summary>
    /// Once the validation texts have chosen the epoch, the scales and the threshold, does the work again on training
    /// and validation texts together, vocabulary and word vectors included, as many epochs at the same rates, and keeps
    /// scales and threshold. Pays where texts are few and a part of them validates; costs the time of the first
    /// training once more. Figures on validation texts mean nothing for the model afterwards.
    /// </summary>
    public bool Refit { get; init; }

    /// <summary>How the model is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>
    /// Weighs each class by N / (C * its texts), scikit-learn's <c>balanced</c>, unless weights are given.
    /// </summary>
    public bool BalanceClasses { get; init; }

    /// <summary>
    /// Names for labels as they stand in the data (0 to negative), beside those the format knows; null for none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? LabelNames { get; init; }

    /// <summary>
    /// What becomes of test rows whose label the training texts lack: refuse the data, or leave the rows out.
    /// </summary>
    public RowErrorPolicy OnUnknownLabel { get; init; } = RowErrorPolicy.Stop;

    /// <summary>
    /// The reference notebook, setting for setting: its cleaning, word2vec of 300 values, window 7, at least 10
    /// occurrences, 32 epochs; LSTM 100 on the frozen table, 8 epochs of batches of 1024, its two callbacks.
    /// </summary>
    public static RecipeOptions Notebook =>
        new()
        {
            Word2Vec = new Word2VecOptions
            {
                VectorSize = 300,
                Window = 7,
                MinCount = 10,
                Epochs = 32,
            },
            Training = new TrainingOptions
            {
                ReduceLearningRate = new ReduceLearningRateOptions { Monitor = Monitored.ValidationLoss, Patience = 5 },
                EarlyStopping = new EarlyStoppingOptions
                {
                    Monitor = Monitored.ValidationAccuracy,
                    MinDelta = 1e-4,
                    Patience = 5,
                },
            },
        };

    /// <summary>
    /// What wins on short messages (docs/accuracy.md): a cleaning that keeps negation and tone; a bidirectional LSTM
    /// with attention over word vectors that train with it from the first epoch; beside it logistic regression on
    /// n-grams of words; probabilities scaled on the validation texts.
    /// </summary>
    public static RecipeOptions Tweets =>
        new()
        {
            Preset = "tweets",
            Cleaning = CleaningOptions.Tweets with { KeepPunctuation = true },
            TestShare = 0.1,
            TestSplit = TestSplit.Stratified,
            ValidationShare = 0.05,
            Validation = ValidationSplit.Stratified,
            CountValidation = false,
            Word2Vec = new Word2VecOptions
            {
                VectorSize = 100,
                Window = 5,
                MinCount = 5,
                Epochs = 10,
            },
            Classifier = new ClassifierOptions
            {
                HiddenSize = 64,
                Bidirectional = true,
                Pooling = Pooling.Attention,
                EmbeddingDropout = 0.3,
                InputDropout = 0,
                RecurrentDropout = 0,
            },
            LinearBranch = new LinearBranchOptions(),
            Calibrate = true,
            Training = new TrainingOptions
            {
                Epochs = 5,
                BatchSize = 256,
                Schedule = ThawSchedule.Trainable,
                RestoreBest = true,
            },
        };

    /// <summary>
    /// Where <see cref="Recipe.Default"/> starts from: <see cref="Tweets"/>, whose word vectors, schedule and linear
    /// part the data then chooses.
    /// </summary>
    public static RecipeOptions Default => Tweets with { Preset = "default" };

    /// <summary>The options of a preset by its name.</summary>
    /// <exception cref="ArgumentException">No preset has this name.</exception>
    public static RecipeOptions ForPreset(string name) =>
        name switch
        {
            "notebook" => Notebook,
            "tweets" => Tweets,
            "default" => Default,
            _ => throw new ArgumentException(
                $"There is no preset '{name}'; choose default, tweets or notebook.",
                nameof(name)
            ),
        };

    /// <summary>
    /// The same recipe with another seed for vectors, weights, shuffles and dropout; the split keeps its own.
    /// </summary>
    public RecipeOptions WithSeed(ulong seed) =>
        this with
        {
            Word2Vec = Word2Vec with { Seed = seed },
            Training = Training with { Seed = seed },
        };

    /// <summary>
    /// The same recipe on this many threads; 0 for all. Word2vec repeats bit for bit on one, and where it is
    /// deterministic.
    /// </summary>
    public RecipeOptions WithThreads(int threads) =>
        this with
        {
            Word2Vec = Word2Vec with { Threads = threads },
            Training = Training with { Threads = threads },
        };

    /// <summary>Refuses values out of range before any work is done.</summary>
    /// <exception cref="ArgumentException">The message names the value and what is allowed.</exception>
    /// <exception cref="FileNotFoundException">The file of vectors does not exist.</exception>
    public void Validate()
    {
        Throw.IfNotPositive(MaxTokens);
        const double below1 = 0.999999;
        Throw.IfOutside(TestShare, 0, below1);
        Throw.IfOutside(ValidationShare, 0, below1);
        Throw.IfOutside(UnseenWords, 0, int.MaxValue);
        Word2Vec.Validate();
        Classifier.Validate();
        if (Classifier.PaddingInEffect is { Length: > 0 and var padded } && padded < MaxTokens)
            throw new ArgumentException(
                $"Texts are padded to {padded} tokens and have up to {MaxTokens}; the padded length must be no "
                    + $"smaller.",
                nameof(Classifier)
            );
        LinearBranch?.Validate();
        // how many there are, the data says
        int classes = Training.ClassWeights is { Count: > 0 } weights ? weights.Count : 2;
        Training.Validate(classes, ValidationShare > 0 && Folds == 0);
        if (Folds != 0)
            Throw.IfOutside(Folds, 2, 100);
        if (Folds > 0 && Refit)
            throw new ArgumentException(
                "With folds all texts train in the end already; leave the refit or the folds out.",
                nameof(Refit)
            );
        _ = new Tokenizer(Cleaning);
        if (VectorsPath is not null && !File.Exists(VectorsPath))
            throw new FileNotFoundException($"{VectorsPath} does not exist; name a file of word vectors.", VectorsPath);
        if (VectorTexts.FirstOrDefault(path => !File.Exists(path)) is { } missing)
            throw new FileNotFoundException(
                $"{missing} does not exist; name a file of texts for word vectors.",
                missing
            );
        if (VectorTexts.Count > 0 && (VectorsPath ?? From) is { } other)
            throw new ArgumentException(
                $"Word vectors come from {other}, so there is nothing to train on {VectorTexts[0]}; leave one of the "
                    + $"two out.",
                nameof(VectorTexts)
            );
        if (From is not null && VectorsPath is not null)
            throw new ArgumentException(
                $"Word vectors come from the bundle {From} and from {VectorsPath}; leave one of the two out.",
                nameof(From)
            );
    }
}
