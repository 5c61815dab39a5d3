using System.CommandLine;
using System.Globalization;
using Firn.Cli.Commands.Vectors;
using Firn.Cli.Output;
using Firn.Recipes;
using Firn.Study;

namespace Firn.Cli.Commands;

/// <summary>The options of a study: which classifiers are trained.</summary>
internal sealed class StudyArguments
{
    private const string All = "all";
    private static readonly (string Name, StudyOptions Options)[] Presets =
    [
        ("tweets", new StudyOptions()),
        (
            "notebook",
            new StudyOptions
            {
                Cleaning = RecipeOptions.Notebook.Cleaning,
                Classifier = RecipeOptions.Notebook.Classifier,
                MaxTokens = RecipeOptions.Notebook.MaxTokens,
                Word2Vec = RecipeOptions.Notebook.Word2Vec,
            }
        ),
    ];

    private readonly Option<string?> _vectors = new("--vectors")
    {
        Description =
            "File of word vectors, trained with the cleaning of --preset (default: word2vec is trained on all of "
            + "DATA, labels unread, first)",
        HelpName = "FILE",
    };

    private readonly Option<string> _sizes = new("--sizes")
    {
        Description = "Training sizes in texts, 'all' for all there are",
        DefaultValueFactory = _ => "500,2000,10000,50000,all",
        HelpName = "N,...",
    };

    private readonly Option<string> _policies = new("--policies")
    {
        Description =
            $"What is done with the table: {string.Join(", ", StudyPolicies.All.Select(StudyPolicies.NameOf))}; "
            + $"frozen is always measured",
        DefaultValueFactory = _ => All,
        HelpName = "NAME,...",
    };

    private readonly Option<int> _seeds = new Option<int>("--seeds")
    {
        Description =
            "Repetitions, each with its own part of the texts, fresh weights and order, the same for all policies",
        DefaultValueFactory = _ => 5,
        HelpName = "N",
    }.Between(1, 1000);
    private readonly Option<string?> _budget = new("--budget")
    {
        Description =
            "Time to use, as in 90s, 20m or 2h; what does not fit is dropped, the least informative first (default: "
            + "no limit)",
        HelpName = "TIME",
    };
    private readonly Option<string> _preset = new Option<string>("--preset")
    {
        Description =
            "Cleaning and model: tweets is a bidirectional LSTM with attention, notebook the reference notebook's "
            + "LSTM; neither has a linear part",
        DefaultValueFactory = _ => "tweets",
    }.OneOf("tweets", "notebook");
    private readonly Option<double> _testSize = new Option<double>("--test-size")
    {
        Description = "Share of the texts kept apart for the test where --test names none",
        DefaultValueFactory = _ => 0.1,
        HelpName = "X",
    }.Between(0.001, 0.9);
    private readonly Option<int> _words = new Option<int>("--words")
    {
        Description =
            "First words of the vectors' file that get a row even if the data lacks them; words of the data always do",
        DefaultValueFactory = _ => new StudyOptions().Words,
        HelpName = "N",
    }.Between(0, 10_000_000);
    private readonly Option<int?> _epochs = new Option<int?>("--epochs")
    {
        Description =
            "Passes over the texts at every size (default: 24 below 1,000 texts, 16 below 5,000, 10 below 20,000, 6 "
            + "below 100,000, else 4)",
        HelpName = "N",
    }.Between(2, 10_000);
    private readonly Option<int?> _batchSize = new Option<int?>("--batch-size")
    {
        Description = "Texts a step at every size (default: 16 below 1,000 texts, then 32, 64, 128, 256)",
        HelpName = "N",
    }.Between(1, 1 << 20);
    private readonly Option<double> _learningRate = new Option<double>("--learning-rate")
    {
        Description = "Adam's learning rate",
        DefaultValueFactory = _ => 0.001,
        HelpName = "X",
    }.Between(1e-9, 1000);
    private readonly Option<double> _pull = new Option<double>("--anchor")
    {
        Description = "Strength of anchor's pull back to the pretrained vectors",
        DefaultValueFactory = _ => new StudyOptions().AnchorStrength,
        HelpName = "X",
    }.Between(1e-12, 1e6);
    private readonly Word2VecArguments _word2Vec = new(
        [.. Presets.Select(p => (p.Name, p.Options.Word2Vec))],
        "--vector-epochs"
    );
    private readonly Option<int> _seed = CommonOptions.Seed(
        "the test part, the parts drawn to train on, fresh weights, order and dropout; results repeat bit for bit"
    );
    private readonly Option<int> _threads = new Option<int>("--threads")
    {
        Description = "Classifiers trained at a time, each on one thread; 0 for one a processor",
        DefaultValueFactory = _ => 0,
        HelpName = "N",
    }.Between(0, 1024);

    public void AddTo(Command command)
    {
        foreach (
            var option in new Option[]
            {
                _vectors,
                _sizes,
                _policies,
                _seeds,
                _budget,
                _preset,
                _testSize,
                _words,
                _epochs,
                _batchSize,
                _learningRate,
                _pull,
            }
        )
            command.Add(option);
        _word2Vec.AddTo(command);
        command.Add(_seed);
        command.Add(_threads);
    }

    public StudyOptions Read(ParseResult parsed)
    {
        if (parsed.GetValue(_vectors) is not null && _word2Vec.FirstGiven(parsed) is { } given)
            throw new UsageError(
                $"{given} decides how word vectors are trained and --vectors names a file of them; leave one out"
            );
        StudyOptions basis = Presets.First(p => p.Name == parsed.GetRequiredValue(_preset)).Options;
        return basis with
        {
            Sizes = Sizes(parsed.GetRequiredValue(_sizes)),
            Policies = Policies(parsed.GetRequiredValue(_policies)),
            Seeds = parsed.GetValue(_seeds),
            TestShare = parsed.GetValue(_testSize),
            Seed = (uint)parsed.GetValue(_seed),
            VectorsPath = parsed.GetValue(_vectors) is { } path ? Inputs.RequireFile(path) : null,
            Word2Vec = _word2Vec.Read(
                parsed,
                basis.Word2Vec with
                {
                    Seed = (ulong)parsed.GetValue(_seed),
                    Threads = parsed.GetValue(_threads),
                }
            ),
            Words = parsed.GetValue(_words),
            Epochs = parsed.GetValue(_epochs),
            BatchSize = parsed.GetValue(_batchSize),
            LearningRate = parsed.GetValue(_learningRate),
            AnchorStrength = parsed.GetValue(_pull),
            Jobs = parsed.GetValue(_threads),
            Budget = parsed.GetValue(_budget) is { } time ? BudgetOption.Parse(time) : null,
        };
    }

    private static int[] Sizes(string text) =>
        [
            .. text.Split(',')
                .Select(part =>
                    part == All ? StudyOptions.AllTexts
                    : int.TryParse(part, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out int size)
                    && size >= 20
                        ? size
                    : throw new UsageError(
                        $"--sizes needs numbers of texts from 20 on, or all, with commas between, as in "
                            + $"500,2000,all, not '{part}'"
                    )
                ),
        ];

    private static IReadOnlyList<StudyPolicy> Policies(string text)
    {
        if (text == All)
            return StudyPolicies.All;
        try
        {
            return [.. text.Split(',').Select(StudyPolicies.Parse).Distinct()];
        }
        catch (ArgumentException error)
        {
            throw new UsageError(Failures.WithoutParameterName(error));
        }
    }
}
