namespace Firn.Evaluation;

/// <summary>
/// Finds labels that are likely wrong from out-of-fold probabilities (Northcutt, Jiang, Chuang 2021, "Confident
/// learning: estimating uncertainty in dataset labels"): a text counts for class c where its probability reaches the
/// mean that texts labeled c have there, so that a model which is surer of one class than of another judges both
/// alike.
/// </summary>
public sealed class ConfidentLearning
{
    private readonly float[] _probabilities;
    private readonly int[] _labels;
    private readonly int _classes;

    /// <summary>Counts.</summary>
    /// <param name="probabilities">[N,C] row by row, each of a model that was trained without the text.</param>
    /// <param name="labels">[N] the labels as given, in [0, C).</param>
    /// <param name="classes">C, at least 2.</param>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public ConfidentLearning(IReadOnlyList<float> probabilities, IReadOnlyList<int> labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(labels);
        Throw.IfOutside(classes, 2, int.MaxValue);
        Throw.IfLengthDiffers(probabilities.Count, (long)labels.Count * classes, nameof(probabilities));
        (_probabilities, _labels, _classes) = ([.. probabilities], [.. labels], classes);
        Thresholds = MeanOfOwn();
        Joint = Count();
    }

    /// <summary>[C] mean probability of a class among the texts that bear it; 1 where none does.</summary>
    public IReadOnlyList<double> Thresholds { get; }

    /// <summary>
    /// [C][C] texts by their label (row) and by the class that the probabilities are confident of (column); others are
    /// left out.
    /// </summary>
    public IReadOnlyList<int[]> Joint { get; }

    /// <summary>The class that a text is confidently of; null where no class reaches its threshold.</summary>
    /// <param name="text">In [0, N).</param>
    public int? ConfidentClass(int text)
    {
        int best = -1;
        for (int c = 0; c < _classes; c++)
        {
            if (Of(text, c) >= Thresholds[c] && (best < 0 || Of(text, c) > Of(text, best)))
                best = c;
        }
        return best < 0 ? null : best;
    }

    /// <summary>Whether a text is confidently of another class than its label says.</summary>
    /// <param name="text">In [0, N).</param>
    public bool IsSuspect(int text) => ConfidentClass(text) is { } c && c != _labels[text];

    /// <summary>The likeliest class other than the label.</summary>
    /// <param name="text">In [0, N).</param>
    public int Alternative(int text)
    {
        int best = _labels[text] == 0 ? 1 : 0;
        for (int c = 0; c < _classes; c++)
        {
            if (c != _labels[text] && Of(text, c) > Of(text, best))
                best = c;
        }
        return best;
    }

    /// <summary>
    /// How much the probabilities speak against the label, in [-1, 1]: that of the likeliest other class less that of
    /// the label (the normalized margin, with its sign turned).
    /// </summary>
    /// <param name="text">In [0, N).</param>
    public double Doubt(int text) => (double)Of(text, Alternative(text)) - Of(text, _labels[text]);

    /// <summary>The probability of a class.</summary>
    /// <param name="text">In [0, N).</param>
    /// <param name="label">In [0, C).</param>
    public float Of(int text, int label) => _probabilities[text * _classes + label];

    private double[] MeanOfOwn()
    {
        var sums = new double[_classes];
        var texts = new int[_classes];
        for (int i = 0; i < _labels.Length; i++)
        {
            sums[_labels[i]] += Of(i, _labels[i]);
            texts[_labels[i]]++;
        }
        return [.. sums.Select((sum, c) => texts[c] == 0 ? 1 : sum / texts[c])];
    }

    private int[][] Count()
    {
        int[][] joint = [.. Enumerable.Range(0, _classes).Select(_ => new int[_classes])];
        for (int i = 0; i < _labels.Length; i++)
        {
            if (ConfidentClass(i) is { } c)
                joint[_labels[i]][c]++;
        }
        return joint;
    }
}
