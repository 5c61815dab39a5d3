namespace Firn.Evaluation;

/// <summary>
/// From probabilities to the label that is shown: one rule for predictors, evaluations, servers and clients, so that
/// all give a text the same label.
/// </summary>
public sealed record LabelRule
{
    /// <summary>The label of texts that the model is not sure about.</summary>
    public const string UnsureLabel = "unsure";

    /// <summary>Names of the classes, by class number.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Whether a text may have several classes, or none.</summary>
    public bool MultiLabel { get; init; }

    /// <summary>The score from which the second of two classes is given, or each of several; in [0, 1].</summary>
    public float Threshold { get; init; } = Decision.Default;

    /// <summary>
    /// Probability of the likeliest class below which the label is <see cref="UnsureLabel"/>; null for never.
    /// </summary>
    public double? AbstainBelow { get; init; }

    /// <summary>Scores of two classes that get a label of their own; null for none.</summary>
    public NeutralBand? Neutral { get; init; }

    /// <summary>Whether a text may be left without a class.</summary>
    public bool MayAbstain => !MultiLabel && (AbstainBelow > 0 || (Neutral is not null && Labels.Count == 2));

    /// <summary>The label of a text.</summary>
    /// <param name="row">[K]: the probability of the second of two classes, or one a class.</param>
    public LabelDecision Decide(ReadOnlySpan<float> row)
    {
        if (MultiLabel)
            return new LabelDecision(Several(row), Decision.ClassOf(row), row[Decision.ClassOf(row)], Abstained: false);
        int c = Decision.ClassOf(row, Threshold);
        float probability = Decision.ProbabilityOf(c, row);
        if (probability < AbstainBelow)
            return new LabelDecision(UnsureLabel, c, probability, Abstained: true);
        return row.Length == 1 && Neutral is { } band && band.Contains(row[0])
            ? new LabelDecision(band.Label, c, probability, Abstained: true)
            : new LabelDecision(Labels[c], c, probability, Abstained: false);
    }

    /// <summary>The probability of a class; where a row has one value, it is that of the second class.</summary>
    /// <param name="c">The class.</param>
    /// <param name="row">[K].</param>
    public static float ProbabilityOf(int c, ReadOnlySpan<float> row) => Decision.ProbabilityOf(c, row);

    /// <summary>The names of all classes from the threshold on; empty where there is none.</summary>
    private string Several(ReadOnlySpan<float> row)
    {
        var names = new List<string>();
        for (int c = 0; c < row.Length; c++)
        {
            if (row[c] >= Threshold)
                names.Add(Labels[c]);
        }
        return string.Join('|', names);
    }
}

/// <summary>The label of a text and how sure the model is of it.</summary>
/// <param name="Label">
/// A class's name; several with | between; or the label of texts that are left without a class.
/// </param>
/// <param name="Class">The class decided on, also where the model abstained; the likeliest of several.</param>
/// <param name="Probability">The probability of <paramref name="Class"/>.</param>
/// <param name="Abstained">The text was left without a class.</param>
public readonly record struct LabelDecision(string Label, int Class, float Probability, bool Abstained);
