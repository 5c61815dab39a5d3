using Firn.Evaluation;
using Firn.Explain;
using Firn.Recipes;
using Firn.Training;

namespace Firn.Cli.Reporting;

/// <summary>All that a report shows, in the words and numbers in which it is shown.</summary>
internal sealed record ReportData
{
    public required string Title { get; init; }

    /// <summary>Where the texts came from, in a phrase.</summary>
    public required string Subtitle { get; init; }

    /// <summary>A remark that the reader must not miss, such as that the text is synthetic; or null.</summary>
    public string? Notice { get; init; }

    /// <summary>The few numbers at the top, most important first.</summary>
    public required IReadOnlyList<Fact> Headline { get; init; }

    /// <summary>One point an epoch; empty for a report of an evaluation alone.</summary>
    public IReadOnlyList<EpochRecord> History { get; init; } = [];

    /// <summary>The epoch whose weights were kept, 1-based; 0 where no training is reported.</summary>
    public int BestEpoch { get; init; }

    /// <summary>What trained when; null where no training is reported.</summary>
    public ScheduleFacts? Schedule { get; init; }

    /// <summary>What was measured; the report draws its confusion matrix, ROC and reliability.</summary>
    public required EvaluationReport Evaluation { get; init; }

    /// <summary>How the probabilities were scaled; null where they were not, or no training is reported.</summary>
    public OutputCalibration? Calibration { get; init; }

    /// <summary>Layer by layer: name, shape, parameters, trained or frozen.</summary>
    public TableData? Model { get; init; }

    /// <summary>Groups of settings, each with a heading.</summary>
    public required IReadOnlyList<Section> Configuration { get; init; }

    /// <summary>The wrong predictions of which the model was surest, surest first.</summary>
    public IReadOnlyList<ConfidentError> Errors { get; init; } = [];

    /// <summary>
    /// Why each of <see cref="Errors"/> got its label, null for one that is too long; empty for none at all.
    /// </summary>
    public IReadOnlyList<Explanation?> Explanations { get; init; } = [];

    /// <summary>The last line: versions, date, duration.</summary>
    public required string Footer { get; init; }
}

/// <summary>A schedule, and in words what it froze and what that saved.</summary>
internal sealed record ScheduleFacts(Training.ThawSchedule Schedule, int Epochs, string Savings);

/// <summary>A named value as it is shown.</summary>
internal readonly record struct Fact(string Name, string Value);

/// <summary>Settings under one heading.</summary>
internal sealed record Section(string Title, IReadOnlyList<Fact> Facts);

/// <summary>Heads and rows; the first column names, the others hold figures.</summary>
internal sealed record TableData(IReadOnlyList<string> Heads, IReadOnlyList<string[]> Rows);
