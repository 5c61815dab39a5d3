using System.CommandLine;
using System.Globalization;
using Firn.Cli.Output;
using Firn.Vectors.Training;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// word2vec's parameters as options, by gensim's names and with the defaults of the command that uses them.
/// </summary>
internal sealed class Word2VecArguments
{
    private readonly Option<int?> _size,
        _window,
        _minCount,
        _negative,
        _epochs;
    private readonly Option<double?> _sample,
        _exponent,
        _alpha,
        _minAlpha;
    private readonly Option<bool> _skipGram = new("--sg") { Description = "Skip-gram instead of CBOW" };
    private readonly Option<bool> _hierarchical = new("--hs")
    {
        Description = "Hierarchical softmax, beside negative sampling unless --negative 0",
    };
    private readonly Option<bool> _subwords = new("--subwords")
    {
        Description =
            "Build words from their character n-grams too, as fastText does, so that words never seen have vectors",
    };
    private readonly Option<bool> _deterministic = new("--deterministic")
    {
        Description = "The same vectors, bit for bit, on any number of threads; takes 1.5 to 1.8 times as long",
    };
    private readonly Option<int?> _minN,
        _maxN,
        _buckets;
    private readonly Option<bool> _cbowSum = new("--cbow-sum")
    {
        Description = "CBOW adds the context's vectors instead of taking their mean",
    };

    /// <summary>Makes the options.</summary>
    /// <param name="presets">Where defaults come from.</param>
    /// <param name="epochsName">The name of the option for epochs, which <c>firn train</c> needs for its own.</param>
    public Word2VecArguments(
        IReadOnlyList<(string Name, Word2VecOptions Options)> presets,
        string epochsName = "--epochs"
    )
    {
        _size = PresetOption
            .Number("--vector-size", "Numbers in each word vector", presets, o => o.VectorSize)
            .Between(1, 1 << 16);
        _window = PresetOption
            .Number(
                "--window",
                "Words to the left and right of a word that count as its context, at most",
                presets,
                o => o.Window
            )
            .Between(1, 1000);
        _minCount = PresetOption
            .Number("--min-count", "Words seen fewer times get no vector", presets, o => o.MinCount)
            .Between(1, int.MaxValue);
        _sample = PresetOption
            .Number("--sample", "Threshold of subsampling frequent words; 0 keeps all", presets, o => o.Sample)
            .Between(0, 1);
        _negative = PresetOption
            .Number("--negative", "Random words that each word is told from; 0 with --hs", presets, o => o.Negative)
            .Between(0, 1000);
        _exponent = PresetOption
            .Number("--ns-exponent", "Random words are drawn by count to this power", presets, o => o.NsExponent)
            .Between(-10, 10);
        _alpha = PresetOption
            .Number("--alpha", "Learning rate of word vectors at the start", presets, o => o.Alpha)
            .Between(1e-9, 100);
        _minAlpha = PresetOption
            .Number("--min-alpha", "Learning rate of word vectors at the end", presets, o => o.MinAlpha)
            .Between(0, 100);
        var ngrams = new SubwordOptions();
        _minN = Ngram("--minn", $"--subwords: shortest n-gram in characters (default {ngrams.MinN})").Between(1, 100);
        _maxN = Ngram("--maxn", $"--subwords: longest n-gram in characters (default {ngrams.MaxN})").Between(1, 100);
        _buckets = Ngram("--bucket", $"--subwords: rows that all n-grams share (default {ngrams.Buckets})")
            .Between(1, 1 << 30);
        Epochs = _epochs = PresetOption
            .Number(epochsName, "Passes over the texts for word vectors", presets, o => o.Epochs)
            .Between(1, 100_000);
    }

    /// <summary>Passes over the texts.</summary>
    public Option<int?> Epochs { get; }

    /// <summary>Skip-gram instead of CBOW.</summary>
    public Option<bool> SkipGram => _skipGram;

    public void AddTo(Command command)
    {
        foreach (var option in ForTraining.Append(_minCount))
            command.Add(option);
    }

    /// <summary>The options that were given, over those of <paramref name="basis"/>.</summary>
    public Word2VecOptions Read(ParseResult parsed, Word2VecOptions basis) =>
        basis with
        {
            VectorSize = parsed.GetValue(_size) ?? basis.VectorSize,
            Window = parsed.GetValue(_window) ?? basis.Window,
            MinCount = parsed.GetValue(_minCount) ?? basis.MinCount,
            Sample = parsed.GetValue(_sample) ?? basis.Sample,
            Negative = parsed.GetValue(_negative) ?? basis.Negative,
            NsExponent = parsed.GetValue(_exponent) ?? basis.NsExponent,
            SkipGram = basis.SkipGram || parsed.GetValue(_skipGram),
            HierarchicalSoftmax = basis.HierarchicalSoftmax || parsed.GetValue(_hierarchical),
            CbowMean = basis.CbowMean && !parsed.GetValue(_cbowSum),
            Alpha = parsed.GetValue(_alpha) ?? basis.Alpha,
            MinAlpha = parsed.GetValue(_minAlpha) ?? basis.MinAlpha,
            Epochs = parsed.GetValue(_epochs) ?? basis.Epochs,
            Deterministic = basis.Deterministic || parsed.GetValue(_deterministic),
            Subwords = ReadSubwords(parsed, basis.Subwords),
        };

    /// <summary>Refuses what a model decides that is trained further, where another value was given.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="own">The model's own options.</param>
    /// <param name="read">Those that were read over them.</param>
    public void RefuseChanges(string model, Word2VecOptions own, Word2VecOptions read)
    {
        foreach (
            (Option option, int value, int asked) in new (Option, int, int)[]
            {
                (_size, own.VectorSize, read.VectorSize),
                (_minN, own.Subwords!.MinN, read.Subwords!.MinN),
                (_maxN, own.Subwords.MaxN, read.Subwords.MaxN),
                (_buckets, own.Subwords.Buckets, read.Subwords.Buckets),
            }
        )
        {
            if (asked != value)
                throw new UsageError(
                    $"{option.Name} is {Text(value)} in {model} and cannot be changed when that is trained further; "
                        + $"leave it out"
                );
        }
        if (read.SkipGram != own.SkipGram)
            throw new UsageError($"{model} was trained with CBOW and goes on with it; leave {_skipGram.Name} out");
        if (read.HierarchicalSoftmax || read.Negative == 0)
        {
            string given = read.HierarchicalSoftmax ? _hierarchical.Name : "--negative 0";
            throw new UsageError($"{model} was trained with negative sampling and goes on with it; leave {given} out");
        }
    }

    /// <summary>The least count of a word that gets a vector.</summary>
    public Option MinCount => _minCount;

    /// <summary>Whether the number of dimensions was chosen.</summary>
    public bool SizeGiven(ParseResult parsed) => parsed.GetResult(_size) is { Implicit: false };

    /// <summary>
    /// The options that mean nothing where vectors are not trained; the minimum count also says which words get a row,
    /// so it is not among them.
    /// </summary>
    public IReadOnlyList<Option> ForTraining =>
        [
            _size,
            _window,
            _sample,
            _negative,
            _exponent,
            _skipGram,
            _hierarchical,
            _cbowSum,
            _subwords,
            _minN,
            _maxN,
            _buckets,
            _alpha,
            _minAlpha,
            _epochs,
            _deterministic,
        ];

    /// <summary>The first of all these options that was given, or null.</summary>
    public string? FirstGiven(ParseResult parsed) =>
        ForTraining.Append(_minCount).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    private static Option<int?> Ngram(string name, string description) =>
        new(name) { Description = description, HelpName = "N" };

    private SubwordOptions? ReadSubwords(ParseResult parsed, SubwordOptions? basis)
    {
        if (basis is null && !parsed.GetValue(_subwords))
        {
            return
                new Option<int?>[] { _minN, _maxN, _buckets }.FirstOrDefault(option =>
                    parsed.GetValue(option) is not null
                )
                    is { } given
                ? throw new UsageError(
                    $"{given.Name} is for n-grams of characters; give --subwords too, or leave it out"
                )
                : null;
        }
        var read = basis ?? new SubwordOptions();
        read = read with
        {
            MinN = parsed.GetValue(_minN) ?? read.MinN,
            MaxN = parsed.GetValue(_maxN) ?? read.MaxN,
            Buckets = parsed.GetValue(_buckets) ?? read.Buckets,
        };
        return read.MaxN >= read.MinN
            ? read
            : throw new UsageError(
                $"--maxn {read.MaxN} is below --minn {read.MinN}; the longest n-gram must not be shorter than the "
                    + $"shortest"
            );
    }

    /// <summary>The settings as they are shown, by gensim's names.</summary>
    public static IReadOnlyList<(string Name, string Value)> Describe(Word2VecOptions options) =>
        [
            (
                "algorithm",
                (options.SkipGram ? "skip-gram" : "CBOW")
                    + (options.HierarchicalSoftmax ? ", hierarchical softmax" : "")
                    + (
                        options.Subwords is { } ngrams
                            ? string.Create(
                                CultureInfo.InvariantCulture,
                                $", n-grams of {ngrams.MinN} to {ngrams.MaxN} characters"
                            )
                            : ""
                    )
            ),
            ("vector_size", Text(options.VectorSize)),
            ("window", Text(options.Window)),
            ("min_count", Text(options.MinCount)),
            ("negative", Text(options.Negative)),
            ("sample", Text(options.Sample)),
            ("alpha", $"{Text(options.Alpha)} to {Text(options.MinAlpha)}"),
            ("epochs", Text(options.Epochs)),
        ];

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
