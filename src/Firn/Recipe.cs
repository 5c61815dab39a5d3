using System.Globalization;
using Firn.Bundles;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;
using Firn.Vectors;

namespace Firn;

/// <summary>
/// The whole path from labelled texts to a predictor: read and clean, split, vocabulary, word vectors, table, training
/// with validation, test.
/// </summary>
public sealed class Recipe
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
    public static Recipe Notebook { get; } = new(RecipeOptions.Notebook);

    /// <summary>The one for short messages.</summary>
    public static Recipe Tweets { get; } = new(RecipeOptions.Tweets) { BySize = SizeSettings.All };

    /// <summary>The choices.</summary>
    public RecipeOptions Options { get; }

    /// <summary>
    /// A file that keeps the training after each epoch. Where it is there already, of the same data and options, word
    /// vectors are taken from it and training goes on; delete it when the model is saved. Null keeps nothing.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Texts that measure each epoch; null takes <see cref="RecipeOptions.ValidationShare"/> of the training texts.</summary>
    public IEnumerable<LabeledText>? Validation { get; init; }

    /// <summary>
    /// The settings that are not taken from <see cref="Options"/> but chosen by the number of texts; the result's options
    /// say what they became.
    /// </summary>
    public SizeSettings BySize { get; init; }

    /// <summary>
    /// Bytes of resident memory that the process may take; null for no limit. A recipe that will need more is refused once its
    /// texts are read, before anything is trained, and told what would fit.
    /// </summary>
    public long? MemoryLimit { get; init; }

    private WarmStart? Start { get; init; }

    /// <summary>Follows the recipe.</summary>
    /// <param name="corpus">
    /// Labelled texts, such as a <see cref="CorpusReader"/>; gone through twice, for the texts are not kept in memory and
    /// the surest errors are looked up again.
    /// </param>
    /// <param name="test">Texts to test on; null keeps <see cref="RecipeOptions.TestShare"/> of the corpus apart.</param>
    /// <param name="observer">Told of stages and progress.</param>
    /// <param name="cancellation">
    /// Before training: ends with an exception. During training: ends it, and the best weights so far are tested.
    /// </param>
    /// <exception cref="InvalidDataException">The data cannot be trained on; the message says why.</exception>
    /// <exception cref="UnknownLabelException">The test has labels that the corpus lacks, and they are refused.</exception>
    /// <exception cref="MemoryLimitException">The recipe needs more than <see cref="MemoryLimit"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before training began.</exception>
    public RecipeResult Train(IEnumerable<LabeledText> corpus, IEnumerable<LabeledText>? test = null,
        IRecipeObserver? observer = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        using WarmStart? start = WarmStart.Open(Options);
        LabeledSource source = LabeledSource.Of(corpus, Options.LabelNames);
        LabeledSource? testSource = test is null ? null : LabeledSource.Of(test, Options.LabelNames);
        var clock = new StageClock(observer);
        Recipe recipe = start is null ? this : With(start.Apply(Options), start);
        (recipe, CorpusParts parts, LabelMap labels, DataSource data) = recipe.Parts(source, testSource, clock, cancellation);
        return recipe.Learn(parts, labels, data, (testSource ?? source).Rows, (clock, observer), cancellation);
    }

    private Recipe With(RecipeOptions options, WarmStart? start) =>
        new(options) { CheckpointPath = CheckpointPath, Validation = Validation, BySize = BySize, MemoryLimit = MemoryLimit, Start = start };

    private RecipeResult Learn(CorpusParts parts, LabelMap labels, DataSource data, IEnumerable<LabeledText> testRows,
        (StageClock Clock, IRecipeObserver? Observer) told, CancellationToken cancellation)
    {
        (StageClock clock, IRecipeObserver? observer) = told;
        Checkpoint? checkpoint = CheckpointPath is null ? null
            : new Checkpoint(CheckpointPath, RecipeRecord.RunOf(Options, data.Sha256, parts.Vocabulary.Hash + Start?.WeightsHash()));
        EmbeddingTable table = Vectors(parts, checkpoint, labels, clock, cancellation);
        int withVector = CountVectors(table);
        clock.Begin(RecipeStage.Training);
        (TextClassifier model, TrainingResult training) = Fit(parts.Train, parts.Validation, table, labels, checkpoint, null, observer, cancellation);
        clock.End($"{Counted.Of(training.History.Count, "epoch")}, {Ended(training)}; the weights of epoch {training.KeptEpoch} are kept{(Options.Training.Schedule.LastsUntilBest ? $"; {training.Schedule}" : "")}");
        OutputCalibration? output = Output(model, parts, labels, clock);
        Predictor predictor = WithThreshold(PredictorOf(model, parts, parts.Train, labels, training), parts.Validation, labels.Sets);
        Refit? refit = null;
        if (Options.Refit && training.StoppedBy != StopReason.Cancelled)
            (predictor, refit) = Again(predictor, parts, labels, training, output, (clock, observer), cancellation);
        (EvaluationReport? report, IReadOnlyList<ConfidentError> errors) = Test(predictor, parts.Test, labels.Sets, testRows, clock);
        StageClock.Trim();
        return Result(predictor, parts, (training, output, refit), report, errors, withVector, clock, data);
    }

    private static string Ended(TrainingResult training) => training.StoppedBy switch
    {
        StopReason.Completed => "all done",
        StopReason.EarlyStopping => "stopped early",
        _ => "cancelled",
    };

    private Predictor PredictorOf(TextClassifier model, CorpusParts parts, CorpusPart trained, LabelMap labels, TrainingResult training) =>
        new(new Tokenizer(Options.Cleaning), parts.Vocabulary, model, labels.Names)
        {
            MaxTokens = Options.MaxTokens,
            Trace = new TrainingTrace(TrainingTrace.Count(trained.Texts, parts.Vocabulary.Count), Options.KeepPretrained ? Moved(training, model.Embedding) : null),
            Threads = Options.Training.Threads,
            // The notebook's own; elsewhere a model abstains where its user says so.
            Neutral = Options.Preset == RecipeOptions.Notebook.Preset ? NeutralBand.For(labels.Names) : null,
        };

    /// <summary>
    /// Trains from the same start on validation texts too, with the epochs, rates, scales and threshold that they decided. The
    /// first model stays until this one is done, and is what a cancelled run gives.
    /// </summary>
    private (Predictor Predictor, Refit? Refit) Again(Predictor first, CorpusParts parts, LabelMap labels, TrainingResult training, OutputCalibration? output,
        (StageClock Clock, IRecipeObserver? Observer) told, CancellationToken cancellation)
    {
        (StageClock clock, IRecipeObserver? observer) = told;
        clock.Begin(RecipeStage.Refit);
        CorpusPart all = parts.TrainAndValidation;
        EmbeddingTable table = first.Classifier.Embedding;
        if (training.StartRows is { } start)
            table = new EmbeddingTable([.. table.RowOf], start.ToArray(), table.Dimension);
        (TextClassifier model, TrainingResult again) = Fit(all, null, table, labels, null, training, observer, cancellation);
        if (again.StoppedBy == StopReason.Cancelled)
        {
            clock.End($"cancelled; the model of the training texts alone stays");
            return (first, null);
        }
        if (output is not null)
            OutputFit.Again(model, parts.Vocabulary, all, Options.Wide, [.. ClassWeights(all, labels) ?? []], labels, Options.Training.Threads, output);
        clock.End($"{Counted.Of(all.Count, "text")}, {Counted.Of(again.History.Count, "epoch")}");
        return (PredictorOf(model, parts, all, labels, again).WithThreshold(first.Threshold), new Refit(all.Count, again.History.Count, again.History[^1].Loss));
    }

    /// <summary>Reads the texts, and the file of vectors where there is one, and tells the memory that training will need.</summary>
    /// <param name="corpus">As for <see cref="Train"/>.</param>
    /// <param name="test">As for <see cref="Train"/>.</param>
    /// <param name="observer">Told of stages and progress.</param>
    /// <param name="cancellation">Ends with an exception.</param>
    /// <exception cref="InvalidDataException">The data cannot be trained on; the message says why.</exception>
    public MemoryForecast Forecast(IEnumerable<LabeledText> corpus, IEnumerable<LabeledText>? test = null,
        IRecipeObserver? observer = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        using WarmStart? start = WarmStart.Open(Options);
        var clock = new StageClock(observer);
        Recipe recipe = start is null ? this : With(start.Apply(Options), start);
        (recipe, CorpusParts parts, LabelMap labels, _) = recipe.Parts(LabeledSource.Of(corpus, Options.LabelNames),
            test is null ? null : LabeledSource.Of(test, Options.LabelNames), clock, cancellation);
        KnownVectors? known = start is not null ? KnownVectors.Of(recipe.StartTable(start, parts))
            : recipe.Options.VectorsPath is { } path ? KnownVectors.Of(LoadVectors(path, WordsOf(parts)), parts.Vocabulary) : null;
        return new MemoryForecaster(parts, labels.Names.Count, known).For(recipe.Options);
    }

    /// <summary>Reads and splits in a method of its own, so that nothing but the parts stays in memory.</summary>
    private (Recipe Fitting, CorpusParts Parts, LabelMap Labels, DataSource Data) Parts(
        LabeledSource source, LabeledSource? test, StageClock clock, CancellationToken cancellation)
    {
        (RecipeTexts texts, LabelMap labels) = Read(source, test, clock, cancellation);
        RawCorpus raw = texts.Corpus.Raw;
        Recipe fitting = BySize == SizeSettings.None ? this : With(Options.ForTexts(raw.Labels.Length, BySize), Start);
        CorpusParts parts = fitting.Draw(texts, labels, clock);
        return (fitting, parts, labels, new DataSource(source.Description, raw.Labels.Length, raw.Sha256) { Reading = (source.Rows as CorpusReader)?.Summary() });
    }

    private (RecipeTexts Texts, LabelMap Labels) Read(LabeledSource source, LabeledSource? test, StageClock clock, CancellationToken cancellation)
    {
        clock.Begin(RecipeStage.Read);
        var words = new TokenTable(1 << 16);
        ReadCorpus corpus = Pass(source);
        RawCorpus raw = corpus.Raw;
        LabelMap labels = Options.Classifier.MultiLabel
            ? LabelMap.FromSets(raw.LabelTexts, source.LabelNames) : LabelMap.From(raw.LabelTexts, source.LabelNames, raw.Labels.Length);
        if (Options.Training.ClassWeights is { Count: > 0 } weights)
            Throw.IfLengthDiffers(weights.Count, labels.Names.Count, nameof(Options.Training.ClassWeights));
        var texts = new RecipeTexts(corpus, Validation is null ? null : Pass(LabeledSource.Of(Validation, Options.LabelNames)), test is null ? null : Pass(test),
            Options.VectorTexts.Count == 0 ? null : VectorTextFiles.Read(Options.VectorTexts, Options.Cleaning, words, clock, cancellation));
        string more = texts.Unlabelled is { } extra ? string.Create(CultureInfo.InvariantCulture, $", {extra.TotalTokens:n0} more without labels") : "";
        clock.End($"{Counted.Of(raw.Labels.Length, "text")}, {Counted.Of(raw.Ids.TotalTokens, "token")}{more}, labels {Counted.Listed(labels.Names)}");
        return (texts, labels);

        ReadCorpus Pass(LabeledSource from) => new(RawCorpus.Read(from, Options.Cleaning, words, clock, cancellation), from);
    }

    private CorpusParts Draw(RecipeTexts texts, LabelMap labels, StageClock clock)
    {
        clock.Begin(RecipeStage.Vocabulary);
        IReadOnlyList<string> vectorWords = VectorWords.Of(Options, clock);
        CorpusParts parts = CorpusParts.Draw(texts, labels, Start, Options, vectorWords);
        if (parts.Train.Count == 0 || (Options.ValidationShare > 0 && parts.Validation.Count == 0))
            throw new InvalidDataException($"{Counted.Of(texts.Corpus.Raw.Labels.Length, "text")} {(texts.Corpus.Raw.Labels.Length == 1 ? "is" : "are")} too few for the shares of test and validation; give more texts or smaller shares.");
        if (Options.Refit && parts.Validation.Count == 0)
            throw new InvalidDataException("There are no validation texts to train on a second time; keep a share apart, give a file of them, or leave the refit out.");
        CheckRows(parts);
        int unseen = parts.Vocabulary.Count - 1 - parts.SeenWords;
        string more = unseen > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {unseen:n0} that only the vectors have") : "";
        clock.End($"{Counted.Of(parts.SeenWords, "word")}{more}; {Counted.Of(parts.Train.Count, "text")} to train on, {parts.Validation.Count:n0} to validate, {parts.Test.Count:n0} to test");
        return parts;
    }

    /// <summary>A rule that no word is frequent enough for is found before word vectors are trained.</summary>
    private void CheckRows(CorpusParts parts)
    {
        Options.Training.Schedule.CheckSeen(TrainingTrace.Count(parts.Train.Texts, parts.Vocabulary.Count).Max());
    }

    private EmbeddingTable Vectors(CorpusParts parts, Checkpoint? checkpoint, LabelMap labels, StageClock clock, CancellationToken cancellation)
    {
        if (Options.VectorsPath is null && Start is null)
            CheckMemory(parts, labels, null);
        clock.Begin(RecipeStage.Vectors);
        if (checkpoint?.ReadTable() is { } kept)
        {
            clock.End($"{CountVectors(kept):n0} vectors of {kept.Dimension} values, from {checkpoint.FilePath}");
            return kept;
        }
        if (Start is not null)
        {
            EmbeddingTable table = StartTable(Start, parts);
            CheckMemory(parts, labels, KnownVectors.Of(table));
            clock.End($"{CountVectors(table):n0} vectors of {table.Dimension} values, from {Options.From}");
            return table;
        }
        string[] words = WordsOf(parts);
        WordVectors vectors = Options.VectorsPath is { } path
            ? LoadVectors(path, words)
            : TrainVectors(parts, words, new VectorProgress(clock), cancellation);
        if (!Enumerable.Range(1, parts.SeenWords).Any(id => vectors.TryGetRow(parts.Vocabulary[id], out _)))
            throw new InvalidDataException($"{Options.VectorsPath} has a vector for none of the {parts.SeenWords} words of the texts; choose vectors of their language.");
        if (Options.VectorsPath is not null)
            CheckMemory(parts, labels, KnownVectors.Of(vectors, parts.Vocabulary));
        clock.End($"{vectors.Count:n0} vectors of {vectors.Dimension} values");
        return EmbeddingTable.From(parts.Vocabulary, vectors, Options.OwnRows);
    }

    private static PretrainedRows Moved(TrainingResult training, EmbeddingTable table) =>
        training.StartRows is { } start ? PretrainedRows.Between(start, table) : new PretrainedRows([], default, table.Dimension);

    private static string[] WordsOf(CorpusParts parts) => [.. Enumerable.Range(1, parts.Vocabulary.Count - 1).Select(id => parts.Vocabulary[id])];

    private static WordVectors LoadVectors(string path, string[] words) => FastTextVectors.IsModel(path)
        ? FastTextVectors.Load(path).ToWordVectors(words)
        : WordVectors.Load(path, new VectorLoadOptions { Only = [.. words] });

    /// <summary>With subwords, words too rare for a row of their own have vectors as well.</summary>
    private WordVectors TrainVectors(CorpusParts parts, string[] words, IProgress<Word2VecProgress> progress, CancellationToken cancellation)
    {
        Word2VecModel model = new Word2VecTrainer(Options.Word2Vec).Train(parts.WordVectorTexts, parts.Vocabulary, progress, cancellation);
        return model.Subwords?.ToWordVectors(words) ?? model.Vectors;
    }

    private EmbeddingTable StartTable(WarmStart start, CorpusParts parts)
    {
        int? least = Options.Training.Schedule.EverTrains(ParameterGroup.Embedding) ? Options.Word2Vec.MinCount : null;
        return start.Table(parts.Vocabulary.Count, (Options.Refit ? parts.TrainAndValidation : parts.Train).Texts, Options.Training.Seed, least);
    }

    private void CheckMemory(CorpusParts parts, LabelMap labels, KnownVectors? known)
    {
        if (MemoryLimit is { } limit)
            MemoryBudget.Check(new MemoryForecaster(parts, labels.Names.Count, known), Options, limit);
    }

    private static int CountVectors(EmbeddingTable table) =>
        Enumerable.Range(1, table.VocabularySize - 1).Count(id => table.VectorOf(id).ContainsAnyExcept(0f));

    /// <summary>Trains a fresh model, or the bundle's, on a table.</summary>
    /// <param name="train">Texts to train on.</param>
    /// <param name="validation">Texts that measure each epoch; null for none.</param>
    /// <param name="table">Word vectors; trained in place where the schedule says so.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="checkpoint">Where the run is kept; null for nowhere.</param>
    /// <param name="first">The training that this one repeats, epochs, rates and the lengths of phases; null where they are to be found.</param>
    /// <param name="observer">Told of each batch and epoch.</param>
    /// <param name="cancellation">Ends training.</param>
    private (TextClassifier Model, TrainingResult Training) Fit(CorpusPart train, CorpusPart? validation, EmbeddingTable table, LabelMap labels,
        Checkpoint? checkpoint, TrainingResult? first, IRecipeObserver? observer, CancellationToken cancellation)
    {
        var model = new TextClassifier(Options.Classifier with { Classes = labels.Names.Count }, table, Options.Training.Seed);
        Start?.CopyWeights(model, labels.Names);
        TrainingOptions options = Options.TrainingInEffect with { ClassWeights = ClassWeights(train, labels) };
        double[]? rates = first?.History.Take(first.KeptEpoch).Select(epoch => epoch.LearningRate).ToArray();
        if (first is not null)
            options = options with { Schedule = first.Schedule, ReduceLearningRate = null, EarlyStopping = null, RestoreBest = false };
        return (model, new Trainer(model, options) { Checkpoint = checkpoint, Sets = labels.Sets, Rates = rates }
            .Run(train.Texts, train.Labels, validation?.Texts, validation?.Labels, observer, cancellation));
    }

    private IReadOnlyList<float>? ClassWeights(CorpusPart train, LabelMap labels) =>
        Options.BalanceClasses && Options.Training.ClassWeights is null or { Count: 0 }
            ? ClassBalance.Weights(train.Labels, labels) : Options.Training.ClassWeights;

    private OutputCalibration? Output(TextClassifier model, CorpusParts parts, LabelMap labels, StageClock clock)
    {
        if (Options.Wide is null && !(Options.Calibrate && parts.Validation.Count > 0))
            return null;
        clock.Begin(RecipeStage.Output);
        OutputCalibration output = OutputFit.Run(model, parts.Vocabulary, parts.Train, parts.Validation, Options.Wide,
            [.. ClassWeights(parts.Train, labels) ?? []], labels, Options.Training.Threads);
        clock.End($"{output.Summary}");
        return output;
    }

    private Predictor WithThreshold(Predictor predictor, CorpusPart validation, LabelSets? sets)
    {
        if (Options.TuneThreshold is not { } metric || validation.Count == 0 || (predictor.Labels.Count > 2 && sets is null))
            return predictor;
        int[] truth = sets is null ? validation.Labels : MultiLabelEvaluation.Decisions(validation.Labels, sets);
        return predictor.WithThreshold(DecisionThreshold.Best(predictor.Probabilities(validation.Texts), truth, metric));
    }

    private static (EvaluationReport? Report, IReadOnlyList<ConfidentError> Errors) Test(
        Predictor predictor, CorpusPart test, LabelSets? sets, IEnumerable<LabeledText> rows, StageClock clock)
    {
        clock.Begin(RecipeStage.Evaluation);
        if (test.Count == 0)
        {
            clock.End($"no test texts");
            return (null, []);
        }
        float[] probabilities = predictor.Probabilities(test.Texts);
        if (sets is not null)
        {
            EvaluationReport several = MultiLabelEvaluation.Evaluate(probabilities, test.Labels, sets, predictor.Labels, predictor.Threshold);
            clock.End($"micro F1 {several.MultiLabel!.MicroF1:f4}, macro F1 {several.MacroF1:f4}");
            return (several, []);
        }
        EvaluationReport report = Evaluation.Evaluate(probabilities, test.Labels, predictor.Labels, predictor.Threshold);
        var errors = new ConfidentErrors(predictor.Labels, predictor.Threshold);
        int columns = predictor.Classifier.Options.OutputSize;
        for (int i = 0; i < test.Count; i++)
            errors.Add(test.Rows[i], test.Labels[i], probabilities.AsSpan(i * columns, columns));
        errors.FindTexts(rows);
        clock.End($"accuracy {report.Accuracy:f4}, loss {report.Loss:f4}");
        return (report, errors.ToList());
    }

    private RecipeResult Result(Predictor predictor, CorpusParts parts, (TrainingResult Epochs, OutputCalibration? Output, Refit? Refit) fitted, EvaluationReport? report,
        IReadOnlyList<ConfidentError> errors, int withVector, StageClock clock, DataSource data)
    {
        (TrainingResult training, OutputCalibration? output, Refit? refit) = fitted;
        RecipeOptions options = Options with { Classifier = predictor.Classifier.Options, Training = Options.TrainingInEffect };
        var record = new RecipeRecord
        {
            Recipe = options,
            Texts = new Dictionary<string, int> { ["train"] = parts.Train.Count, ["validation"] = parts.Validation.Count, ["test"] = parts.Test.Count },
            History = training.History,
            StoppedBy = training.StoppedBy,
            BestEpoch = training.BestEpoch,
            KeptEpoch = training.KeptEpoch,
            Schedule = Options.Training.Schedule.LastsUntilBest ? training.Schedule : null,
            TakenBack = Options.Training.Schedule.LastsUntilBest ? training.TakenBack : null,
            Output = output,
            Refit = refit,
            From = Start?.Data,
            Seconds = clock.Seconds.ToDictionary(s => s.Key.ToString().ToLowerInvariant(), s => s.Value),
        };
        return new RecipeResult
        {
            Predictor = predictor.WithCard(new ModelCard { Data = data, Metrics = RecipeRecord.MetricsOf(report), Training = record.ToJson() }),
            Options = options,
            Test = report,
            Training = training,
            Output = output,
            Refit = refit,
            TrainTexts = parts.Train.Count,
            ValidationTexts = parts.Validation.Count,
            TestTexts = parts.Test.Count,
            UnknownLabels = parts.UnknownLabels,
            WordsWithVector = withVector,
            UnseenWords = parts.Vocabulary.Count - 1 - parts.SeenWords,
            Errors = errors,
            Seconds = clock.Seconds,
        };
    }

    private sealed class VectorProgress(StageClock clock) : IProgress<Word2VecProgress>
    {
        public void Report(Word2VecProgress value) =>
            clock.Tell(value.Fraction, () => $"epoch {value.Epoch} of {value.Epochs}, {value.WordsPerSecond / 1e6:f2} M words/s");
    }
}
