using Firn.Evaluation;
using Firn.Text;

namespace Firn.Explain;

/// <summary>
/// Says which words made a label, in two ways that can be held against each other: leaving each word out, and
/// integrated gradients from a text of as many unknown words (Sundararajan, Taly, Yan 2017, "Axiomatic attribution for
/// deep networks", equation 1).
/// </summary>
public sealed class Explainer
{
    private const int FirstSteps = 32,
        MaxSteps = 512;
    private const long MaxTokens = 1 << 16; // of all steps together: bounds the time, which long texts would stretch
    private const double WantedError = 0.005;
    private readonly Predictor _predictor;

    /// <summary>An explainer of this model.</summary>
    public Explainer(Predictor predictor)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        _predictor = predictor;
    }

    /// <summary>Explains a text's label; where it may have several, the most probable one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the work between two of its steps.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Explanation Explain(string text, CancellationToken cancellationToken = default) =>
        ExplainAll(text, cancellationToken)[0];

    /// <summary>
    /// Explains each label that a text was given, the most probable first; where it was given none, the most probable
    /// one. A label that may stand beside others is held against its absence.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the work between two of its steps.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<Explanation> ExplainAll(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        cancellationToken.ThrowIfCancellationRequested();
        var encoded = Encode(text);
        (float[] row, double[] without) = LeaveOneOut(encoded);
        if (!_predictor.Classifier.Options.MultiLabel)
        {
            int label = Decision.ClassOf(row, _predictor.Threshold),
                other = row.Length == 1 ? 1 - label : RunnerUp(row, label);
            return [Explain(encoded, row, without, (label, other), cancellationToken)];
        }
        int[] byProbability = [.. Enumerable.Range(0, row.Length).OrderByDescending(c => row[c])];
        int given = Math.Max(1, row.Count(p => p >= _predictor.Threshold));
        return
        [
            .. byProbability[..given]
                .Select(label => Explain(encoded, row, without, (label, GradientPath.Absence), cancellationToken)),
        ];
    }

    private Explanation Explain(
        Encoded text,
        float[] row,
        double[] without,
        (int, int) labels,
        CancellationToken cancellationToken
    )
    {
        (int label, int other) = labels;
        (string[] tokens, int[] places, int[] ids, (int Place, float[] Says)[] spelled) = text;
        int k = row.Length;
        double margin = GradientPath.Margin(row, label, other);

        var path = new GradientPath(_predictor.Classifier, ids, label, other);
        double[] shares = new double[ids.Length];
        double[] spellings = new double[spelled.Length];
        double linear = AddLinearShares(text, label, other, shares, spellings);
        double target = path.MarginAt(1) - path.MarginAt(0);
        double[] integrated = [];
        int steps = FirstSteps;
        bool converged;
        for (; ; steps *= 2)
        {
            cancellationToken.ThrowIfCancellationRequested();
            integrated = path.Integrate(steps);
            converged = Math.Abs(integrated.Sum() - target) <= WantedError * Math.Max(1, Math.Abs(target));
            if (converged || steps == MaxSteps || (long)steps * ids.Length * 2 > MaxTokens)
                break;
        }

        var found = new TokenShare[tokens.Length];
        for (int i = 0; i < found.Length; i++)
            found[i] = new TokenShare(tokens[i], false, 0, 0);
        for (int i = 0; i < ids.Length; i++)
        {
            double fall = margin - GradientPath.Margin(RowOf(without, i, k), label, other);
            found[places[i]] = new TokenShare(tokens[places[i]], true, fall, integrated[i] + shares[i]);
        }
        for (int i = 0; i < spelled.Length; i++)
        {
            double fall = margin - GradientPath.Margin(RowOf(without, ids.Length + i, k), label, other);
            TokenShare known = found[spelled[i].Place]; // the row of unknown words
            found[spelled[i].Place] = known with
            {
                LeaveOneOut = known.LeaveOneOut + fall,
                Integrated = known.Integrated + spellings[i],
            };
        }
        double probability = k == 1 ? (label == 1 ? row[0] : 1 - row[0]) : row[label];
        string against = other == GradientPath.Absence ? $"not {_predictor.Labels[label]}" : _predictor.Labels[other];
        return new Explanation(
            _predictor.Labels[label],
            against,
            probability,
            path.MarginAt(1) + linear + shares.Sum() + spellings.Sum(),
            path.MarginAt(0) + linear,
            found,
            steps
        )
        {
            Converged = converged,
        };
    }

    /// <summary>A text as the model sees it.</summary>
    /// <param name="Tokens">All tokens.</param>
    /// <param name="Places">Those that have an id which the model uses.</param>
    /// <param name="Ids">Their ids.</param>
    /// <param name="Spelled">Those that have none and are judged by their spelling, with what that says, [K+1].</param>
    private sealed record Encoded(string[] Tokens, int[] Places, int[] Ids, (int Place, float[] Says)[] Spelled);

    private Encoded Encode(string text)
    {
        string[] tokens = _predictor.Tokenizer.Tokenize(text);
        int[] ids = [.. tokens.Select(t => _predictor.Vocabulary.IdOf(t))];
        int[] known = [.. Enumerable.Range(0, ids.Length).Where(i => ids[i] > 0)];
        var window = TokenWindow.Of(known.Length, _predictor.MaxTokens, _predictor.Truncation);
        int[] places = new int[window.Count];
        window.CopyTo(known, places);
        return new Encoded(tokens, places, [.. places.Select(i => ids[i])], Spelled(tokens, ids, window));
    }

    private (int Place, float[] Says)[] Spelled(string[] tokens, int[] ids, TokenWindow window)
    {
        if (_predictor.Classifier.LinearBranch?.Characters?.Spelling is not { } spelling)
            return [];
        var spelled = new List<(int, float[])>();
        int all = ids.Count(id => id > 0),
            before = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            var says = new float[_predictor.Classifier.Options.OutputSize + 1];
            if (ids[i] == _predictor.Vocabulary.UnknownId && window.Holds(before, all))
                spelling.Add(tokens[i], says);
            if (says[^1] > 0)
                spelled.Add((i, says));
            before += ids[i] > 0 ? 1 : 0;
        }
        return [.. spelled];
    }

    /// <summary>Probabilities of the text, and of the text without each token, those with an id first, [T,K].</summary>
    private (float[] Row, double[] Without) LeaveOneOut(Encoded text)
    {
        int[] ids = text.Ids;
        var texts = new List<int[]> { ids };
        for (int i = 0; i < ids.Length; i++)
            texts.Add([.. ids[..i], .. ids[(i + 1)..]]);
        texts.AddRange(text.Spelled.Select(_ => ids));
        int k = _predictor.Classifier.Options.OutputSize;
        float[]? unseen =
            text.Spelled.Length == 0
                ? null
                :
                [
                    .. texts.SelectMany(
                        (_, t) => Sum(text.Spelled.Where((_, i) => i != t - 1 - ids.Length).Select(s => s.Says), k + 1)
                    ),
                ];
        var ragged = RaggedIds.From(texts);
        float[] scores = _predictor.Probabilities(new RaggedIds(ragged.Ids, ragged.Offsets) { Unseen = unseen });
        return (scores[..k], [.. scores[k..].Select(s => (double)s)]);
    }

    private static float[] Sum(IEnumerable<float[]> rows, int width)
    {
        var sum = new float[width];
        foreach (float[] row in rows)
        {
            for (int i = 0; i < width; i++)
                sum[i] += row[i];
        }
        return sum;
    }

    /// <summary>
    /// Adds what the linear part gives each token, those judged by their spelling apart; returns what its intercepts
    /// give the margin.
    /// </summary>
    private double AddLinearShares(Encoded text, int label, int other, double[] shares, double[] spellings)
    {
        if (_predictor.Classifier.LinearBranch is not { } linear)
            return 0;
        (int Output, double Sign)[] margin =
            linear.OutputSize == 1 ? [(0, label == 1 ? 1 : -1)]
            : other == GradientPath.Absence ? [(label, 1)]
            : [(label, 1), (other, -1)];
        float square = text.Spelled.Sum(s => s.Says[^1]);
        double intercepts = 0;
        foreach ((int output, double sign) in margin)
        {
            (double[] own, double factor) = linear.TokenShares(text.Ids, output, square);
            for (int i = 0; i < shares.Length; i++)
                shares[i] += sign * own[i];
            for (int i = 0; i < spellings.Length; i++)
                spellings[i] += sign * factor * text.Spelled[i].Says[output];
            intercepts += sign * linear.Intercepts[output];
        }
        return intercepts;
    }

    private static float[] RowOf(double[] rows, int index, int k) =>
        [.. rows[(index * k)..((index + 1) * k)].Select(p => (float)p)];

    private static int RunnerUp(float[] row, int label)
    {
        int best = label == 0 ? 1 : 0;
        for (int c = 0; c < row.Length; c++)
        {
            if (c != label && row[c] > row[best])
                best = c;
        }
        return best;
    }
}
