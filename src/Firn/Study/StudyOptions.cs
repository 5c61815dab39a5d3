using Firn.Data;
using Firn.Model;
using Firn.Text;
using Firn.Vectors.Training;

namespace Firn.Study;

/// <summary>Which classifiers a study trains, and on what.</summary>
public sealed record StudyOptions
{
    /// <summary>The size that stands for all training texts.</summary>
    public const int AllTexts = int.MaxValue;

    /// <summary>Training sizes in texts, validation included; those the data does not reach are left out.</summary>
    public IReadOnlyList<int> Sizes { get; init; } = [500, 2_000, 10_000, 50_000, AllTexts];

    /// <summary>
    /// What is done with the table; <see cref="StudyPolicy.Frozen"/> is always among them, for all are compared with
    /// it.
    /// </summary>
    public IReadOnlyList<StudyPolicy> Policies { get; init; } = StudyPolicies.All;

    /// <summary>
    /// Repetitions, each with its own subsample, fresh weights, order of texts and dropout, the same for every policy;
    /// 1 or more.
    /// </summary>
    public int Seeds { get; init; } = 5;

    /// <summary>Text to tokens; must be the cleaning that the vectors were trained with.</summary>
    public CleaningOptions Cleaning { get; init; } = CleaningOptions.Tweets;

    /// <summary>
    /// The model. The default is the kind that the tweets preset has, without its linear part: a bidirectional LSTM
    /// whose attention reads every position, so that 500 texts suffice to learn something, and whose only word features
    /// are the vectors under study. Its sizes are the study's own, so that studies stay comparable when the preset
    /// changes.
    /// </summary>
    public ClassifierOptions Classifier { get; init; } =
        new()
        {
            HiddenSize = 64,
            Bidirectional = true,
            Pooling = Pooling.Attention,
            EmbeddingDropout = 0.3,
            InputDropout = 0,
            RecurrentDropout = 0,
        };

    /// <summary>Ids a text at most; of a longer one the last count.</summary>
    public int MaxTokens { get; init; } = 300;

    /// <summary>
    /// Share of the texts kept apart for the test where no test texts are given; above 0 and below 1.
    /// </summary>
    public double TestShare { get; init; } = 0.1;

    /// <summary>Decides the split of the test and all seeds.</summary>
    public uint Seed { get; init; } = 42;

    /// <summary>A file of word vectors; null trains word2vec on all texts, their labels unread, first.</summary>
    public string? VectorsPath { get; init; }

    /// <summary>How word vectors are trained where no file is given.</summary>
    public Word2VecOptions Word2Vec { get; init; } =
        new()
        {
            VectorSize = 100,
            Window = 5,
            MinCount = 5,
            Epochs = 10,
        };

    /// <summary>
    /// Words of the vectors' file that get a row whether the data has them or not, the first of the file; words of the
    /// data always do. Words that no text holds change no score, but they have neighbors and take memory.
    /// </summary>
    public int Words { get; init; } = 100_000;

    /// <summary>Epochs for every size; null takes <see cref="StudyTraining.ForTexts"/>.</summary>
    public int? Epochs { get; init; }

    /// <summary>Texts a step for every size; null takes <see cref="StudyTraining.ForTexts"/>.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Adam's learning rate; above 0.</summary>
    public double LearningRate { get; init; } = 0.001;

    /// <summary>
    /// Strength of the pull to the pretrained rows in <see cref="StudyPolicy.Anchor"/>, see
    /// <see cref="Training.ThawPhase.AnchorStrength"/>; above 0.
    /// </summary>
    public double AnchorStrength { get; init; } = 0.01;

    /// <summary>
    /// Classifiers trained at a time, each on one thread; 0 for one a processor. Results do not depend on it.
    /// </summary>
    public int Jobs { get; init; }

    /// <summary>Time to use; what does not fit is dropped, the least informative first. Null for no limit.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Names for labels as they stand in the data; null for none.</summary>
    public IReadOnlyDictionary<string, string>? LabelNames { get; init; }

    /// <summary>Whether test rows whose label the training texts lack are refused or left out.</summary>
    public RowErrorPolicy OnUnknownLabel { get; init; } = RowErrorPolicy.Stop;

    /// <summary>How a training size is trained.</summary>
    public StudyTraining TrainingOf(int texts)
    {
        StudyTraining usual = StudyTraining.ForTexts(texts);
        return new StudyTraining(Epochs ?? usual.Epochs, BatchSize ?? usual.BatchSize);
    }

    /// <summary>Refuses values out of range before any work is done.</summary>
    /// <exception cref="ArgumentException">The message names the value and what is allowed.</exception>
    /// <exception cref="FileNotFoundException">The file of vectors does not exist.</exception>
    public void Validate()
    {
        if (Sizes.Count == 0)
            throw new ArgumentException("A study needs a training size; give at least one.", nameof(Sizes));
        foreach (int size in Sizes)
            Throw.IfOutside(size, 20, int.MaxValue, "training size");
        if (Policies.Count == 0)
            throw new ArgumentException("A study needs a policy; give at least one.", nameof(Policies));
        Throw.IfOutside(Seeds, 1, 1000, "number of seeds");
        Throw.IfNotPositive(MaxTokens);
        Throw.IfOutside(TestShare, 0.001, 0.9);
        Throw.IfOutside(Words, 0, 10_000_000);
        Throw.IfOutside(Epochs ?? 2, 2, 10_000, "epochs");
        Throw.IfNotPositive(BatchSize ?? 1, "batch size");
        Throw.IfOutside(LearningRate, double.Epsilon, 1e3, "learning rate");
        Throw.IfOutside(AnchorStrength, double.Epsilon, 1e6, nameof(AnchorStrength));
        Throw.IfOutside(Jobs, 0, 1024);
        if (Budget is { } budget && budget <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(Budget), budget, "The budget must be greater than 0.");
        Classifier.Validate();
        Word2Vec.Validate();
        _ = new Tokenizer(Cleaning);
        if (VectorsPath is not null && !File.Exists(VectorsPath))
            throw new FileNotFoundException($"{VectorsPath} does not exist; name a file of word vectors.", VectorsPath);
    }
}
