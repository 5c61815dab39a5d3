using System.CommandLine;
using System.Globalization;
using Firn.Cli.Output;
using Firn.Drift;
using Firn.Study;

namespace Firn.Cli.Commands;

/// <summary>A repair, and what it did to the accuracy.</summary>
/// <param name="Repair">The repaired table.</param>
/// <param name="Before">Accuracy before; null without test texts.</param>
/// <param name="After">Accuracy after.</param>
/// <param name="Bundle">Where the repaired model was saved, or null.</param>
internal sealed record RepairOutcome(TableRepair Repair, SlicedAccuracy? Before, SlicedAccuracy? After, string? Bundle);

/// <summary>The options of <c>firn drift --repair</c>.</summary>
internal sealed class RepairArguments
{
    private static readonly (string Name, RepairMethod Method)[] Methods =
    [
        ("map", RepairMethod.Map),
        ("neighbors", RepairMethod.Neighbors),
        ("neighbours", RepairMethod.Neighbors),
        ("revert", RepairMethod.Revert),
    ];

    private readonly Option<string?> _repair = new Option<string?>("--repair")
    {
        Description =
            "Repair words that stayed behind: map (ridge regression fitted on the words that moved), neighbors (each "
            + "goes its neighbors' way), revert (the old table back), or all, to compare",
        HelpName = "map|neighbors|revert|all",
    }.OneOf("map", "neighbors", "neighbours", "revert", "all");

    private readonly Option<string?> _output = new("--out")
    {
        Description = "Folder for the repaired bundle",
        HelpName = "FOLDER",
    };
    private readonly Option<string?> _test = new("--test")
    {
        Description = "Labeled texts to measure the repair on; of the training data itself only its test part is taken",
        HelpName = "DATA",
    };
    private readonly Option<int> _neighbors = new Option<int>("--repair-neighbors")
    {
        Description = "Neighbors that carry a word along",
        DefaultValueFactory = _ => new RepairOptions().Neighbors,
        HelpName = "N",
    }.Between(1, 1000);
    private readonly Option<double> _temperature = new Option<double>("--repair-temperature")
    {
        Description = "Their weights are exp(cosine / X): near 0 the nearest alone counts",
        DefaultValueFactory = _ => new RepairOptions().Temperature,
        HelpName = "X",
    }.Between(1e-6, 1e6);
    private readonly LabelNameOptions _labels = new();
    private readonly CorpusArguments _corpus = new("DATA", "Labeled texts");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _repair, _output, _test, _neighbors, _temperature })
            command.Add(option);
        _corpus.AddTo(command);
        _labels.AddNamesTo(command);
    }

    /// <summary>Refuses before any work what cannot be done.</summary>
    public void Check(ParseResult parsed)
    {
        string? method = parsed.GetValue(_repair);
        if (method is null && parsed.GetValue(_output) is not null)
            throw new UsageError("--out is for a repaired bundle; add --repair map, neighbors or revert");
        if (method is null && parsed.GetValue(_test) is not null)
            throw new UsageError("--test measures a repair; add --repair map, neighbors, revert or all");
        if (method == "all" && parsed.GetValue(_output) is not null)
            throw new UsageError("--out takes one repaired model and --repair all makes three; choose one of them");
        if (parsed.GetValue(_test) is { } data)
            Inputs.RequireData(data);
        if (parsed.GetValue(_output) is { } folder)
            TrainingOrder.CheckTarget(folder);
    }

    /// <summary>
    /// The texts of --test, read before any work so that a file which will not do is found at once; null without.
    /// </summary>
    public TestTexts? Test(Invocation run, ParseResult parsed, Predictor predictor)
    {
        if (parsed.GetValue(_test) is not { } data)
            return null;
        using var progress = new ProgressLine(run.Terminal);
        progress.Begin("test");
        TestTexts texts = TestTexts.Read(predictor, _corpus.Open(parsed, data), _labels.Names(parsed), run.Stop);
        progress.End(
            string.Create(
                CultureInfo.InvariantCulture,
                $"test: {Plural.Of(texts.Labels.Length, "text")}"
                    + $"{(texts.HeldOut ? ", the part that training kept apart" : "")}"
            )
        );
        return texts;
    }

    public IReadOnlyList<RepairOutcome> Run(
        Invocation run,
        ParseResult parsed,
        Predictor predictor,
        DriftTable table,
        TestTexts? texts
    )
    {
        if (parsed.GetValue(_repair) is not { } name)
            return [];
        RepairMethod[] methods =
            name == "all" ? Enum.GetValues<RepairMethod>() : [Methods.First(m => m.Name == name).Method];
        var options = new RepairOptions
        {
            Neighbors = parsed.GetValue(_neighbors),
            Temperature = parsed.GetValue(_temperature),
        };
        using var progress = new ProgressLine(run.Terminal);
        (TestTexts Texts, bool[] InSlice, SlicedAccuracy Before)? measured = null;
        if (texts is not null)
        {
            bool[] inSlice = UnseenWordTexts.In(predictor, texts.Texts);
            measured = (texts, inSlice, SlicedAccuracy.Measure(predictor, texts.Texts, texts.Labels, inSlice));
        }
        var outcomes = new List<RepairOutcome>();
        foreach (RepairMethod method in methods)
        {
            progress.Begin("repair");
            TableRepair repaired = TableRepair.Run(table, method, options);
            Predictor model = repaired.ApplyTo(predictor);
            SlicedAccuracy? after = measured is { } t
                ? SlicedAccuracy.Measure(model, t.Texts.Texts, t.Texts.Labels, t.InSlice)
                : null;
            if (parsed.GetValue(_output) is { } folder)
                model.Save(folder);
            progress.End(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"repair {method.ToString().ToLowerInvariant()}: {repaired.Words:N0} words changed"
                )
            );
            outcomes.Add(new RepairOutcome(repaired, measured?.Before, after, parsed.GetValue(_output)));
        }
        return outcomes;
    }
}
