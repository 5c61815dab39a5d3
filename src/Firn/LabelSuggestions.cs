using Firn.Data;
using Firn.Kernels;
using Firn.Text;

namespace Firn;

/// <summary>A text that is worth a label.</summary>
/// <param name="Index">Its place among the texts given, from 0.</param>
/// <param name="Label">What the model says now.</param>
/// <param name="Probability">Of that label.</param>
/// <param name="Margin">That probability less the next one's, in [0, 1]: small where the model does not know.</param>
public sealed record LabelSuggestion(int Index, string Label, float Probability, double Margin);

/// <summary>
/// Chooses which texts to label next: those that would move the model most and differ among themselves (BADGE; Ash,
/// Zhang, Krishnamurthy, Langford, Agarwal 2020, "Deep batch active learning by diverse, uncertain gradient lower
/// bounds"). A text stands for the gradient that its likeliest label would give an output layer above the mean of its
/// word vectors, g = (p - e) x h; texts are drawn one after another with a probability that grows with the squared
/// distance to the nearest one drawn (k-means++, Arthur, Vassilvitskii 2007).
/// </summary>
public static class LabelSuggestions
{
    private const int MaxCandidates = 20_000;

    /// <summary>Chooses.</summary>
    /// <param name="predictor">The model as it is now; one label a text.</param>
    /// <param name="texts">
    /// Texts without labels. Of equal ones the first is chosen at most, and none that says nothing to the model.
    /// </param>
    /// <param name="count">
    /// How many to choose, 1 or more; fewer come where there are not as many different texts.
    /// </param>
    /// <param name="seed">Decides the draw.</param>
    /// <param name="cancellation">Stops between draws.</param>
    /// <exception cref="ArgumentException">The model gives a text any number of labels.</exception>
    public static IReadOnlyList<LabelSuggestion> Choose(
        Predictor predictor,
        IReadOnlyList<string> texts,
        int count,
        ulong seed = 1,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(texts);
        Throw.IfNotPositive(count);
        if (predictor.Classifier.Options.MultiLabel)
            throw new ArgumentException(
                "The model gives a text any number of labels, and the choice is made for models with one; train a "
                    + "model of one class by itself.",
                nameof(predictor)
            );
        RaggedIds ids = predictor.Encode(texts);
        int classes = predictor.Labels.Count;
        float[] probabilities = Rows(predictor.Probabilities(ids), texts.Count, classes);
        int[] first = EqualTexts.FirstOf(ids);
        int[] candidates =
        [
            .. Enumerable
                .Range(0, texts.Count)
                .Where(i => first[i] == i && !ids.HasNoKnownToken(i))
                .OrderBy(i => Margin(probabilities, i, classes))
                .ThenBy(i => i)
                .Take(MaxCandidates),
        ];
        int[] chosen = Draw(
            new Candidates(candidates, probabilities, Means(predictor, ids, candidates), classes),
            count,
            new CounterRandom(seed),
            cancellation
        );
        return
        [
            .. chosen.Select(c =>
            {
                int text = candidates[c],
                    label = Likeliest(probabilities, text, classes);
                return new LabelSuggestion(
                    text,
                    predictor.Labels[label],
                    probabilities[text * classes + label],
                    Margin(probabilities, text, classes)
                );
            }),
        ];
    }

    private sealed record Candidates(int[] Texts, float[] Probabilities, float[][] Means, int Classes)
    {
        /// <summary>p less the likeliest class, [C].</summary>
        public float[] Residual(int candidate)
        {
            float[] p = Probabilities.AsSpan(Texts[candidate] * Classes, Classes).ToArray();
            p[Likeliest(Probabilities, Texts[candidate], Classes)] -= 1;
            return p;
        }
    }

    private static int[] Draw(Candidates all, int count, CounterRandom random, CancellationToken cancellation)
    {
        int n = all.Texts.Length;
        float[][] residuals = [.. Enumerable.Range(0, n).Select(all.Residual)];
        // |g|^2 = |p - e|^2 |h|^2, and a product of two g is the product of both products.
        double[] squares =
        [
            .. Enumerable
                .Range(0, n)
                .Select(i =>
                    (double)VectorMath.Dot(residuals[i], residuals[i]) * VectorMath.Dot(all.Means[i], all.Means[i])
                ),
        ];
        double[] nearest = [.. squares]; // the origin is drawn before all: what moves nothing is far from nothing
        var chosen = new List<int>();
        var taken = new bool[n];
        while (chosen.Count < Math.Min(count, n))
        {
            cancellation.ThrowIfCancellationRequested();
            int next =
                chosen.Count == 0
                    ? Array.IndexOf(squares, squares.Max())
                    : Pick(nearest, taken, random.UniformDouble((ulong)chosen.Count));
            taken[next] = true;
            chosen.Add(next);
            for (int i = 0; i < n; i++)
            {
                double product =
                    (double)VectorMath.Dot(residuals[i], residuals[next])
                    * VectorMath.Dot(all.Means[i], all.Means[next]);
                nearest[i] = Math.Min(nearest[i], Math.Max(0, squares[i] + squares[next] - 2 * product));
            }
        }
        return [.. chosen];
    }

    private static int Pick(double[] weights, bool[] taken, double share)
    {
        double left = share * Enumerable.Range(0, weights.Length).Sum(i => taken[i] ? 0 : weights[i]);
        int last = -1;
        for (int i = 0; i < weights.Length; i++)
        {
            if (taken[i])
                continue;
            last = i;
            if ((left -= weights[i]) < 0)
                break;
        }
        return last;
    }

    /// <summary>The mean word vector of each candidate, of length 1.</summary>
    private static float[][] Means(Predictor predictor, RaggedIds ids, int[] candidates) =>
        [
            .. candidates.Select(text =>
            {
                var mean = new float[predictor.Classifier.Embedding.Dimension];
                foreach (int id in ids[text])
                {
                    ReadOnlySpan<float> vector = predictor.Classifier.Embedding.VectorOf(id);
                    for (int d = 0; d < mean.Length; d++)
                        mean[d] += vector[d];
                }
                float length = MathF.Sqrt(VectorMath.Dot(mean, mean));
                for (int d = 0; d < mean.Length && length > 0; d++)
                    mean[d] /= length;
                return mean;
            }),
        ];

    private static float[] Rows(float[] probabilities, int texts, int classes)
    {
        if (classes > 2)
            return probabilities;
        var both = new float[2 * texts];
        for (int i = 0; i < texts; i++)
            (both[2 * i], both[2 * i + 1]) = (1 - probabilities[i], probabilities[i]);
        return both;
    }

    private static int Likeliest(float[] probabilities, int text, int classes)
    {
        int best = 0;
        for (int c = 1; c < classes; c++)
            best = probabilities[text * classes + c] > probabilities[text * classes + best] ? c : best;
        return best;
    }

    private static double Margin(float[] probabilities, int text, int classes)
    {
        int best = Likeliest(probabilities, text, classes);
        float second = 0;
        for (int c = 0; c < classes; c++)
            second = c == best ? second : Math.Max(second, probabilities[text * classes + c]);
        return (double)probabilities[text * classes + best] - second;
    }
}
