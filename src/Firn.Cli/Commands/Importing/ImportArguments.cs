using System.CommandLine;
using System.Globalization;
using Firn.Cli.Output;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Preprocessing;
using Firn.Interop.Labels;
using Firn.Model;

namespace Firn.Cli.Commands.Importing;

/// <summary>What a user tells of a model: its files, and what they do not say.</summary>
internal sealed class ImportArguments
{
    private const string None = "none";

    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description =
            "The tokenizer: a pickle, joblib or JSON, or a word index; none for a model that will be given ids alone",
        HelpName = "FILE",
    };

    private readonly Option<string?> _labels = new("--labels")
    {
        Description =
            "Names of the classes in the order of the outputs, as in ham,spam; with one sigmoid that of 0, then of "
            + "1; or a file: a label encoder, a list in JSON or a pickle, a name a line",
        HelpName = "FILE|LIST",
    };

    private readonly Option<string?> _architecture = new("--architecture")
    {
        Description = "The JSON of the layers, for weights alone (default: found beside them)",
        HelpName = "FILE",
    };

    private readonly Option<string?> _vocabulary = new("--vocabulary")
    {
        Description =
            "The words of a TextVectorization layer, which .h5 files lack: get_vocabulary() as a pickle, JSON or a "
            + "word a line",
        HelpName = "FILE",
    };

    private readonly Option<string?> _maxLength = new("--max-len")
    {
        Description =
            "Words to which texts are brought, maxlen of pad_sequences; none for texts as long as they are (default: "
            + "what the model's input asks for)",
        HelpName = "N",
    };

    private readonly Option<string?> _padding = new Option<string?>("--padding")
    {
        Description = "Where the pads stand: pad_sequences has pre unless the program says post",
    }.OneOf("pre", "post");

    private readonly Option<string?> _truncating = new Option<string?>("--truncating")
    {
        Description = "Where longer texts are cut (default: pre, as pad_sequences has it)",
    }.OneOf("pre", "post");

    private readonly Option<string?> _cleaning = new("--cleaning")
    {
        Description =
            "What the program did to a text before the tokenizer: keras (nothing, the tokenizer's own rules alone), "
            + "notebook (the well-known notebook's regular expression and stop words), "
            + "lower or none (words stand between white space, the tokenizer's filters are not used), or a JSON file "
            + "of steps",
        HelpName = "keras|notebook|lower|none|FILE",
    };

    private readonly Option<string?> _numWords = new("--num-words")
    {
        Description = "Ids from here on are unknown words, for a word index that does not say so; none for no limit",
        HelpName = "N",
    };

    private readonly Option<string?> _oovToken = new("--oov-token")
    {
        Description =
            "The word whose id unknown words get, for a word index that does not say so; none leaves them out",
        HelpName = "WORD",
    };

    private readonly Option<bool> _charLevel = new("--char-level")
    {
        Description = "Each character is a word, for a word index that does not say so",
    };

    private readonly Option<string?> _output = new Option<string?>("--output")
    {
        Description = "What the numbers of an output without an activation are put through",
    }.OneOf("sigmoid", "softmax", "sigmoids");

    private readonly Option<string?> _step = new Option<string?>("--step")
    {
        Description = "The step that counts where the model answers for each step of a text",
    }.OneOf("first", "last");

    private readonly Option<double?> _threshold = new Option<double?>("--threshold")
    {
        Description = "Of two classes, the score from which a text gets the second (default: 0.5)",
        HelpName = "X",
    }.Between(0, 1);

    private readonly Option<string?> _neutral = new("--neutral")
    {
        Description = "Of two classes, scores between LOW and HIGH get the label neutral, or NAME (default: none do)",
        HelpName = NeutralArgument.Form,
    };

    public Argument<string> Model { get; } =
        new("MODEL")
        {
            Description =
                "The model: .h5, .keras, weights with their JSON, a pickle, told apart by content; or a folder that "
                + "holds its files",
        };

    public void AddTo(Command command)
    {
        foreach (
            var option in new Option[]
            {
                _tokenizer,
                _labels,
                _maxLength,
                _padding,
                _truncating,
                _cleaning,
                _numWords,
                _oovToken,
                _charLevel,
                _vocabulary,
                _architecture,
                _output,
                _step,
                _threshold,
                _neutral,
            }
        )
            command.Add(option);
    }

    /// <summary>The model's file, and what is known of it.</summary>
    public ImportSource Read(Terminal terminal, ParseResult parsed)
    {
        string model = Inputs.RequireData(parsed.GetRequiredValue(Model));
        string? tokenizer = parsed.GetValue(_tokenizer),
            labels = parsed.GetValue(_labels);
        KerasFile? loaded = null;
        if (Directory.Exists(model))
        {
            ImportParts parts = ImportParts.Find(model);
            (model, tokenizer, labels, loaded) = (
                parts.Model,
                tokenizer ?? parts.Tokenizer,
                labels ?? parts.Labels,
                parts.Loaded
            );
            string found = string.Join(
                ", ",
                new[] { ("model", parts.Model), ("tokenizer", tokenizer), ("labels", labels) }
                    .Where(p => p.Item2 is not null)
                    .Select(p => $"{p.Item1} {p.Item2}")
            );
            terminal.Note($"firn: found {found}");
        }
        var band = NeutralArgument.Parse(parsed.GetValue(_neutral));
        IReadOnlyList<string>? names =
            labels is null ? null
            : File.Exists(labels) ? LabelFile.Read(labels)
            : labels.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var options = new KerasImportOptions
        {
            Tokenizer = tokenizer is null or None
                ? tokenizer?.Replace(None, "", StringComparison.Ordinal)
                : Inputs.RequireFile(tokenizer),
            Labels = names,
            Architecture = parsed.GetValue(_architecture) is { } json ? Inputs.RequireFile(json) : null,
            Vocabulary = parsed.GetValue(_vocabulary) is { } words ? Inputs.RequireFile(words) : null,
            MaxLength = Number(_maxLength.Name, parsed.GetValue(_maxLength), 1_000_000),
            Padding = Side(parsed.GetValue(_padding)),
            Truncating = Side(parsed.GetValue(_truncating)),
            Cleaning = Cleaning(parsed.GetValue(_cleaning)),
            NumWords = Number(_numWords.Name, parsed.GetValue(_numWords), int.MaxValue),
            OovToken = parsed.GetValue(_oovToken) is { } oov
                ? oov == None
                    ? ""
                    : oov
                : null,
            CharLevel = parsed.GetValue(_charLevel) ? true : null,
            Output = parsed.GetValue(_output) is { } output
                ? Enum.Parse<OutputActivation>(output, ignoreCase: true)
                : null,
            Step = parsed.GetValue(_step) is { } step ? Enum.Parse<KerasStep>(step, ignoreCase: true) : null,
            Threshold = (float?)parsed.GetValue(_threshold),
            Neutral = band?.BandFor(names ?? []),
        };
        return new ImportSource(model, options)
        {
            LabelsGiven = labels,
            CleaningGiven = parsed.GetValue(_cleaning),
            NeutralGiven = parsed.GetValue(_neutral),
            Loaded = loaded,
        };
    }

    /// <summary>The option of a setting as it is typed, with what it may be.</summary>
    public static string OptionOf(KerasSetting setting) =>
        setting switch
        {
            KerasSetting.Tokenizer => "--tokenizer FILE",
            KerasSetting.Vocabulary => "--vocabulary FILE",
            KerasSetting.Labels => "--labels FILE|NAME,NAME",
            KerasSetting.MaxLength => "--max-len N|none",
            KerasSetting.Padding => "--padding pre|post",
            KerasSetting.Cleaning => "--cleaning keras|notebook|lower|none|FILE",
            KerasSetting.NumWords => "--num-words N|none",
            KerasSetting.OovToken => "--oov-token WORD|none",
            KerasSetting.Output => "--output sigmoid|softmax|sigmoids",
            _ => "--step first|last",
        };

    private static KerasCleaning? Cleaning(string? given)
    {
        if (given is null)
            return null;
        if (given is not ("keras" or "notebook" or "lower" or "none") && !File.Exists(given))
            throw new UsageError(
                $"--cleaning needs keras, notebook, lower, none or a file, and '{given}' is none of these"
            );
        return KerasCleaning.Of(given);
    }

    private static KerasSide? Side(string? given) =>
        given is null ? null
        : given == "post" ? KerasSide.Post
        : KerasSide.Pre;

    private static int? Number(string option, string? given, int most)
    {
        if (given is null)
            return null;
        if (given == None)
            return 0;
        return
            int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value > 0
            && value <= most
            ? value
            : throw new UsageError($"{option} needs a whole number from 1 on, or none, not '{given}'");
    }
}

/// <summary>A model's file and what is known of it.</summary>
/// <param name="Model">The file.</param>
/// <param name="Options">What is known.</param>
internal sealed record ImportSource(string Model, KerasImportOptions Options)
{
    /// <summary>The labels as they were typed or found; null for none.</summary>
    public string? LabelsGiven { get; init; }

    /// <summary>The neutral band as it was typed; null for none.</summary>
    public string? NeutralGiven { get; init; }

    /// <summary>The model, where the search for it has read it already.</summary>
    public KerasFile? Loaded { get; init; }

    /// <summary>The cleaning as it was typed; null for none.</summary>
    public string? CleaningGiven { get; init; }

    /// <summary>The command that imports with other settings, as it is typed.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="cleaning">What its cleaning is called.</param>
    /// <param name="labels">Names of the outputs.</param>
    /// <param name="bundle">What stands for the bundle.</param>
    public string Command(KerasImportOptions options, string cleaning, IReadOnlyList<string> labels, string bundle)
    {
        var words = new List<string> { Tool.CalledAs, "import", Shell.Quoted(Model) };
        Add("--tokenizer", options.Tokenizer is "" ? "none" : options.Tokenizer);
        Add(
            "--labels",
            LabelsGiven is { } typed && labels.SequenceEqual(Options.Labels ?? []) ? typed : string.Join(',', labels)
        );
        Add("--vocabulary", options.Vocabulary);
        Add("--architecture", options.Architecture);
        Add(
            "--max-len",
            options.MaxLength is { } length
                ? length == 0
                    ? "none"
                    : length.ToString(CultureInfo.InvariantCulture)
                : null
        );
        Add("--padding", options.Padding?.ToString().ToLowerInvariant());
        Add("--truncating", options.Truncating?.ToString().ToLowerInvariant());
        Add("--cleaning", options.Cleaning is null ? null : cleaning);
        Add(
            "--num-words",
            options.NumWords is { } most
                ? most == 0
                    ? "none"
                    : most.ToString(CultureInfo.InvariantCulture)
                : null
        );
        Add("--oov-token", options.OovToken is "" ? "none" : options.OovToken);
        Add("--output", options.Output?.ToString().ToLowerInvariant());
        Add("--step", options.Step?.ToString().ToLowerInvariant());
        Add("--threshold", options.Threshold?.ToString(CultureInfo.InvariantCulture));
        Add("--neutral", NeutralGiven);
        if (options.CharLevel == true)
            words.Add("--char-level");
        Add("--out", bundle);
        return string.Join(' ', words);

        void Add(string option, string? value)
        {
            if (value is not null)
                words.Add($"{option} {Shell.Quoted(value)}");
        }
    }
}
