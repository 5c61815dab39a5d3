namespace Firn.Evaluation;

/// <summary>How labels are audited.</summary>
public sealed record LabelAuditOptions
{
    /// <summary>Folds: each text is scored by a model without its fold; 2 to 100.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>
    /// Passes, 1 to 5. From the second on, models are trained without the texts that the pass before found suspect, so
    /// that wrong labels no longer teach the models that are to find them.
    /// </summary>
    public int Rounds { get; init; } = 2;

    /// <summary>Words that are told of each suspect, 0 or more.</summary>
    public int Words { get; init; } = 5;
}

/// <summary>A text and what out-of-fold probabilities say of its label.</summary>
/// <param name="Row">Its number among the texts read, from 1.</param>
/// <param name="Text">As written.</param>
/// <param name="Label">As given.</param>
/// <param name="Suggested">The likeliest other class.</param>
/// <param name="Doubt">
/// Probability of <paramref name="Suggested"/> less that of <paramref name="Label"/>, in [-1, 1].
/// </param>
/// <param name="Suspect">Whether it is confidently of another class than its label says.</param>
public sealed record LabelDoubt(int Row, string Text, string Label, string Suggested, double Doubt, bool Suspect)
{
    /// <summary>Probability of the label.</summary>
    public required float Probability { get; init; }

    /// <summary>The words that speak most against the label, strongest first; empty but for suspects.</summary>
    public IReadOnlyList<string> Against { get; init; } = [];
}

/// <summary>Texts labeled as one class that are confidently of another.</summary>
/// <param name="Label">The class as given.</param>
/// <param name="Of">The class that they seem to be of.</param>
/// <param name="Texts">How many.</param>
/// <param name="Share">Of the texts with that label.</param>
public sealed record LabelConfusion(string Label, string Of, int Texts, double Share);

/// <summary>What an audit of labels found.</summary>
public sealed record LabelAuditReport
{
    /// <summary>All texts, the most doubtful first.</summary>
    public required IReadOnlyList<LabelDoubt> Texts { get; init; }

    /// <summary>How many of them are suspect; they stand first.</summary>
    public required int Suspects { get; init; }

    /// <summary>Which classes are taken for which, the most frequent first.</summary>
    public required IReadOnlyList<LabelConfusion> Confusions { get; init; }

    /// <summary>Texts that equal another one after cleaning and have another label.</summary>
    public required int Conflicting { get; init; }

    /// <summary>Share of the texts whose likeliest class, out of fold, is their label.</summary>
    public required double Agreement { get; init; }

    /// <summary>Mean negative logarithm of the label's probability, out of fold, in nats.</summary>
    public required double Loss { get; init; }
}
