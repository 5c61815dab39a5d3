using System.Globalization;
using System.CommandLine;
using Firn.Cli.Commands.Vectors;
using Firn.Cli.Output;
using Firn.Evaluation;
using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;

namespace Firn.Cli.Commands;

/// <summary>The options of a recipe: every choice between a file of texts and a model.</summary>
internal sealed class TrainArguments
{
    private static readonly (string Name, RecipeOptions Options)[] Presets = [("default", RecipeOptions.Default), ("notebook", RecipeOptions.Notebook)];
    private static readonly (string Name, Pooling Pooling)[] Poolings = [("last", Pooling.LastState), ("mean", Pooling.Mean), ("max", Pooling.Max), ("attention", Pooling.Attention)];

    private static readonly (string Name, ThresholdMetric Metric)[] Metrics =
        [("accuracy", ThresholdMetric.Accuracy), ("f1", ThresholdMetric.F1), ("macro-f1", ThresholdMetric.MacroF1), ("macro-recall", ThresholdMetric.MacroRecall)];

    private const double AnchorPull = 0.1;

    private readonly Option<string> preset = new Option<string>("--preset")
    {
        Description = "Where the other options' defaults come from: default lets the data choose; tweets is one recipe for short messages, that of earlier versions; notebook is the reference notebook, setting for setting",
        DefaultValueFactory = _ => "default",
    }.OneOf("default", "tweets", "notebook");

    private readonly Option<bool?> stem = PresetOption.Switch("--stem", "Stem words (Snowball English)", Presets, o => o.Cleaning.Stem);
    private readonly Option<bool?> stopWords = PresetOption.Switch("--stop-words", "Drop English stop words, 'not' among them", Presets, o => o.Cleaning.RemoveStopWords);
    private readonly Option<string?> hashTags = new Option<string?>("--hash-tags")
    {
        Description = "With the preset tweets, a hash tag gives its words, one token with its sign, both, or none: both where texts are few, drop where texts were gathered by them, which 'firn audit' shows (default: split)",
    }.OneOf("split", "whole", "both", "drop");
    private readonly Option<string?> unspaced = new Option<string?>("--unspaced-scripts")
    {
        Description = "With the preset tweets, a run of a script without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) gives overlapping pairs of characters, or is one token (default: pairs)",
    }.OneOf("pairs", "runs");
    private readonly Option<string?> unknown = PresetOption.Word("--unknown", "A word that training did not see: skip it, or give all such words a row", Presets, o => Lower(o.Vocabulary.Unknown)).OneOf("skip", "row");
    private readonly Option<int?> maxWords = new Option<int?>("--max-words") { Description = "Keep the N most frequent words only (default: all)", HelpName = "N" }.Between(1, int.MaxValue);
    private readonly Option<int?> maxTokens = PresetOption.NumberBySize("--max-tokens", "Tokens of a text that are used, at most", "what 99.9% of the training texts need, 100 to 512", RecipeOptions.Notebook.MaxTokens).Between(1, 100_000);
    private readonly Option<string?> truncate = PresetOption.Word("--truncate", "Which tokens stay of a longer text: the first (head), the last (tail), those around its middle, or half from either end (ends)", Presets, o => Lower(o.Truncation)).OneOf("head", "tail", "middle", "ends");
    private readonly Option<string?> testSplit = PresetOption.Word("--test-split", "The test part: at random, as scikit-learn draws it, or the same share of every class, equal texts on one side", Presets, o => Lower(o.TestSplit)).OneOf("random", "stratified");
    private readonly Option<double?> testSize = PresetOption.Number("--test-size", "Share of the texts kept apart for the test; 0 for none", Presets, o => Math.Round(o.TestShare, 6)).Between(0, 0.99);
    private readonly Option<int?> splitSeed = PresetOption.Number("--split-seed", "Decides the test part, as scikit-learn's random_state does", Presets, o => (int)o.SplitSeed).Between(0, int.MaxValue);
    private readonly Option<string?> validation = PresetOption.Word("--validation", "Texts that measure each epoch: the last of the training part, or the same share of every class, equal texts on one side", Presets, o => Lower(o.Validation)).OneOf("last", "stratified");
    private readonly Option<double?> validationSize = PresetOption.NumberBySize("--validation-size", "Their share; 0 for none", "0.1, from 100,000 on 0.05", RecipeOptions.Notebook.ValidationShare).Between(0, 0.99);
    private readonly Option<int?> folds = PresetOption.NumberBySize("--validation-folds", "Folds of a cross-validation in the place of validation texts: each text is scored by a model without it, which chooses epoch, penalty and scales; then all texts train; 0 for none", "5 from 20 to 3,000 texts, else 0", RecipeOptions.Notebook.Folds).Between(0, 100);
    private readonly Option<string?> vectors = new("--vectors") { Description = "File of word vectors to use instead of training them", HelpName = "FILE" };
    private readonly Option<string[]> vectorTexts = new("--vector-texts")
    {
        Description = "Files of more texts to train word vectors on, without labels: one text a line, or the text column of a CSV, TSV or JSON lines file",
        HelpName = "FILE...",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> from = new("--from")
    {
        Description = "Bundle to start from: its cleaning, words, vectors and encoder, and its output layer where the labels are the same",
        HelpName = "BUNDLE",
    };

    private readonly Option<int?> unseenWords = new Option<int?>("--unseen-words") { Description = $"Words of --vectors that the training texts lack and that keep their vector: those among the first N rows of the file, 0 for none; a row of the table each (default: {RecipeOptions.Tweets.UnseenWords})", HelpName = "N" }.Between(0, int.MaxValue);
    private readonly Option<bool> dropPretrained = new("--drop-pretrained") { Description = "Leave the word vectors as they were before training out of the bundle; 'firn drift' then needs them as a file" };
    private readonly Word2VecArguments word2Vec = new([.. Presets.Select(p => (p.Name, p.Options.Word2Vec))], "--vector-epochs");
    private readonly Option<bool> ownRows = new("--rows-for-all-words") { Description = "Words without a vector get a zero row of their own that can train (as Keras; costs memory)" };
    private readonly Option<string?> encoder = PresetOption.Word("--encoder", "What reads the words: LSTM or GRU, in one direction or both, convolutions (cnn), or the mean of the words", Presets, o => EncoderName(o.Classifier)).OneOf([.. EncoderNames.All]);
    private readonly Option<string?> model = new("--model")
    {
        Description = "File with a list of layers as JSON, in place of --encoder and what goes with it; docs/model.md shows how it is written", HelpName = "FILE",
    };

    private readonly Option<int?> channels = new Option<int?>("--channels")
    {
        Description = "2: a second copy of the word vectors that stays as it is beside the one that the schedule trains, each layer reading both (default: 1)",
        HelpName = "N",
    }.Between(1, 2);

    private readonly Option<int?> layers = new Option<int?>("--layers") { Description = "LSTMs or GRUs above each other (default: 1)", HelpName = "N" }.Between(1, 8);
    private readonly Option<string?> widths = new("--widths") { Description = "Words that the windows of --encoder cnn span, with commas between (default: 3,4,5)", HelpName = "N,N..." };
    private readonly Option<string?> dense = new("--dense") { Description = "Units of dense layers between the encoder and the output, with commas between (default: none)", HelpName = "N,N..." };
    private readonly Option<string?> activation = new Option<string?>("--activation") { Description = "The function behind each layer of --dense (default: relu)" }.OneOf("relu", "tanh", "sigmoid", "elu", "gelu");
    private readonly Option<double?> denseDropout = PresetOption.Number("--dense-dropout", "Dropout of what enters each dense layer, the output's too", Presets, o => o.Classifier.DenseDropout).Between(0, 0.99);
    private readonly Option<int?> hidden = PresetOption.Number("--hidden", "Units of the LSTM or GRU in each direction, of the mean, or filters of each width of a cnn", Presets, o => o.Classifier.HiddenSize).Between(1, 8192);
    private readonly Option<bool?> bidirectional = PresetOption.Switch("--bidirectional", "Read each text in both directions", Presets, o => o.Classifier.Bidirectional);
    private readonly Option<string?> pooling = PresetOption.Word("--pooling", "How the outputs over time become one", Presets, o => PoolingName(o.Classifier.Pooling)).OneOf([.. Poolings.Select(p => p.Name)]);
    private readonly Option<string?> padding = PresetOption.Word(
        "--padding", "Zero vectors before each text up to --max-tokens, as Keras without a mask: trained at their full price, scored at none", Presets, o => o.Classifier.PaddedLength > 0 ? "keras" : "none").OneOf("none", "keras");
    private readonly Option<double?> embeddingDropout = PresetOption.Number("--embedding-dropout", "Dropout of embedded words", Presets, o => o.Classifier.EmbeddingDropout).Between(0, 0.99);
    private readonly Option<double?> dropout = PresetOption.Number("--dropout", "Dropout of what the encoder reads, held over a text", Presets, o => o.Classifier.InputDropout).Between(0, 0.99);
    private readonly Option<double?> recurrentDropout = PresetOption.Number("--recurrent-dropout", "Dropout of an LSTM's or a GRU's state, held over a text", Presets, o => o.Classifier.RecurrentDropout).Between(0, 0.99);
    private readonly Option<bool?> tied = PresetOption.Switch("--tied-dropout", "Draw the embedding's dropout once a word of a batch; faster", Presets, o => o.Classifier.TiedEmbeddingDropout);
    private readonly Option<int?> nGrams = PresetOption.Number("--n-grams", "Longest n-gram of the linear part beside the encoder; 0 for none", Presets, o => o.Wide?.Longest ?? 0).Between(0, 16);
    private readonly Option<int?> characters = PresetOption.NumberBySize("--characters", "Longest run of a word's characters that the linear part reads, 3 to 8; 0 for none. Judges words that training lacks by their spelling, which pays where texts are few", "5 below 20,000 texts, else 0", RecipeOptions.Notebook.Wide?.LongestCharacters ?? 0).Between(0, 8);
    private readonly Option<int?> epochs = PresetOption.NumberBySize("--epochs", "Passes over the training texts, at most", "15 to 5", RecipeOptions.Notebook.Training.Epochs).Between(1, 100_000);
    private readonly Option<int?> batchSize = PresetOption.NumberBySize("--batch-size", "Texts a step", "32 to 256", RecipeOptions.Notebook.Training.BatchSize).Between(1, 1 << 20);
    private readonly Option<double?> learningRate = PresetOption.Number("--learning-rate", "Adam's learning rate at the start", Presets, o => o.Training.LearningRate).Between(1e-9, 1000);
    private readonly Option<double?> clipNorm = new Option<double?>("--clip-norm") { Description = "Largest norm of all gradients together (default: no limit)", HelpName = "X" }.Between(1e-9, 1e9);
    private readonly Option<string?> schedule = PresetOption.Word("--schedule", "What trains when: frozen (word vectors stay), trainable, thaw-all@N or thaw-embedding@N from epoch N on, thaw-all@best or thaw-embedding@best from where the frozen model is best on the validation texts, gradual (from the top down); options behind a comma: rows=seen:5+top:1000+without-vector, pull=0.01, embedding-rate=0.1, encoder-rate=, dense-rate=, optimizer=reset, patience=3; or FILE.json of phases", Presets, o => o.Training.Schedule.Name);
    private readonly Option<string?> repair = new Option<string?>("--repair") { Description = $"anchor trains the word vectors with a pull back to where they were (pull={AnchorPull}), so that words which training lacks keep their neighbors; for repairs afterwards see 'firn drift --repair'" }.OneOf("anchor");
    private readonly Option<bool?> restoreBest = PresetOption.Switch("--restore-best", "End with the best epoch's weights instead of the last one's", Presets, o => o.Training.RestoreBest);
    private readonly Option<bool> refit = new("--refit") { Description = "Once the validation texts have chosen epoch, scales and threshold, train again on them too; takes up to twice the time, and pays where texts are few" };
    private readonly Option<bool?> balance = PresetOption.Switch("--balance-classes", "Weigh each class by how rare it is", Presets, o => o.BalanceClasses);
    private readonly Option<bool> multiLabel = new("--multi-label") { Description = "A text may have any number of labels, with | between them: a sigmoid a class" };
    private readonly Option<string?> tuneThreshold = new Option<string?>("--tune-threshold")
    {
        Description = "Of two classes, give the second from the score on at which this figure is best on the validation texts (default: from 0.5 on)",
    }.OneOf([.. Metrics.Select(m => m.Name)]);

    private readonly Option<int> seed = CommonOptions.Seed("word vectors, weights, shuffles and dropout; the same seed repeats a run bit for bit with --deterministic, --threads 1 or --vectors (else several threads train word vectors without locks)");
    private readonly Option<int> threads = CommonOptions.Threads();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { preset, stem, stopWords, hashTags, unspaced, unknown, maxWords, maxTokens, truncate, testSize, testSplit, splitSeed, validation, validationSize, folds, from, vectors, unseenWords, vectorTexts })
            command.Add(option);
        word2Vec.AddTo(command);
        foreach (var option in new Option[]
        {
            ownRows, dropPretrained, encoder, model, channels, layers, widths, dense, activation, denseDropout, hidden, bidirectional, pooling, padding, embeddingDropout, dropout, recurrentDropout, tied, nGrams, characters, epochs, batchSize, learningRate,
            clipNorm, schedule, repair, restoreBest, refit, balance, multiLabel, tuneThreshold, seed, threads,
        })
            command.Add(option);
        schedule.Validators.Add(result =>
        {
            try
            {
                if (result.GetValueOrDefault<string?>() is { } text)
                    ScheduleArgument.Read(text);
            }
            catch (Exception error) when (error is ArgumentException or IOException or UserError)
            {
                result.AddError($"--schedule: {(error is ArgumentException argument ? Failures.WithoutParameterName(argument) : error.Message)}");
            }
        });
    }

    public RecipeOptions Read(ParseResult parsed)
    {
        var basis = RecipeOptions.ForPreset(parsed.GetRequiredValue(preset)).WithSeed((ulong)parsed.GetValue(seed)).WithThreads(parsed.GetValue(threads));
        foreach (string file in parsed.GetValue(vectorTexts) ?? [])
            Inputs.RequireFile(file);
        if (parsed.GetValue(vectors) is { } path)
        {
            Inputs.RequireFile(path);
            Refuse(parsed, [vectorTexts, word2Vec.MinCount, .. word2Vec.ForTraining], $"is for training word vectors, and --vectors takes them from {path}");
        }
        if (parsed.GetValue(from) is { } bundle)
        {
            Inputs.RequireBundle(bundle);
            Refuse(parsed, [vectors, vectorTexts, ownRows, .. word2Vec.ForTraining, stem, stopWords, unspaced, unknown, maxWords, encoder, model, channels, layers, widths, dense, activation, hidden, bidirectional, pooling, padding],
                $"is decided by the bundle {bundle} that --from starts from");
            if (parsed.GetValue(hashTags) is "split" or "whole")
                throw new UsageError($"how hash tags are split is decided by the bundle {bundle} that --from starts from; leave --hash-tags out, or choose both or drop");
            RefuseWhatLayersSay(parsed, bundle);
        }
        if (parsed.GetValue(vectors) is null && parsed.GetValue(unseenWords) is not null)
        {
            throw new UsageError("--unseen-words chooses among the words of --vectors, which is not given; give it, or leave --unseen-words out");
        }
        if (parsed.GetValue(hashTags) is not null && basis.Cleaning.Preset != CleaningOptions.Tweets.Preset)
            throw new UsageError("--hash-tags is a rule of the preset tweets; leave it out with another one");
        if (parsed.GetValue(unspaced) is not null && basis.Cleaning.Preset != CleaningOptions.Tweets.Preset)
            throw new UsageError("--unspaced-scripts is a rule of the preset tweets; leave it out with another one");
        RecipeOptions options = basis with
        {
            Cleaning = basis.Cleaning with
            {
                Stem = parsed.GetValue(stem) ?? basis.Cleaning.Stem,
                RemoveStopWords = parsed.GetValue(stopWords) ?? basis.Cleaning.RemoveStopWords,
                SplitHashTags = parsed.GetValue(hashTags) is { } tags ? tags is "split" or "both" : basis.Cleaning.SplitHashTags,
                KeepHashTags = parsed.GetValue(hashTags) == "both",
                DropHashTags = parsed.GetValue(hashTags) == "drop",
                SplitUnspacedScripts = parsed.GetValue(unspaced) is { } given ? given == "pairs" : basis.Cleaning.SplitUnspacedScripts,
            },
            Vocabulary = basis.Vocabulary with
            {
                Unknown = parsed.GetValue(unknown) is { } policy ? Enum.Parse<UnknownWords>(policy, ignoreCase: true) : basis.Vocabulary.Unknown,
                MaxSize = parsed.GetValue(maxWords),
            },
            MaxTokens = parsed.GetValue(maxTokens) ?? basis.MaxTokens,
            Truncation = parsed.GetValue(truncate) is { } stays ? Enum.Parse<Truncation>(stays, ignoreCase: true) : basis.Truncation,
            TestShare = parsed.GetValue(testSize) ?? basis.TestShare,
            TestSplit = parsed.GetValue(testSplit) is { } kind ? Enum.Parse<TestSplit>(kind, ignoreCase: true) : basis.TestSplit,
            SplitSeed = (uint?)parsed.GetValue(splitSeed) ?? basis.SplitSeed,
            Validation = parsed.GetValue(validation) is { } way ? Enum.Parse<ValidationSplit>(way, ignoreCase: true) : basis.Validation,
            ValidationShare = parsed.GetValue(validationSize) ?? basis.ValidationShare,
            Folds = parsed.GetValue(folds) ?? basis.Folds,
            VectorsPath = parsed.GetValue(vectors),
            VectorTexts = parsed.GetValue(vectorTexts) ?? [],
            From = parsed.GetValue(from),
            TuneThreshold = parsed.GetValue(tuneThreshold) is { } figure ? Metrics.First(m => m.Name == figure).Metric : null,
            UnseenWords = parsed.GetValue(unseenWords) ?? basis.UnseenWords,
            KeepPretrained = !parsed.GetValue(dropPretrained),
            Word2Vec = word2Vec.Read(parsed, basis.Word2Vec),
            TrainWordsWithoutVector = parsed.GetValue(ownRows),
            Classifier = Classifier(parsed, basis.Classifier, parsed.GetValue(maxTokens) ?? basis.MaxTokens),
            Training = Training(parsed, basis.Training, parsed.GetValue(validationSize) is 0),
            Wide = Wide(parsed, basis.Wide),
            Refit = parsed.GetValue(refit),
            BalanceClasses = parsed.GetValue(balance) ?? basis.BalanceClasses,
        };
        if (options.Classifier is { PaddedLength: > 0, Bidirectional: true } or { PaddedLength: > 0, Pooling: not Pooling.LastState })
            throw new UsageError("--padding keras is for one direction and the last state; add --bidirectional false --pooling last, or start from --preset notebook");
        return options;
    }

    /// <summary>A bundle that holds a list of layers, or pads its texts, says itself what the short options would.</summary>
    private void RefuseWhatLayersSay(ParseResult parsed, string bundle)
    {
        Option[] dropouts = [embeddingDropout, dropout, recurrentDropout, denseDropout], lengths = [maxTokens, truncate];
        if (!dropouts.Concat(lengths).Any(option => parsed.GetResult(option) is { Implicit: false }))
            return;
        using var start = Predictor.Load(bundle);
        if (start.Classifier.Options.Model.Count > 0)
            Refuse(parsed, dropouts, $"is said by the list of layers in {bundle}");
        if (start.Classifier.Options.Padding is { Length: > 0 and var padded })
            Refuse(parsed, lengths, $"is decided by {bundle}, whose texts are padded to {padded} tokens");
    }

    private WideOptions? Wide(ParseResult parsed, WideOptions? basis)
    {
        int? longest = parsed.GetValue(nGrams), runs = parsed.GetValue(characters);
        if (longest == 0 || (longest is null && basis is null))
        {
            return runs is null or 0 ? null
                : throw new UsageError($"--characters belongs to the linear part, and {(longest == 0 ? "--n-grams 0 leaves it out" : "this preset has none")}; give --n-grams 1 or more, or leave --characters out");
        }
        if (runs is 1 or 2)
            throw new UsageError($"--characters {runs}: a run has at least 3 characters, begin and end of the word counting as one each; give 0 or 3 to 8");
        basis ??= new WideOptions();
        return basis with { Longest = longest ?? basis.Longest, LongestCharacters = runs ?? basis.LongestCharacters };
    }

    /// <summary>The settings that nothing was said about and that the preset leaves to the number of texts.</summary>
    public SizeSettings BySize(ParseResult parsed)
    {
        if (parsed.GetRequiredValue(preset) == RecipeOptions.Notebook.Preset)
            return SizeSettings.None;
        SizeSettings chosen = parsed.GetRequiredValue(preset) == RecipeOptions.Tweets.Preset ? SizeSettings.Tweets : SizeSettings.All;
        SizeSettings validates = SizeSettings.Schedule | SizeSettings.Refit;
        foreach ((Option option, SizeSettings setting) in new[]
        {
            (batchSize, SizeSettings.BatchSize), (epochs, SizeSettings.Epochs), (word2Vec.MinCount, SizeSettings.MinCount),
            ((Option)validationSize, SizeSettings.ValidationShare), (characters, SizeSettings.Characters), (maxTokens, SizeSettings.MaxTokens), (folds, SizeSettings.Folds),
            (validation, SizeSettings.Folds), (validationSize, SizeSettings.Folds), (restoreBest, SizeSettings.Folds), (refit, SizeSettings.Folds),
            (refit, SizeSettings.Refit), (restoreBest, SizeSettings.Schedule), (schedule, SizeSettings.Schedule), (epochs, SizeSettings.Schedule),
            (model, validates), (encoder, validates), (repair, SizeSettings.Schedule), (ownRows, SizeSettings.Schedule),
            (word2Vec.SkipGram, SizeSettings.SkipGram), (word2Vec.Epochs, SizeSettings.VectorEpochs),
        })
        {
            if (parsed.GetResult(option) is { Implicit: false })
                chosen &= ~setting;
        }
        if (parsed.GetValue(padding) == "keras")
            chosen &= ~SizeSettings.MaxTokens; // texts are padded to it
        if (parsed.GetValue(schedule) is { } text && ScheduleArgument.Read(text).Epochs is not null)
            chosen &= ~SizeSettings.Epochs; // its phases say how many there are
        return chosen;
    }

    private static void Refuse(ParseResult parsed, Option[] options, string why)
    {
        if (options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
            throw new UsageError($"{given.Name} {why}; leave one of the two out");
    }

    /// <summary>The basis with another encoder, and with what must go with it.</summary>
    private ClassifierOptions WithEncoder(ParseResult parsed, ClassifierOptions basis)
    {
        if (parsed.GetValue(encoder) is { } name)
        {
            basis = EncoderNames.With(basis, name);
        }
        bool recurrent = basis.Encoder is EncoderKind.Lstm or EncoderKind.Gru;
        if (parsed.GetValue(widths) is not null && basis.Encoder != EncoderKind.Convolution)
            throw new UsageError("--widths is for --encoder cnn; give that too, or leave it out");
        if (!recurrent)
            Refuse(parsed, [layers, bidirectional, recurrentDropout, padding], "is for an LSTM or a GRU");
        if (parsed.GetValue(pooling) == "last" && !recurrent)
            throw new UsageError($"--pooling last is for an LSTM or a GRU; choose mean, max or attention for --encoder {EncoderName(basis)}");
        if (parsed.GetValue(activation) is not null && parsed.GetValue(dense) is null)
            throw new UsageError("--activation is for the layers of --dense; give that too, or leave it out");
        return basis with
        {
            Layers = parsed.GetValue(layers) ?? basis.Layers,
            Widths = parsed.GetValue(widths) is { } text ? ReadList("--widths", text, 16, 64, "3,4,5") : basis.Widths,
            Dense = parsed.GetValue(dense) is { } units ? ReadList("--dense", units, 7, 8192, "64") : basis.Dense,
            DenseActivation = parsed.GetValue(activation) is { } function ? Enum.Parse<Activation>(function, ignoreCase: true) : basis.DenseActivation,
            DenseDropout = parsed.GetValue(denseDropout) ?? basis.DenseDropout,
        };
    }

    private static IntegerList ReadList(string option, string text, int most, int largest, string example)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > most || parts.Any(part => !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1 || number > largest))
            throw new UsageError($"{option}: '{text}' is no list of at most {most} whole numbers from 1 to {largest}; give for instance {example}");
        return [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
    }

    internal static string EncoderName(ClassifierOptions options) => EncoderNames.Of(options);

    private ClassifierOptions Classifier(ParseResult parsed, ClassifierOptions preset, int longest) =>
        parsed.GetValue(model) is { } file ? Listed(parsed, preset, file, longest) : Shaped(parsed, WithEncoder(parsed, preset), longest);

    /// <summary>The model of a list of layers.</summary>
    private ClassifierOptions Listed(ParseResult parsed, ClassifierOptions basis, string file, int longest)
    {
        Refuse(parsed, [encoder, layers, widths, dense, activation, denseDropout, hidden, bidirectional, pooling, dropout, recurrentDropout],
            $"is said by the layers of --model {file}");
        return basis with
        {
            Model = ModelListFile.Read(file),
            Padding = parsed.GetValue(padding) == "keras" ? new PaddedInput { Length = longest } : null,
            PaddedLength = 0,
            MultiLabel = parsed.GetValue(multiLabel),
            Multichannel = parsed.GetValue(channels) == 2,
            EmbeddingDropout = parsed.GetValue(embeddingDropout) ?? basis.EmbeddingDropout,
            TiedEmbeddingDropout = parsed.GetValue(tied) ?? basis.TiedEmbeddingDropout,
        };
    }

    private ClassifierOptions Shaped(ParseResult parsed, ClassifierOptions basis, int longest) => basis with
    {
        MultiLabel = parsed.GetValue(multiLabel),
        Multichannel = parsed.GetValue(channels) == 2,
        HiddenSize = parsed.GetValue(hidden) ?? basis.HiddenSize,
        Bidirectional = parsed.GetValue(bidirectional) ?? basis.Bidirectional,
        Pooling = parsed.GetValue(pooling) is { } name ? Poolings.First(p => p.Name == name).Pooling : basis.Pooling,
        EmbeddingDropout = parsed.GetValue(embeddingDropout) ?? basis.EmbeddingDropout,
        PaddedLength = parsed.GetValue(padding) switch
        {
            "keras" => longest,
            "none" => 0,
            _ => basis.PaddedLength,
        },
        InputDropout = parsed.GetValue(dropout) ?? basis.InputDropout,
        RecurrentDropout = parsed.GetValue(recurrentDropout) ?? basis.RecurrentDropout,
        TiedEmbeddingDropout = parsed.GetValue(tied) ?? basis.TiedEmbeddingDropout,
    };

    // Without validation texts there is nothing that the callbacks could watch.
    private TrainingOptions Training(ParseResult parsed, TrainingOptions basis, bool noValidation)
    {
        var chosen = parsed.GetValue(schedule) is { } text ? ScheduleArgument.Read(text) : basis.Schedule;
        if (parsed.GetValue(repair) is not null)
        {
            if (!chosen.EverTrains(ParameterGroup.Embedding))
                throw new UsageError($"--repair anchor pulls word vectors back while they train, and the schedule {chosen.Name} does not train them; choose --schedule trainable or one that thaws");
            chosen = chosen.WithPull(AnchorPull);
        }
        // Where the texts decide the epochs, the schedule is held against them when the texts are counted.
        int least = BySize(parsed).HasFlag(SizeSettings.Epochs) ? chosen.FirstEpochOf(chosen.Phases.Count - 1) ?? 0 : 0;
        return basis with
        {
            Epochs = parsed.GetValue(epochs) ?? chosen.Epochs ?? Math.Max(basis.Epochs, least),
            BatchSize = parsed.GetValue(batchSize) ?? basis.BatchSize,
            LearningRate = parsed.GetValue(learningRate) ?? basis.LearningRate,
            ClipNorm = parsed.GetValue(clipNorm),
            Schedule = chosen,
            RestoreBest = parsed.GetValue(restoreBest) ?? basis.RestoreBest,
            ReduceLearningRate = noValidation ? null : basis.ReduceLearningRate,
            EarlyStopping = noValidation ? null : basis.EarlyStopping,
        };
    }

    internal static string PoolingName(Pooling pooling) => Poolings.First(p => p.Pooling == pooling).Name;

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
