using Firn.Model;
using Firn.Text;

namespace Firn.Explain;

/// <summary>
/// Says which words made a label, in two ways that can be held against each other: leaving each word out, and integrated
/// gradients from a text of as many unknown words (Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep
/// networks", equation 1).
/// </summary>
public sealed class Explainer
{
    private const int FirstSteps = 32, MostSteps = 512;
    private const double WantedError = 0.005;
    private readonly Predictor _predictor;

    /// <summary>An explainer of this model.</summary>
    public Explainer(Predictor predictor)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        _predictor = predictor;
    }

    /// <summary>Explains a text's label; where it may have several, the most probable one.</summary>
    public Explanation Explain(string text) => ExplainAll(text)[0];

    /// <summary>
    /// Explains each label that a text was given, the most probable first; where it was given none, the most probable one. A
    /// label that may stand beside others is held against its absence.
    /// </summary>
    public IReadOnlyList<Explanation> ExplainAll(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var encoded = Encode(text);
        (float[] row, double[] without) = LeaveOneOut(encoded.Ids);
        if (!_predictor.Classifier.Options.MultiLabel)
        {
            int label = Decision.ClassOf(row, _predictor.Threshold), other = row.Length == 1 ? 1 - label : RunnerUp(row, label);
            return [Explain(encoded, row, without, label, other)];
        }
        int[] byProbability = [.. Enumerable.Range(0, row.Length).OrderByDescending(c => row[c])];
        int given = Math.Max(1, row.Count(p => p >= _predictor.Threshold));
        return [.. byProbability[..given].Select(label => Explain(encoded, row, without, label, GradientPath.Absence))];
    }

    private Explanation Explain((string[] Tokens, int[] Places, int[] Ids) text, float[] row, double[] without, int label, int other)
    {
        (string[] tokens, int[] places, int[] ids) = text;
        int k = row.Length;
        double margin = GradientPath.Margin(row, label, other);

        var path = new GradientPath(_predictor.Classifier, ids, label, other);
        double[] shares = new double[ids.Length];
        double linear = AddLinearShares(ids, label, other, shares);
        double target = path.MarginAt(1) - path.MarginAt(0);
        double[] integrated = [];
        int steps = FirstSteps;
        for (; ; steps *= 2)
        {
            integrated = path.Integrate(steps);
            if (Math.Abs(integrated.Sum() - target) <= WantedError * Math.Max(1, Math.Abs(target)) || steps == MostSteps)
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
        double probability = k == 1 ? (label == 1 ? row[0] : 1 - row[0]) : row[label];
        string against = other == GradientPath.Absence ? $"not {_predictor.Labels[label]}" : _predictor.Labels[other];
        return new Explanation(_predictor.Labels[label], against, probability, path.MarginAt(1) + linear + shares.Sum(),
            path.MarginAt(0) + linear, found, steps);
    }

    /// <summary>Tokens, the places of those the model sees, and their ids.</summary>
    private (string[] Tokens, int[] Places, int[] Ids) Encode(string text)
    {
        string[] tokens = _predictor.Tokenizer.Tokenize(text);
        int[] ids = [.. tokens.Select(t => _predictor.Vocabulary.IdOf(t))];
        int[] known = [.. Enumerable.Range(0, ids.Length).Where(i => ids[i] > 0)];
        var window = TokenWindow.Of(known.Length, _predictor.MaxTokens, _predictor.Truncation);
        int[] places = new int[window.Count];
        window.CopyTo(known, places);
        return (tokens, places, [.. places.Select(i => ids[i])]);
    }

    /// <summary>Probabilities of the text, and of the text without each token, [T,K].</summary>
    private (float[] Row, double[] Without) LeaveOneOut(int[] ids)
    {
        var texts = new List<int[]> { ids };
        for (int i = 0; i < ids.Length; i++)
            texts.Add([.. ids[..i], .. ids[(i + 1)..]]);
        float[] scores = _predictor.Probabilities(RaggedIds.From(texts));
        int k = _predictor.Classifier.Options.OutputSize;
        return (scores[..k], [.. scores[k..].Select(s => (double)s)]);
    }

    /// <summary>Adds what the linear part gives each token; returns what its intercepts give the margin.</summary>
    private double AddLinearShares(int[] ids, int label, int other, double[] shares)
    {
        if (_predictor.Classifier.Wide is not { } wide)
            return 0;
        if (wide.OutputSize == 1)
        {
            double sign = label == 1 ? 1 : -1;
            double[] only = wide.TokenShares(ids, 0);
            for (int i = 0; i < shares.Length; i++)
                shares[i] += sign * only[i];
            return sign * wide.Intercepts[0];
        }
        if (other == GradientPath.Absence)
        {
            double[] alone = wide.TokenShares(ids, label);
            for (int i = 0; i < shares.Length; i++)
                shares[i] += alone[i];
            return wide.Intercepts[label];
        }
        double[] mine = wide.TokenShares(ids, label), theirs = wide.TokenShares(ids, other);
        for (int i = 0; i < shares.Length; i++)
            shares[i] += mine[i] - theirs[i];
        return wide.Intercepts[label] - wide.Intercepts[other];
    }

    private static float[] RowOf(double[] rows, int index, int k) => [.. rows[(index * k)..((index + 1) * k)].Select(p => (float)p)];

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
