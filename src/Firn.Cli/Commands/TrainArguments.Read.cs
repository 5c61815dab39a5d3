using System.CommandLine;
using System.Globalization;
using Firn.Cli.Output;
using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;

namespace Firn.Cli.Commands;

/// <summary>From the options of a command line to those of a recipe.</summary>
internal sealed partial class TrainArguments
{
    public RecipeOptions Read(ParseResult parsed)
    {
        var basis = RecipeOptions
            .ForPreset(parsed.GetRequiredValue(_preset))
            .WithSeed((ulong)parsed.GetValue(_seed))
            .WithThreads(parsed.GetValue(_threads));
        foreach (string file in parsed.GetValue(_vectorTexts) ?? [])
            Inputs.RequireFile(file);
        if (parsed.GetValue(_vectors) is { } path)
        {
            Inputs.RequireFile(path);
            Refuse(
                parsed,
                [_vectorTexts, _word2Vec.MinCount, .. _word2Vec.ForTraining],
                $"is for training word vectors, and --vectors takes them from {path}"
            );
        }
        if (parsed.GetValue(_from) is { } bundle)
        {
            Inputs.RequireBundle(bundle);
            Refuse(
                parsed,
                [
                    _vectors,
                    _vectorTexts,
                    _ownRows,
                    .. _word2Vec.ForTraining,
                    _stem,
                    _stopWords,
                    _unspaced,
                    _unknown,
                    _maxWords,
                    _encoder,
                    _model,
                    _channels,
                    _layers,
                    _widths,
                    _dense,
                    _activation,
                    _hidden,
                    _bidirectional,
                    _pooling,
                    _padding,
                ],
                $"is decided by the bundle {bundle} that --from starts from"
            );
            if (parsed.GetValue(_hashTags) is "split" or "whole")
                throw new UsageError(
                    $"how hash tags are split is decided by the bundle {bundle} that --from starts from; leave "
                        + $"--hash-tags out, or choose both or drop"
                );
            RefuseWhatLayersSay(parsed, bundle);
        }
        if (parsed.GetValue(_vectors) is null && parsed.GetValue(_unseenWords) is not null)
        {
            throw new UsageError(
                "--unseen-words chooses among the words of --vectors, which is not given; give it, or leave "
                    + "--unseen-words out"
            );
        }
        if (parsed.GetValue(_hashTags) is not null && basis.Cleaning.Preset != CleaningOptions.Tweets.Preset)
            throw new UsageError("--hash-tags is a rule of the preset tweets; leave it out with another one");
        if (parsed.GetValue(_unspaced) is not null && basis.Cleaning.Preset != CleaningOptions.Tweets.Preset)
            throw new UsageError("--unspaced-scripts is a rule of the preset tweets; leave it out with another one");
        RecipeOptions options = basis with
        {
            Cleaning = basis.Cleaning with
            {
                Stem = parsed.GetValue(_stem) ?? basis.Cleaning.Stem,
                RemoveStopWords = parsed.GetValue(_stopWords) ?? basis.Cleaning.RemoveStopWords,
                SplitHashTags = parsed.GetValue(_hashTags) is { } tags
                    ? tags is "split" or "both"
                    : basis.Cleaning.SplitHashTags,
                KeepHashTags = parsed.GetValue(_hashTags) == "both",
                DropHashTags = parsed.GetValue(_hashTags) == "drop",
                SplitUnspacedScripts = parsed.GetValue(_unspaced) is { } given
                    ? given == "pairs"
                    : basis.Cleaning.SplitUnspacedScripts,
            },
            Vocabulary = basis.Vocabulary with
            {
                Unknown = parsed.GetValue(_unknown) is { } policy
                    ? Enum.Parse<UnknownWords>(policy, ignoreCase: true)
                    : basis.Vocabulary.Unknown,
                MaxSize = parsed.GetValue(_maxWords),
            },
            MaxTokens = parsed.GetValue(_maxTokens) ?? basis.MaxTokens,
            Truncation = parsed.GetValue(_truncate) is { } stays
                ? Enum.Parse<Truncation>(stays, ignoreCase: true)
                : basis.Truncation,
            TestShare = parsed.GetValue(_testSize) ?? basis.TestShare,
            TestSplit = parsed.GetValue(_testSplit) is { } kind
                ? Enum.Parse<TestSplit>(kind, ignoreCase: true)
                : basis.TestSplit,
            SplitSeed = (uint?)parsed.GetValue(_splitSeed) ?? basis.SplitSeed,
            Validation = parsed.GetValue(_validation) is { } way
                ? Enum.Parse<ValidationSplit>(way, ignoreCase: true)
                : basis.Validation,
            ValidationShare = parsed.GetValue(_validationSize) ?? basis.ValidationShare,
            Folds = parsed.GetValue(_folds) ?? basis.Folds,
            VectorsPath = parsed.GetValue(_vectors),
            VectorTexts = parsed.GetValue(_vectorTexts) ?? [],
            From = parsed.GetValue(_from),
            TuneThreshold = parsed.GetValue(_tuneThreshold) is { } figure
                ? Metrics.First(m => m.Name == figure).Metric
                : null,
            UnseenWords = parsed.GetValue(_unseenWords) ?? basis.UnseenWords,
            KeepPretrained = !parsed.GetValue(_dropPretrained),
            Word2Vec = _word2Vec.Read(parsed, basis.Word2Vec),
            TrainWordsWithoutVector = parsed.GetValue(_ownRows),
            Classifier = Classifier(parsed, basis.Classifier, parsed.GetValue(_maxTokens) ?? basis.MaxTokens),
            Training = Training(parsed, basis.Training, parsed.GetValue(_validationSize) is 0),
            LinearBranch = LinearBranch(parsed, basis.LinearBranch),
            Refit = parsed.GetValue(_refit),
            BalanceClasses = parsed.GetValue(_balance) ?? basis.BalanceClasses,
        };
        if (
            options.Classifier
            is { PaddedLength: > 0, Bidirectional: true }
                or { PaddedLength: > 0, Pooling: not Pooling.LastState }
        )
            throw new UsageError(
                "--padding keras is for one direction and the last state; add --bidirectional false --pooling last, "
                    + "or start from --preset notebook"
            );
        return options;
    }

    /// <summary>
    /// A bundle that holds a list of layers, or pads its texts, says itself what the short options would.
    /// </summary>
    private void RefuseWhatLayersSay(ParseResult parsed, string bundle)
    {
        Option[] dropouts = [_embeddingDropout, _dropout, _recurrentDropout, _denseDropout],
            lengths = [_maxTokens, _truncate];
        if (!dropouts.Concat(lengths).Any(option => parsed.GetResult(option) is { Implicit: false }))
            return;
        using var start = Predictor.Load(bundle);
        if (start.Classifier.Options.Model.Count > 0)
            Refuse(parsed, dropouts, $"is said by the list of layers in {bundle}");
        if (start.Classifier.Options.Padding is { Length: > 0 and var padded })
            Refuse(parsed, lengths, $"is decided by {bundle}, whose texts are padded to {padded} tokens");
    }

    private LinearBranchOptions? LinearBranch(ParseResult parsed, LinearBranchOptions? basis)
    {
        int? longest = parsed.GetValue(_nGrams),
            runs = parsed.GetValue(_characters);
        if (longest == 0 || (longest is null && basis is null))
        {
            return runs is null or 0
                ? null
                : throw new UsageError(
                    $"--characters belongs to the linear part, and "
                        + $"{(longest == 0 ? "--n-grams 0 leaves it out" : "this preset has none")}; give --n-grams "
                        + $"1 or more, or leave --characters out"
                );
        }
        if (runs is 1 or 2)
            throw new UsageError(
                $"--characters {runs}: a run has at least 3 characters, begin and end of the word counting as one "
                    + $"each; give 0 or 3 to 8"
            );
        basis ??= new LinearBranchOptions();
        return basis with { Longest = longest ?? basis.Longest, LongestCharacters = runs ?? basis.LongestCharacters };
    }

    /// <summary>The settings that nothing was said about and that the preset leaves to the number of texts.</summary>
    public SizeSettings BySize(ParseResult parsed)
    {
        if (parsed.GetRequiredValue(_preset) == RecipeOptions.Notebook.Preset)
            return SizeSettings.None;
        SizeSettings chosen =
            parsed.GetRequiredValue(_preset) == RecipeOptions.Tweets.Preset ? SizeSettings.Tweets : SizeSettings.All;
        SizeSettings validates = SizeSettings.Schedule | SizeSettings.Refit;
        foreach (
            (Option option, SizeSettings setting) in new[]
            {
                (_batchSize, SizeSettings.BatchSize),
                (_epochs, SizeSettings.Epochs),
                (_word2Vec.MinCount, SizeSettings.MinCount),
                ((Option)_validationSize, SizeSettings.ValidationShare),
                (_characters, SizeSettings.Characters),
                (_maxTokens, SizeSettings.MaxTokens),
                (_folds, SizeSettings.Folds),
                (_validation, SizeSettings.Folds),
                (_validationSize, SizeSettings.Folds),
                (_restoreBest, SizeSettings.Folds),
                (_refit, SizeSettings.Folds),
                (_refit, SizeSettings.Refit),
                (_restoreBest, SizeSettings.Schedule),
                (_schedule, SizeSettings.Schedule),
                (_epochs, SizeSettings.Schedule),
                (_model, validates),
                (_encoder, validates),
                (_repair, SizeSettings.Schedule),
                (_ownRows, SizeSettings.Schedule),
                (_word2Vec.SkipGram, SizeSettings.SkipGram),
                (_word2Vec.Epochs, SizeSettings.VectorEpochs),
            }
        )
        {
            if (parsed.GetResult(option) is { Implicit: false })
                chosen &= ~setting;
        }
        if (parsed.GetValue(_padding) == "keras")
            chosen &= ~SizeSettings.MaxTokens; // texts are padded to it
        if (parsed.GetValue(_schedule) is { } text && ScheduleArgument.Read(text).Epochs is not null)
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
        if (parsed.GetValue(_encoder) is { } name)
        {
            basis = EncoderNames.With(basis, name);
        }
        bool recurrent = basis.Encoder is EncoderKind.Lstm or EncoderKind.Gru;
        if (parsed.GetValue(_widths) is not null && basis.Encoder != EncoderKind.Convolution)
            throw new UsageError("--widths is for --encoder cnn; give that too, or leave it out");
        if (!recurrent)
            Refuse(parsed, [_layers, _bidirectional, _recurrentDropout, _padding], "is for an LSTM or a GRU");
        if (parsed.GetValue(_pooling) == "last" && !recurrent)
            throw new UsageError(
                $"--pooling last is for an LSTM or a GRU; choose mean, max or attention for --encoder "
                    + $"{EncoderName(basis)}"
            );
        if (parsed.GetValue(_activation) is not null && parsed.GetValue(_dense) is null)
            throw new UsageError("--activation is for the layers of --dense; give that too, or leave it out");
        return basis with
        {
            Layers = parsed.GetValue(_layers) ?? basis.Layers,
            Widths = parsed.GetValue(_widths) is { } text ? ReadList("--widths", text, 16, 64, "3,4,5") : basis.Widths,
            Dense = parsed.GetValue(_dense) is { } units ? ReadList("--dense", units, 7, 8192, "64") : basis.Dense,
            DenseActivation = parsed.GetValue(_activation) is { } function
                ? Enum.Parse<Activation>(function, ignoreCase: true)
                : basis.DenseActivation,
            DenseDropout = parsed.GetValue(_denseDropout) ?? basis.DenseDropout,
        };
    }

    private static IntegerList ReadList(string option, string text, int most, int largest, string example)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (
            parts.Length > most
            || parts.Any(part =>
                !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                || number < 1
                || number > largest
            )
        )
            throw new UsageError(
                $"{option}: '{text}' is no list of at most {most} whole numbers from 1 to {largest}; give for "
                    + $"instance {example}"
            );
        return [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
    }

    internal static string EncoderName(ClassifierOptions options) => EncoderNames.Of(options);

    private ClassifierOptions Classifier(ParseResult parsed, ClassifierOptions preset, int longest) =>
        parsed.GetValue(_model) is { } file
            ? Listed(parsed, preset, file, longest)
            : Shaped(parsed, WithEncoder(parsed, preset), longest);

    /// <summary>The model of a list of layers.</summary>
    private ClassifierOptions Listed(ParseResult parsed, ClassifierOptions basis, string file, int longest)
    {
        Refuse(
            parsed,
            [
                _encoder,
                _layers,
                _widths,
                _dense,
                _activation,
                _denseDropout,
                _hidden,
                _bidirectional,
                _pooling,
                _dropout,
                _recurrentDropout,
            ],
            $"is said by the layers of --model {file}"
        );
        return basis with
        {
            Model = ModelListFile.Read(file),
            Padding = parsed.GetValue(_padding) == "keras" ? new PaddedInput { Length = longest } : null,
            PaddedLength = 0,
            MultiLabel = parsed.GetValue(_multiLabel),
            Multichannel = parsed.GetValue(_channels) == 2,
            EmbeddingDropout = parsed.GetValue(_embeddingDropout) ?? basis.EmbeddingDropout,
            TiedEmbeddingDropout = parsed.GetValue(_tied) ?? basis.TiedEmbeddingDropout,
        };
    }

    private ClassifierOptions Shaped(ParseResult parsed, ClassifierOptions basis, int longest) =>
        basis with
        {
            MultiLabel = parsed.GetValue(_multiLabel),
            Multichannel = parsed.GetValue(_channels) == 2,
            HiddenSize = parsed.GetValue(_hidden) ?? basis.HiddenSize,
            Bidirectional = parsed.GetValue(_bidirectional) ?? basis.Bidirectional,
            Pooling = parsed.GetValue(_pooling) is { } name
                ? Poolings.First(p => p.Name == name).Pooling
                : basis.Pooling,
            EmbeddingDropout = parsed.GetValue(_embeddingDropout) ?? basis.EmbeddingDropout,
            PaddedLength = parsed.GetValue(_padding) switch
            {
                "keras" => longest,
                "none" => 0,
                _ => basis.PaddedLength,
            },
            InputDropout = parsed.GetValue(_dropout) ?? basis.InputDropout,
            RecurrentDropout = parsed.GetValue(_recurrentDropout) ?? basis.RecurrentDropout,
            TiedEmbeddingDropout = parsed.GetValue(_tied) ?? basis.TiedEmbeddingDropout,
        };

    // Without validation texts there is nothing that the callbacks could watch.
    private TrainingOptions Training(ParseResult parsed, TrainingOptions basis, bool noValidation)
    {
        var chosen = parsed.GetValue(_schedule) is { } text ? ScheduleArgument.Read(text) : basis.Schedule;
        if (parsed.GetValue(_repair) is not null)
        {
            if (!chosen.EverTrains(ParameterGroup.Embedding))
                throw new UsageError(
                    $"--repair anchor pulls word vectors back while they train, and the schedule {chosen.Name} does "
                        + $"not train them; choose --schedule trainable or one that thaws"
                );
            chosen = chosen.WithAnchor(DefaultAnchor);
        }
        // Where the texts decide the epochs, the schedule is held against them when the texts are counted.
        int least = BySize(parsed).HasFlag(SizeSettings.Epochs) ? chosen.FirstEpochOf(chosen.Phases.Count - 1) ?? 0 : 0;
        return basis with
        {
            Epochs = parsed.GetValue(_epochs) ?? chosen.Epochs ?? Math.Max(basis.Epochs, least),
            BatchSize = parsed.GetValue(_batchSize) ?? basis.BatchSize,
            LearningRate = parsed.GetValue(_learningRate) ?? basis.LearningRate,
            ClipNorm = parsed.GetValue(_clipNorm),
            Schedule = chosen,
            RestoreBest = parsed.GetValue(_restoreBest) ?? basis.RestoreBest,
            ReduceLearningRate = noValidation ? null : basis.ReduceLearningRate,
            EarlyStopping = noValidation ? null : basis.EarlyStopping,
        };
    }

    internal static string PoolingName(Pooling pooling) => Poolings.First(p => p.Pooling == pooling).Name;

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
