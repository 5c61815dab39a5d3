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
    public IReadOnlyList<EpochPoint> History { get; init; } = [];

    /// <summary>The epoch whose weights were kept, 1-based; 0 where no training is reported.</summary>
    public int BestEpoch { get; init; }

    /// <summary>The class names, in the order of the confusion matrix.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Confusion[actual][predicted], counts.</summary>
    public required int[][] Confusion { get; init; }

    /// <summary>The receiver operating characteristic; empty where there are more than two classes or one is absent.</summary>
    public Curve Roc { get; init; } = Curve.Empty;

    /// <summary>Area under <see cref="Roc"/>; NaN where it does not exist.</summary>
    public double RocAuc { get; init; } = double.NaN;

    /// <summary>Predictions grouped by their confidence.</summary>
    public IReadOnlyList<ReliabilityBin> Reliability { get; init; } = [];

    /// <summary>What is on the reliability diagram's axis, such as "predicted probability of positive".</summary>
    public string ReliabilityAxis { get; init; } = "predicted probability";

    public required TableData Metrics { get; init; }

    /// <summary>Layer by layer: name, shape, parameters, trained or frozen.</summary>
    public TableData? Model { get; init; }

    /// <summary>Groups of settings, each with a heading.</summary>
    public required IReadOnlyList<Section> Configuration { get; init; }

    /// <summary>The wrong predictions of which the model was surest, surest first.</summary>
    public IReadOnlyList<ConfidentError> Errors { get; init; } = [];

    /// <summary>The last line: versions, date, duration.</summary>
    public required string Footer { get; init; }
}

/// <summary>A named value as it is shown.</summary>
internal readonly record struct Fact(string Name, string Value);

/// <summary>Settings under one heading.</summary>
internal sealed record Section(string Title, IReadOnlyList<Fact> Facts);

/// <summary>Heads and rows; the first column names, the others hold figures.</summary>
internal sealed record TableData(IReadOnlyList<string> Heads, IReadOnlyList<string[]> Rows);

/// <summary>The curves' values after one epoch; validation values are NaN where there was no validation.</summary>
internal readonly record struct EpochPoint(int Epoch, double Loss, double Accuracy, double ValidationLoss, double ValidationAccuracy);

/// <summary>Points of a curve, in order.</summary>
internal sealed record Curve(double[] X, double[] Y)
{
    public static readonly Curve Empty = new([], []);

    /// <summary>At most <paramref name="count"/> of the points, the ends included: a page needs no more than it has pixels.</summary>
    public Curve Thinned(int count)
    {
        if (X.Length <= count)
            return this;
        var x = new double[count];
        var y = new double[count];
        for (int i = 0; i < count; i++)
        {
            int from = (int)((long)i * (X.Length - 1) / (count - 1));
            (x[i], y[i]) = (X[from], Y[from]);
        }
        return new Curve(x, y);
    }
}

/// <summary>Predictions of about one probability: their mean probability, the share that came true, their number.</summary>
internal readonly record struct ReliabilityBin(double Low, double High, double MeanProbability, double Share, int Count);

/// <summary>A text that the model got wrong, with the probability it gave to its wrong answer.</summary>
internal readonly record struct ConfidentError(string Text, string Actual, string Predicted, double Probability);
