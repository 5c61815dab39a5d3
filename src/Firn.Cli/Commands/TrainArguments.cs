using System.CommandLine;
using Firn.Cli.Commands.Vectors;
using Firn.Cli.Output;
using Firn.Evaluation;
using Firn.Model;
using Firn.Recipes;

namespace Firn.Cli.Commands;

/// <summary>The options of a recipe: every choice between a file of texts and a model.</summary>
internal sealed partial class TrainArguments
{
    private static readonly (string Name, RecipeOptions Options)[] Presets =
    [
        ("default", RecipeOptions.Default),
        ("notebook", RecipeOptions.Notebook),
    ];
    private static readonly (string Name, Pooling Pooling)[] Poolings =
    [
        ("last", Pooling.LastState),
        ("mean", Pooling.Mean),
        ("max", Pooling.Max),
        ("attention", Pooling.Attention),
    ];

    private static readonly (string Name, ThresholdMetric Metric)[] Metrics =
    [
        ("accuracy", ThresholdMetric.Accuracy),
        ("f1", ThresholdMetric.F1),
        ("macro-f1", ThresholdMetric.MacroF1),
        ("macro-recall", ThresholdMetric.MacroRecall),
    ];

    private const double DefaultAnchor = 0.1;

    private readonly Option<string> _preset = new Option<string>("--preset")
    {
        Description =
            "Where the other options' defaults come from: default lets the data choose; tweets is one recipe for "
            + "short messages, that of earlier versions; notebook is the reference notebook, setting for setting",
        DefaultValueFactory = _ => "default",
    }.OneOf("default", "tweets", "notebook");

    private readonly Option<bool?> _stem = PresetOption.Switch(
        "--stem",
        "Stem words (Snowball English)",
        Presets,
        o => o.Cleaning.Stem
    );
    private readonly Option<bool?> _stopWords = PresetOption.Switch(
        "--stop-words",
        "Drop English stop words, 'not' among them",
        Presets,
        o => o.Cleaning.RemoveStopWords
    );
    private readonly Option<string?> _hashTags = new Option<string?>("--hash-tags")
    {
        Description =
            "With the preset tweets, a hash tag gives its words, one token with its sign, both, or none: both where "
            + "texts are few, drop where texts were gathered by them, which 'firn audit' shows (default: split)",
    }.OneOf("split", "whole", "both", "drop");
    private readonly Option<string?> _unspaced = new Option<string?>("--unspaced-scripts")
    {
        Description =
            "With the preset tweets, a run of a script without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) "
            + "gives overlapping pairs of characters, or is one token (default: pairs)",
    }.OneOf("pairs", "runs");
    private readonly Option<string?> _unknown = PresetOption
        .Word(
            "--unknown",
            "A word that training did not see: skip it, or give all such words a row",
            Presets,
            o => Lower(o.Vocabulary.Unknown)
        )
        .OneOf("skip", "row");
    private readonly Option<int?> _maxWords = new Option<int?>("--max-words")
    {
        Description = "Keep the N most frequent words only (default: all)",
        HelpName = "N",
    }.Between(1, int.MaxValue);
    private readonly Option<int?> _maxTokens = PresetOption
        .NumberBySize(
            "--max-tokens",
            "Tokens of a text that are used, at most",
            "what 99.9% of the training texts need, 100 to 512",
            RecipeOptions.Notebook.MaxTokens
        )
        .Between(1, 100_000);
    private readonly Option<string?> _truncate = PresetOption
        .Word(
            "--truncate",
            "Which tokens stay of a longer text: the first (head), the last (tail), those around its middle, or half "
                + "from either end (ends)",
            Presets,
            o => Lower(o.Truncation)
        )
        .OneOf("head", "tail", "middle", "ends");
    private readonly Option<string?> _testSplit = PresetOption
        .Word(
            "--test-split",
            "The test part: at random, as scikit-learn draws it, or the same share of every class, equal texts on "
                + "one side",
            Presets,
            o => Lower(o.TestSplit)
        )
        .OneOf("random", "stratified");
    private readonly Option<double?> _testSize = PresetOption
        .Number(
            "--test-size",
            "Share of the texts kept apart for the test; 0 for none",
            Presets,
            o => Math.Round(o.TestShare, 6)
        )
        .Between(0, 0.99);
    private readonly Option<int?> _splitSeed = PresetOption
        .Number(
            "--split-seed",
            "Decides the test part, as scikit-learn's random_state does",
            Presets,
            o => (int)o.SplitSeed
        )
        .Between(0, int.MaxValue);
    private readonly Option<string?> _validation = PresetOption
        .Word(
            "--validation",
            "Texts that measure each epoch: the last of the training part, or the same share of every class, equal "
                + "texts on one side",
            Presets,
            o => Lower(o.Validation)
        )
        .OneOf("last", "stratified");
    private readonly Option<double?> _validationSize = PresetOption
        .NumberBySize(
            "--validation-size",
            "Their share; 0 for none",
            "0.1, from 100,000 on 0.05",
            RecipeOptions.Notebook.ValidationShare
        )
        .Between(0, 0.99);
    private readonly Option<int?> _folds = PresetOption
        .NumberBySize(
            "--validation-folds",
            "Folds of a cross-validation in the place of validation texts: each text is scored by a model without "
                + "it, which chooses epoch, penalty and scales; then all texts train; 0 for none",
            "5 from 20 to 3,000 texts, else 0",
            RecipeOptions.Notebook.Folds
        )
        .Between(0, 100);
    private readonly Option<string?> _vectors = new("--vectors")
    {
        Description = "File of word vectors to use instead of training them",
        HelpName = "FILE",
    };
    private readonly Option<string[]> _vectorTexts = new("--vector-texts")
    {
        Description =
            "Files of more texts to train word vectors on, without labels: one text a line, or the text column of a "
            + "CSV, TSV or JSON lines file",
        HelpName = "FILE...",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _from = new("--from")
    {
        Description =
            "Bundle to start from: its cleaning, words, vectors and encoder, and its output layer where the labels "
            + "are the same",
        HelpName = "BUNDLE",
    };

    private readonly Option<int?> _unseenWords = new Option<int?>("--unseen-words")
    {
        Description =
            $"Words of --vectors that the training texts lack and that keep their vector: those among the first N "
            + $"rows of the file, 0 for none; a row of the table each (default: {RecipeOptions.Tweets.UnseenWords})",
        HelpName = "N",
    }.Between(0, int.MaxValue);
    private readonly Option<bool> _dropPretrained = new("--drop-pretrained")
    {
        Description =
            "Leave the word vectors as they were before training out of the bundle; 'firn drift' then needs them as "
            + "a file",
    };
    private readonly Word2VecArguments _word2Vec = new(
        [.. Presets.Select(p => (p.Name, p.Options.Word2Vec))],
        "--vector-epochs"
    );
    private readonly Option<bool> _ownRows = new("--rows-for-all-words")
    {
        Description = "Words without a vector get a zero row of their own that can train (as Keras; costs memory)",
    };
    private readonly Option<string?> _encoder = PresetOption
        .Word(
            "--encoder",
            "What reads the words: LSTM or GRU, in one direction or both, convolutions (cnn), or the mean of the words",
            Presets,
            o => EncoderName(o.Classifier)
        )
        .OneOf([.. EncoderNames.All]);
    private readonly Option<string?> _model = new("--model")
    {
        Description =
            "File with a list of layers as JSON, in place of --encoder and what goes with it; docs/model.md shows "
            + "how it is written",
        HelpName = "FILE",
    };

    private readonly Option<int?> _channels = new Option<int?>("--channels")
    {
        Description =
            "2: a second copy of the word vectors that stays as it is beside the one that the schedule trains, each "
            + "layer reading both (default: 1)",
        HelpName = "N",
    }.Between(1, 2);

    private readonly Option<int?> _layers = new Option<int?>("--layers")
    {
        Description = "LSTMs or GRUs above each other (default: 1)",
        HelpName = "N",
    }.Between(1, 8);
    private readonly Option<string?> _widths = new("--widths")
    {
        Description = "Words that the windows of --encoder cnn span, with commas between (default: 3,4,5)",
        HelpName = "N,N...",
    };
    private readonly Option<string?> _dense = new("--dense")
    {
        Description = "Units of dense layers between the encoder and the output, with commas between (default: none)",
        HelpName = "N,N...",
    };
    private readonly Option<string?> _activation = new Option<string?>("--activation")
    {
        Description = "The function behind each layer of --dense (default: relu)",
    }.OneOf("relu", "tanh", "sigmoid", "elu", "gelu");
    private readonly Option<double?> _denseDropout = PresetOption
        .Number(
            "--dense-dropout",
            "Dropout of what enters each dense layer, the output's too",
            Presets,
            o => o.Classifier.DenseDropout
        )
        .Between(0, 0.99);
    private readonly Option<int?> _hidden = PresetOption
        .Number(
            "--hidden",
            "Units of the LSTM or GRU in each direction, of the mean, or filters of each width of a cnn",
            Presets,
            o => o.Classifier.HiddenSize
        )
        .Between(1, 8192);
    private readonly Option<bool?> _bidirectional = PresetOption.Switch(
        "--bidirectional",
        "Read each text in both directions",
        Presets,
        o => o.Classifier.Bidirectional
    );
    private readonly Option<string?> _pooling = PresetOption
        .Word("--pooling", "How the outputs over time become one", Presets, o => PoolingName(o.Classifier.Pooling))
        .OneOf([.. Poolings.Select(p => p.Name)]);
    private readonly Option<string?> _padding = PresetOption
        .Word(
            "--padding",
            "Zero vectors before each text up to --max-tokens, as Keras without a mask: trained at their full price, "
                + "scored at none",
            Presets,
            o => o.Classifier.PaddedLength > 0 ? "keras" : "none"
        )
        .OneOf("none", "keras");
    private readonly Option<double?> _embeddingDropout = PresetOption
        .Number("--embedding-dropout", "Dropout of embedded words", Presets, o => o.Classifier.EmbeddingDropout)
        .Between(0, 0.99);
    private readonly Option<double?> _dropout = PresetOption
        .Number(
            "--dropout",
            "Dropout of what the encoder reads, held over a text",
            Presets,
            o => o.Classifier.InputDropout
        )
        .Between(0, 0.99);
    private readonly Option<double?> _recurrentDropout = PresetOption
        .Number(
            "--recurrent-dropout",
            "Dropout of an LSTM's or a GRU's state, held over a text",
            Presets,
            o => o.Classifier.RecurrentDropout
        )
        .Between(0, 0.99);
    private readonly Option<bool?> _tied = PresetOption.Switch(
        "--tied-dropout",
        "Draw the embedding's dropout once a word of a batch; faster",
        Presets,
        o => o.Classifier.TiedEmbeddingDropout
    );
    private readonly Option<int?> _nGrams = PresetOption
        .Number(
            "--n-grams",
            "Longest n-gram of the linear part beside the encoder; 0 for none",
            Presets,
            o => o.LinearBranch?.Longest ?? 0
        )
        .Between(0, 16);
    private readonly Option<int?> _characters = PresetOption
        .NumberBySize(
            "--characters",
            "Longest run of a word's characters that the linear part reads, 3 to 8; 0 for none. Judges words that "
                + "training lacks by their spelling, which pays where texts are few",
            "5 below 20,000 texts, else 0",
            RecipeOptions.Notebook.LinearBranch?.LongestCharacters ?? 0
        )
        .Between(0, 8);
    private readonly Option<int?> _epochs = PresetOption
        .NumberBySize(
            "--epochs",
            "Passes over the training texts, at most",
            "15 to 5",
            RecipeOptions.Notebook.Training.Epochs
        )
        .Between(1, 100_000);
    private readonly Option<int?> _batchSize = PresetOption
        .NumberBySize("--batch-size", "Texts a step", "32 to 256", RecipeOptions.Notebook.Training.BatchSize)
        .Between(1, 1 << 20);
    private readonly Option<double?> _learningRate = PresetOption
        .Number("--learning-rate", "Adam's learning rate at the start", Presets, o => o.Training.LearningRate)
        .Between(1e-9, 1000);
    private readonly Option<double?> _clipNorm = new Option<double?>("--clip-norm")
    {
        Description = "Largest norm of all gradients together (default: no limit)",
        HelpName = "X",
    }.Between(1e-9, 1e9);
    private readonly Option<string?> _schedule = PresetOption.Word(
        "--schedule",
        "What trains when: frozen (word vectors stay), trainable, thaw-all@N or thaw-embedding@N from epoch N on, "
            + "thaw-all@best or thaw-embedding@best from where the frozen model is best on the validation texts, "
            + "gradual (from the top down); options behind a comma: rows=seen:5+top:1000+without-vector, anchor=0.01, "
            + "embedding-rate=0.1, encoder-rate=, dense-rate=, optimizer=reset, patience=3; or FILE.json of phases",
        Presets,
        o => o.Training.Schedule.Name
    );
    private readonly Option<string?> _repair = new Option<string?>("--repair")
    {
        Description =
            $"anchor trains the word vectors with a pull back to where they were (anchor={DefaultAnchor}), so that "
            + $"words which training lacks keep their neighbors; for repairs afterwards see 'firn drift --repair'",
    }.OneOf("anchor");
    private readonly Option<bool?> _restoreBest = PresetOption.Switch(
        "--restore-best",
        "End with the best epoch's weights instead of the last one's",
        Presets,
        o => o.Training.RestoreBest
    );
    private readonly Option<bool> _refit = new("--refit")
    {
        Description =
            "Once the validation texts have chosen epoch, scales and threshold, train again on them too; takes up to "
            + "twice the time, and pays where texts are few",
    };
    private readonly Option<bool?> _balance = PresetOption.Switch(
        "--balance-classes",
        "Weigh each class by how rare it is",
        Presets,
        o => o.BalanceClasses
    );
    private readonly Option<bool> _multiLabel = new("--multi-label")
    {
        Description = "A text may have any number of labels, with | between them: a sigmoid a class",
    };
    private readonly Option<string?> _tuneThreshold = new Option<string?>("--tune-threshold")
    {
        Description =
            "Of two classes, give the second from the score on at which this figure is best on the validation texts "
            + "(default: from 0.5 on)",
    }.OneOf([.. Metrics.Select(m => m.Name)]);

    private readonly Option<int> _seed = CommonOptions.Seed(
        "word vectors, weights, shuffles and dropout; the same seed repeats a run bit for bit with --deterministic, "
            + "--threads 1 or --vectors (else several threads train word vectors without locks)"
    );
    private readonly Option<int> _threads = CommonOptions.Threads();

    public void AddTo(Command command)
    {
        foreach (
            var option in new Option[]
            {
                _preset,
                _stem,
                _stopWords,
                _hashTags,
                _unspaced,
                _unknown,
                _maxWords,
                _maxTokens,
                _truncate,
                _testSize,
                _testSplit,
                _splitSeed,
                _validation,
                _validationSize,
                _folds,
                _from,
                _vectors,
                _unseenWords,
                _vectorTexts,
            }
        )
            command.Add(option);
        _word2Vec.AddTo(command);
        foreach (
            var option in new Option[]
            {
                _ownRows,
                _dropPretrained,
                _encoder,
                _model,
                _channels,
                _layers,
                _widths,
                _dense,
                _activation,
                _denseDropout,
                _hidden,
                _bidirectional,
                _pooling,
                _padding,
                _embeddingDropout,
                _dropout,
                _recurrentDropout,
                _tied,
                _nGrams,
                _characters,
                _epochs,
                _batchSize,
                _learningRate,
                _clipNorm,
                _schedule,
                _repair,
                _restoreBest,
                _refit,
                _balance,
                _multiLabel,
                _tuneThreshold,
                _seed,
                _threads,
            }
        )
            command.Add(option);
        _schedule.Validators.Add(result =>
        {
            try
            {
                if (result.GetValueOrDefault<string?>() is { } text)
                    ScheduleArgument.Read(text);
            }
            catch (Exception error) when (error is ArgumentException or IOException or UserError)
            {
                string reason = error is ArgumentException wrong ? Failures.WithoutParameterName(wrong) : error.Message;
                result.AddError($"--schedule: {reason}");
            }
        });
    }
}
