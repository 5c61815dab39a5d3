using System.Globalization;
using Firn.Data;
using Firn.Evaluation;
using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;

namespace Firn;

/// <summary>
/// The whole path from labeled texts to a predictor: read and clean, split, vocabulary, word vectors, table, training
/// with validation, test.
/// </summary>
public sealed partial class Recipe
{
    /// <summary>A recipe of these options.</summary>
    /// <exception cref="ArgumentException">An option is out of range; nothing has been done.</exception>
    public Recipe(RecipeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
    }

    /// <summary>The reference notebook's.</summary>
    public static Recipe Notebook => new(RecipeOptions.Notebook);

    /// <summary>The one for short messages.</summary>
    public static Recipe Tweets => new(RecipeOptions.Tweets) { BySize = SizeSettings.Tweets };

    /// <summary>
    /// What a data set that nobody has tuned for gets: as <see cref="Tweets"/>, and all that size and validation can
    /// choose.
    /// </summary>
    public static Recipe Default => new(RecipeOptions.Default) { BySize = SizeSettings.All };

    /// <summary>The choices.</summary>
    public RecipeOptions Options { get; }

    /// <summary>
    /// A file that keeps the training after each epoch. Where it is there already, of the same data and options, word
    /// vectors are taken from it and training goes on; delete it when the model is saved. Null keeps nothing.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>
    /// Texts that measure each epoch; null takes <see cref="RecipeOptions.ValidationShare"/> of the training texts.
    /// </summary>
    public IEnumerable<LabeledText>? Validation { get; init; }

    /// <summary>
    /// The settings that are not taken from <see cref="Options"/> but chosen by the number of texts; the result's
    /// options say what they became.
    /// </summary>
    public SizeSettings BySize { get; init; }

    /// <summary>
    /// Bytes of resident memory that the process may take; null for no limit. A recipe that will need more is refused
    /// once its texts are read, before anything is trained, and told what would fit.
    /// </summary>
    public long? MemoryLimit { get; init; }

    private WarmStart? Start { get; init; }

    private List<RecipeChoice> Choices { get; init; } = [];

    /// <summary>Whether penalty and weighting of the linear part are chosen by held-out texts.</summary>
    private bool ChoosesLinear => BySize.HasFlag(SizeSettings.Linear);

    private void Told(string setting, string? because)
    {
        if (because is not null)
            Choices.Add(new RecipeChoice(setting, because));
    }

    /// <summary>Follows the recipe.</summary>
    /// <param name="corpus">
    /// Labeled texts, such as a <see cref="CorpusReader"/>; a reader or a collection is gone through twice, for the
    /// texts are not kept in memory and the most confident errors are looked up again. Any other sequence is read once
    /// and kept, since a second pass might give other texts.
    /// </param>
    /// <param name="test">
    /// Texts to test on; null keeps <see cref="RecipeOptions.TestShare"/> of the corpus apart.
    /// </param>
    /// <param name="observer">Told of stages and progress.</param>
    /// <param name="cancellation">
    /// Before training: ends with an exception. During training: ends it, and the best weights so far are tested.
    /// </param>
    /// <exception cref="InvalidDataException">The data cannot be trained on; the message says why.</exception>
    /// <exception cref="UnknownLabelException">
    /// The test has labels that the corpus lacks, and they are refused.
    /// </exception>
    /// <exception cref="MemoryLimitException">The recipe needs more than <see cref="MemoryLimit"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before training began.</exception>
    public RecipeResult Train(
        IEnumerable<LabeledText> corpus,
        IEnumerable<LabeledText>? test = null,
        IRecipeObserver? observer = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(corpus);
        (corpus, test) = (KeptTexts.Of(corpus, cancellation), test is null ? null : KeptTexts.Of(test, cancellation));
        if (Options.Folds > 0 && (Validation is not null || CheckpointPath is not null))
            throw new ArgumentException(
                $"Folds take the place of validation texts, and their runs are not kept in a checkpoint; leave out "
                    + $"{(Validation is null ? "the checkpoint" : "the validation texts")} or the folds.",
                nameof(corpus)
            );
        using WarmStart? start = OpenStart();
        LabeledSource source = LabeledSource.Of(corpus, Options.LabelNames);
        LabeledSource? testSource = test is null ? null : LabeledSource.Of(test, Options.LabelNames);
        var clock = new StageClock(observer);
        Recipe recipe = start is null ? this : With(start.Apply(Options), start);
        (recipe, CorpusParts parts, LabelMap labels, DataSource data) = recipe.Parts(
            source,
            testSource,
            clock,
            cancellation
        );
        return recipe.Learn(parts, labels, data, (testSource ?? source).Rows, (clock, observer), cancellation);
    }

    /// <summary>Loads the bundle to start from; null where the options name none.</summary>
    private WarmStart? OpenStart()
    {
        if (Options.From is not { } folder)
            return null;
        Predictor source = Predictor.Load(folder);
        return new WarmStart(
            new TrainedBundle(
                source.Classifier,
                source.Vocabulary,
                source.Tokenizer.Options,
                source.Labels,
                source.Card.Data,
                source
            )
        );
    }

    private Recipe With(RecipeOptions options, WarmStart? start) =>
        new(options)
        {
            CheckpointPath = CheckpointPath,
            Validation = Validation,
            BySize = BySize,
            MemoryLimit = MemoryLimit,
            Start = start,
            Choices = Choices,
        };

    private RecipeResult Learn(
        CorpusParts parts,
        LabelMap labels,
        DataSource data,
        IEnumerable<LabeledText> testRows,
        (StageClock Clock, IRecipeObserver? Observer) told,
        CancellationToken cancellation
    )
    {
        StageClock clock = told.Clock;
        Fitted fitted =
            Options.Folds > 0
                ? ByFolds(parts, labels, told, cancellation)
                : ByValidation(parts, labels, data, told, cancellation);
        (EvaluationReport? report, IReadOnlyList<ConfidentError> errors) = Test(
            fitted.Predictor,
            fitted.Parts.Test,
            labels.Sets,
            testRows,
            clock
        );
        StageClock.Trim();
        return Result(fitted, report, errors, clock, data);
    }

    /// <summary>What fitting gave.</summary>
    /// <param name="Predictor">The model.</param>
    /// <param name="Parts">The texts as it knows them.</param>
    /// <param name="Training">How its epochs went.</param>
    /// <param name="Output">Its scales.</param>
    /// <param name="Refit">The second training; null for none.</param>
    /// <param name="Texts">Texts that trained first, and that validated.</param>
    private sealed record Fitted(
        Predictor Predictor,
        CorpusParts Parts,
        TrainingResult Training,
        (OutputCalibration? Fit, LinearBranchOptions? LinearBranch) Output,
        Refit? Refit,
        (int Train, int Validation) Texts
    );

    /// <summary>Validation texts choose the epoch, the scales and the threshold.</summary>
    private Fitted ByValidation(
        CorpusParts parts,
        LabelMap labels,
        DataSource data,
        (StageClock Clock, IRecipeObserver? Observer) told,
        CancellationToken cancellation
    )
    {
        (StageClock clock, IRecipeObserver? observer) = told;
        Checkpoint? checkpoint = CheckpointPath is null
            ? null
            : new Checkpoint(
                CheckpointPath,
                RecipeRecord.RunOf(Options, data.Sha256, parts.Vocabulary.Hash + Start?.WeightsHash())
            );
        EmbeddingTable table = Vectors(parts, checkpoint, labels, clock, cancellation);
        clock.Begin(RecipeStage.Training);
        (TextClassifier model, TrainingResult training) = Fit(
            parts.Train,
            parts.Validation,
            table,
            labels,
            checkpoint,
            null,
            observer,
            cancellation
        );
        clock.End(
            $"{Counted.Of(training.History.Count, "epoch")}, {Ended(training)}; the weights of epoch "
                + $"{training.KeptEpoch} are kept"
                + $"{(Options.Training.Schedule.LastsUntilBest ? $"; {training.Schedule}" : "")}"
        );
        (OutputCalibration? Fit, LinearBranchOptions? LinearBranch) output = Output(model, parts, labels, clock);
        Predictor predictor = WithThreshold(PredictorOf(model, parts, labels, training), parts.Validation, labels.Sets);
        var fitted = new Fitted(predictor, parts, training, output, null, (parts.Train.Count, parts.Validation.Count));
        return Options.Refit && training.StoppedBy != StopReason.Cancelled
            ? Again(fitted, labels, told, cancellation)
            : fitted;
    }

    private static string Ended(TrainingResult training) =>
        training.StoppedBy switch
        {
            StopReason.Completed => "all done",
            StopReason.EarlyStopping => "stopped early",
            _ => "cancelled",
        };

    private Predictor PredictorOf(TextClassifier model, CorpusParts parts, LabelMap labels, TrainingResult training)
    {
        if (Options.Classifier.PaddingInEffect is null) // of Keras' model the pads are a text
            model.Prior = ClassBalance.Prior(parts.Train.Labels, labels, ClassWeights(parts.Train, labels));
        return new(new Tokenizer(Options.Cleaning), parts.Vocabulary, model, labels.Names)
        {
            MaxTokens = Options.MaxTokens,
            Truncation = Options.Truncation,
            Trace = new TrainingTrace(
                TrainingTrace.Count(parts.Train.Texts, parts.Vocabulary.Count),
                Options.KeepPretrained ? Moved(training, model.Embedding) : null
            ),
            Threads = Options.Training.Threads,
            // The notebook's own; elsewhere a model abstains where its user says so.
            Neutral = Options.Preset == RecipeOptions.Notebook.Preset ? NeutralBand.For(labels.Names) : null,
        };
    }

    /// <summary>
    /// Trains from the same start on validation texts too, counted anew, with the epochs, rates, scales and threshold
    /// that they decided. The first model stays until this one is done, and is what a cancelled run gives.
    /// </summary>
    private Fitted Again(
        Fitted first,
        LabelMap labels,
        (StageClock Clock, IRecipeObserver? Observer) told,
        CancellationToken cancellation
    )
    {
        (StageClock clock, IRecipeObserver? observer) = told;
        clock.Begin(RecipeStage.Refit);
        CorpusParts all = first.Parts.Again(rows => rows.Joined);
        if (TryMakeTable(all, clock, cancellation) is { } table)
        {
            (TextClassifier model, TrainingResult again) = Fit(
                all.Train,
                null,
                table,
                labels,
                null,
                first.Training,
                observer,
                cancellation
            );
            if (again.StoppedBy != StopReason.Cancelled)
            {
                if (first.Output.Fit is { } output)
                    OutputFit.Refit(
                        model,
                        all.Vocabulary,
                        all.Train,
                        first.Output.LinearBranch,
                        [.. ClassWeights(all.Train, labels) ?? []],
                        labels,
                        Options.Training.Threads,
                        output
                    );
                clock.End(
                    $"{Counted.Of(all.Train.Count, "text")}, {Counted.Of(all.SeenWords, "word")}, "
                        + $"{Counted.Of(again.History.Count, "epoch")}"
                );
                Predictor predictor = PredictorOf(model, all, labels, again).WithThreshold(first.Predictor.Threshold);
                return first with
                {
                    Predictor = predictor,
                    Parts = all,
                    Refit = new Refit(all.Train.Count, again.History.Count, again.History[^1].Loss),
                };
            }
        }
        clock.End($"cancelled; the model of the training texts alone stays");
        return first;
    }

    /// <summary>
    /// Reads the texts, and the file of vectors where there is one, and tells the memory that training will need.
    /// </summary>
    /// <param name="corpus">As for <see cref="Train"/>.</param>
    /// <param name="test">As for <see cref="Train"/>.</param>
    /// <param name="observer">Told of stages and progress.</param>
    /// <param name="cancellation">Ends with an exception.</param>
    /// <exception cref="InvalidDataException">The data cannot be trained on; the message says why.</exception>
    public MemoryForecast Forecast(
        IEnumerable<LabeledText> corpus,
        IEnumerable<LabeledText>? test = null,
        IRecipeObserver? observer = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(corpus);
        using WarmStart? start = OpenStart();
        var clock = new StageClock(observer);
        (corpus, test) = (KeptTexts.Of(corpus, cancellation), test is null ? null : KeptTexts.Of(test, cancellation));
        Recipe recipe = start is null ? this : With(start.Apply(Options), start);
        (recipe, CorpusParts parts, LabelMap labels, _) = recipe.Parts(
            LabeledSource.Of(corpus, Options.LabelNames),
            test is null ? null : LabeledSource.Of(test, Options.LabelNames),
            clock,
            cancellation
        );
        KnownVectors? known =
            start is not null ? KnownVectors.Of(recipe.StartTable(start, parts))
            : recipe.Options.VectorsPath is { } path
                ? KnownVectors.Of(LoadVectors(path, WordsOf(parts)), parts.Vocabulary)
            : null;
        return new MemoryForecaster(parts, labels.Names.Count, known).For(recipe.Options);
    }

    /// <summary>Reads and splits in a method of its own, so that nothing but the parts stays in memory.</summary>
    private (Recipe Fitting, CorpusParts Parts, LabelMap Labels, DataSource Data) Parts(
        LabeledSource source,
        LabeledSource? test,
        StageClock clock,
        CancellationToken cancellation
    )
    {
        (RecipeTexts texts, LabelMap labels) = Read(source, test, clock, cancellation);
        RawCorpus raw = texts.Corpus.Raw;
        SizeSettings which =
            CheckpointPath is null && Validation is null && Start is null ? BySize : BySize & ~SizeSettings.Folds;
        var size = new CorpusSize(raw.Labels.Length, raw.Ids.TotalTokens);
        if (Start is not null)
            which &= SizeSettings.Tweets | SizeSettings.Linear; // its vectors are the bundle's
        Choices.Clear();
        Recipe fitting =
            BySize == SizeSettings.None ? this : With(Options.ForTexts(size, which, Validation is not null), Start);
        Choices.AddRange(SettingsBySize.Explained(fitting.Options, size, which));
        clock.Begin(RecipeStage.Vocabulary);
        var rows = PartRows.Draw(texts, labels, fitting.Options);
        // which decides it
        if (BySize.HasFlag(SizeSettings.MaxTokens) && Options.Classifier.Padding is not { Length: > 0 })
            fitting = fitting.With(
                fitting.Options with
                {
                    MaxTokens = SettingsBySize.MaxTokensFor(rows.Train.SelectMany(part => part.Texts)),
                },
                Start
            );
        CorpusParts parts = fitting.Draw(texts, rows, labels, clock);
        return (
            fitting,
            parts,
            labels,
            new DataSource(source.Description, raw.Labels.Length, raw.Sha256)
            {
                Reading = LabeledSource.Reader(source.Rows)?.Summary(),
            }
        );
    }

    private (RecipeTexts Texts, LabelMap Labels) Read(
        LabeledSource source,
        LabeledSource? test,
        StageClock clock,
        CancellationToken cancellation
    )
    {
        clock.Begin(RecipeStage.Read);
        var words = new TokenTable(1 << 16);
        ReadCorpus corpus = Pass(source);
        RawCorpus raw = corpus.Raw;
        LabelMap labels = Options.Classifier.MultiLabel
            ? LabelMap.FromSets(raw.LabelTexts, source.LabelNames)
            : LabelMap.From(raw.LabelTexts, source.LabelNames, raw.Labels.Length);
        if (Options.Training.ClassWeights is { Count: > 0 } weights)
            Throw.IfLengthDiffers(weights.Count, labels.Names.Count, nameof(Options.Training.ClassWeights));
        var texts = new RecipeTexts(
            corpus,
            Validation is null ? null : Pass(LabeledSource.Of(Validation, Options.LabelNames)),
            test is null ? null : Pass(test),
            Options.VectorTexts.Count == 0
                ? null
                : VectorTextFiles.Read(Options.VectorTexts, Options.Cleaning, words, clock, cancellation)
        );
        string more = texts.Unlabeled is { } extra
            ? string.Create(CultureInfo.InvariantCulture, $", {extra.TotalTokens:n0} more without labels")
            : "";
        clock.End(
            $"{Counted.Of(raw.Labels.Length, "text")}, {Counted.Of(raw.Ids.TotalTokens, "token")}{more}, labels "
                + $"{Counted.Listed(labels.Names)}"
        );
        return (texts, labels);

        ReadCorpus Pass(LabeledSource from) =>
            new(RawCorpus.Read(from, Options.Cleaning, words, clock, cancellation), from);
    }

    private CorpusParts Draw(RecipeTexts texts, PartRows rows, LabelMap labels, StageClock clock)
    {
        IReadOnlyList<string> vectorWords = VectorWords.Of(Options, clock);
        var parts = CorpusParts.Of(new PartSource(texts, labels, Start, Options, vectorWords), rows);
        if (parts.Train.Count == 0 || (Options is { ValidationShare: > 0, Folds: 0 } && parts.Validation.Count == 0))
            throw new InvalidDataException(
                $"{Counted.Of(texts.Corpus.Raw.Labels.Length, "text")} "
                    + $"{(texts.Corpus.Raw.Labels.Length == 1 ? "is" : "are")} too few for the shares of test and "
                    + $"validation; give more texts or smaller shares."
            );
        if (Options.Refit && parts.Validation.Count == 0)
            throw new InvalidDataException(
                "There are no validation texts to train on a second time; keep a share apart, give a file of them, "
                    + "or leave the refit out."
            );
        CheckRows(parts);
        int unseen = parts.Vocabulary.Count - 1 - parts.SeenWords;
        string more =
            unseen > 0
                ? string.Create(CultureInfo.InvariantCulture, $" and {unseen:n0} that only the vectors have")
                : "";
        string cut =
            parts.Cut.Texts == 0
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"; {Counted.Of(parts.Cut.Texts, "text")} ({(double)parts.Cut.Texts / parts.Cut.OfTexts:p1}) "
                        + $"with more than {Options.MaxTokens} tokens cut, "
                        + $"{(double)parts.Cut.Tokens / parts.Cut.OfTokens:p1} of all tokens lost"
                );
        clock.End(
            $"{Counted.Of(parts.SeenWords, "word")}{more}; {Counted.Of(parts.Train.Count, "text")} to train on, "
                + $"{parts.Validation.Count:n0} to validate, {parts.Test.Count:n0} to test{cut}"
        );
        return parts;
    }

    /// <summary>A rule that no word is frequent enough for is found before word vectors are trained.</summary>
    private void CheckRows(CorpusParts parts)
    {
        Options.Training.Schedule.CheckSeen(TrainingTrace.Count(parts.Train.Texts, parts.Vocabulary.Count).Max());
    }

    /// <summary>Trains a fresh model, or the bundle's, on a table.</summary>
    /// <param name="train">Texts to train on.</param>
    /// <param name="validation">Texts that measure each epoch; null for none.</param>
    /// <param name="table">Word vectors; trained in place where the schedule says so.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="checkpoint">Where the run is kept; null for nowhere.</param>
    /// <param name="first">
    /// The training that this one repeats, epochs, rates and the lengths of phases; null where they are to be found.
    /// </param>
    /// <param name="observer">Told of each batch and epoch.</param>
    /// <param name="cancellation">Ends training.</param>
    private (TextClassifier Model, TrainingResult Training) Fit(
        CorpusPart train,
        CorpusPart? validation,
        EmbeddingTable table,
        LabelMap labels,
        Checkpoint? checkpoint,
        TrainingResult? first,
        IRecipeObserver? observer,
        CancellationToken cancellation
    )
    {
        TextClassifier model = FreshModel(table, labels);
        return (model, Run(model, train, validation, labels, checkpoint, first, observer, cancellation));
    }

    private TextClassifier FreshModel(EmbeddingTable table, LabelMap labels)
    {
        var model = new TextClassifier(
            Options.Classifier with
            {
                Classes = labels.Names.Count,
            },
            table,
            Options.Training.Seed
        );
        Start?.CopyWeights(model, labels.Names);
        return model;
    }

    private TrainingResult Run(
        TextClassifier model,
        CorpusPart train,
        CorpusPart? validation,
        LabelMap labels,
        Checkpoint? checkpoint,
        TrainingResult? first,
        ITrainingObserver? observer,
        CancellationToken cancellation
    )
    {
        TrainingOptions options = Options.TrainingInEffect with { ClassWeights = ClassWeights(train, labels) };
        double[]? rates = first?.History.Take(first.KeptEpoch).Select(epoch => epoch.LearningRate).ToArray();
        if (first is not null)
            options = options with
            {
                Schedule = first.Schedule,
                ReduceLearningRate = null,
                EarlyStopping = null,
                RestoreBest = false,
            };
        return new Trainer(model, options)
        {
            Checkpoint = checkpoint,
            Sets = labels.Sets,
            Rates = rates,
        }.Run(train.Texts, train.Labels, validation?.Texts, validation?.Labels, observer, cancellation);
    }

    private IReadOnlyList<float>? ClassWeights(CorpusPart train, LabelMap labels) =>
        Options.BalanceClasses && Options.Training.ClassWeights is null or { Count: 0 }
            ? ClassBalance.Weights(train.Labels, labels)
            : Options.Training.ClassWeights;

    private (OutputCalibration? Fit, LinearBranchOptions? LinearBranch) Output(
        TextClassifier model,
        CorpusParts parts,
        LabelMap labels,
        StageClock clock
    )
    {
        if (Options.LinearBranch is null && !(Options.Calibrate && parts.Validation.Count > 0))
            return default;
        clock.Begin(RecipeStage.Output);
        OutputFit.OutputChoice output = OutputFit.Run(
            model,
            parts.Vocabulary,
            (parts.Train, parts.Validation),
            Options.LinearBranch,
            [.. ClassWeights(parts.Train, labels) ?? []],
            labels,
            Options.Training.Threads,
            ChoosesLinear
        );
        clock.End($"{output.Calibration.Summary}");
        Told("linear part", output.Evidence);
        return (output.Calibration, output.LinearBranch);
    }

    private Predictor WithThreshold(Predictor predictor, CorpusPart validation, LabelSets? sets)
    {
        if (
            Options.TuneThreshold is not { } metric
            || validation.Count == 0
            || (predictor.Labels.Count > 2 && sets is null)
        )
            return predictor;
        int[] truth = sets is null ? validation.Labels : MultiLabelEvaluation.Decisions(validation.Labels, sets);
        return predictor.WithThreshold(DecisionThreshold.Best(Probabilities(predictor, validation), truth, metric));
    }

    private static float[] Probabilities(Predictor predictor, CorpusPart part) =>
        predictor.Probabilities(predictor.Classifier.LinearBranch?.WithUnseen(part.Texts, part.Unseen) ?? part.Texts);
}
