using System.Runtime.InteropServices;
using Firn.Data;
using Firn.Kernels;
using Firn.Text;

namespace Firn.Linear;

/// <summary>
/// A linear model over n-grams of token ids: the wide part that stands beside an LSTM. Its logits
/// sum_j w_j x_j + b are added to the LSTM's (Cheng et al. 2016, "Wide &amp; Deep Learning", equation 3).
/// </summary>
internal sealed class NgramClassifier
{
    private readonly NgramVectorizer _vectorizer;

    /// <param name="vectorizer">N-grams and their frequencies.</param>
    /// <param name="weights">[D,K].</param>
    /// <param name="intercepts">[K].</param>
    /// <param name="characters">What the spelling of words says; null for nothing.</param>
    public NgramClassifier(
        NgramVectorizer vectorizer,
        float[] weights,
        float[] intercepts,
        CharacterScores? characters = null
    )
    {
        Throw.IfLengthDiffers(weights.Length, (long)vectorizer.ColumnCount * intercepts.Length);
        _vectorizer = vectorizer;
        Weights = weights;
        Intercepts = intercepts;
        Characters = characters;
    }

    public NgramVectorizer Vectorizer => _vectorizer;

    /// <summary>[D,K].</summary>
    public float[] Weights { get; }

    /// <summary>[K].</summary>
    public float[] Intercepts { get; }

    /// <summary>What the spelling of words says; null where it is no feature.</summary>
    public CharacterScores? Characters { get; }

    /// <summary>
    /// Texts with what the spelling of their words without an id says (<see cref="RaggedIds.Unseen"/>).
    /// </summary>
    public RaggedIds WithUnseen(RaggedIds texts, UnseenWords? words) =>
        words is null || Characters?.Spelling is not { } spelling
            ? texts
            : new RaggedIds(texts.Ids, texts.Offsets) { Unseen = spelling.SumsOf(words, OutputSize) };

    /// <summary>K: 1 for two classes, else one a class.</summary>
    public int OutputSize => Intercepts.Length;

    /// <summary>Bytes of keys and weights.</summary>
    public long Bytes =>
        (long)_vectorizer.ColumnCount * (sizeof(ulong) + sizeof(float) * (1 + OutputSize)) + (Characters?.Bytes ?? 0);

    /// <summary>Learns from texts as ids.</summary>
    /// <param name="texts">N texts.</param>
    /// <param name="vocabulary">What word an id is, for the options that read characters.</param>
    /// <param name="labels">[N] in [0, classes).</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="classWeights">[classes], or empty.</param>
    /// <param name="options">The n-grams and the penalty.</param>
    /// <param name="threads">Threads to use; the result does not depend on it.</param>
    /// <param name="sets">
    /// The sets that labels are numbers of, where a text may have several classes: each class is learnt by itself.
    /// </param>
    public static NgramClassifier Fit(
        RaggedIds texts,
        Vocabulary vocabulary,
        ReadOnlySpan<int> labels,
        int classes,
        ReadOnlySpan<float> classWeights,
        LinearBranchOptions options,
        int threads,
        LabelSets? sets = null
    ) =>
        FitEach(
            texts,
            vocabulary,
            new LinearTask(labels.ToArray(), classes, classWeights.ToArray(), sets),
            options,
            threads,
            [LinearChoice.Of(options)]
        )[0];

    /// <summary>What is to be learnt.</summary>
    /// <param name="Labels">[N] in [0, classes).</param>
    /// <param name="Classes">At least 2.</param>
    /// <param name="Weights">[classes], or empty.</param>
    /// <param name="Sets">The sets that labels are numbers of, or null.</param>
    /// <param name="Unseen">
    /// Words of the texts that have no id, for the options that read characters; null for none.
    /// </param>
    internal sealed record LinearTask(
        int[] Labels,
        int Classes,
        float[] Weights,
        LabelSets? Sets,
        UnseenWords? Unseen = null
    );

    /// <summary>
    /// As <see cref="Fit"/>, once for each choice; texts are counted once, and each regression is solved once.
    /// </summary>
    public static IReadOnlyList<NgramClassifier> FitEach(
        RaggedIds texts,
        Vocabulary vocabulary,
        LinearTask task,
        LinearBranchOptions options,
        int threads,
        IReadOnlyList<LinearChoice> choices
    )
    {
        options.Validate();
        NgramOptions ngrams = options.ToNgrams();
        (NgramVectorizer vectorizer, SparseMatrix rows) = NgramVectorizer.Fit(
            new IdSource(texts, ngrams),
            ngrams,
            threads
        );
        CharacterRuns? runs = null;
        if (options.LongestCharacters > 0)
        {
            (runs, SparseMatrix characters) = CharacterRuns.Fit(texts, vocabulary, options, threads, task.Unseen);
            rows = SparseMatrix.Concatenate(rows, characters);
        }
        Heap.Compact(); // the counts
        var solved = new Dictionary<(double Penalty, bool NaiveBayes), (float[] Weights, float[] Intercepts)>();
        var models = new List<NgramClassifier>(choices.Count);
        foreach (LinearChoice choice in choices)
        {
            (float[] weights, float[] intercepts) = choice.NaiveBayes switch
            {
                0 => Solve(choice.InversePenalty, false),
                1 => Solve(choice.InversePenalty, true),
                double share => Mean(
                    Solve(choice.InversePenalty, false),
                    Solve(choice.InversePenalty, true),
                    (float)share
                ),
            };
            int words = vectorizer.ColumnCount * intercepts.Length;
            models.Add(
                new NgramClassifier(
                    vectorizer,
                    weights[..words],
                    [.. intercepts],
                    runs?.Fold(weights.AsMemory(words), intercepts.Length)
                )
            );
        }
        return models;

        (float[] Weights, float[] Intercepts) Solve(double inversePenalty, bool naiveBayes)
        {
            if (solved.TryGetValue((inversePenalty, naiveBayes), out (float[], float[]) known))
                return known;
            var solver = new LogisticRegressionOptions
            {
                InversePenalty = inversePenalty,
                Tolerance = 1e-3,
                NaiveBayes = naiveBayes,
            };
            return solved[(inversePenalty, naiveBayes)] = task.Sets is { } sets
                ? EachByItself(rows, task.Labels, sets, task.Weights, solver, threads)
                : Together(LogisticRegression.Fit(rows, task.Labels, task.Classes, task.Weights, solver, threads));
        }
    }

    private static (float[] Weights, float[] Intercepts) Mean(
        (float[] Weights, float[] Intercepts) plain,
        (float[] Weights, float[] Intercepts) bayes,
        float share
    )
    {
        return (Mix(plain.Weights, bayes.Weights), Mix(plain.Intercepts, bayes.Intercepts));

        float[] Mix(float[] a, float[] b) => [.. a.Zip(b, (x, y) => (1 - share) * x + share * y)];
    }

    private static (float[] Weights, float[] Intercepts) Together(LogisticRegression model) =>
        ([.. model.Weights.Select(w => (float)w)], [.. model.Intercepts.Select(b => (float)b)]);

    private static (float[] Weights, float[] Intercepts) EachByItself(
        SparseMatrix rows,
        ReadOnlySpan<int> labels,
        LabelSets sets,
        ReadOnlySpan<float> weights,
        LogisticRegressionOptions solver,
        int threads
    )
    {
        int k = sets.Classes;
        var all = new float[rows.ColumnCount * k];
        var intercepts = new float[k];
        for (int c = 0; c < k; c++)
        {
            var one = LogisticRegression.Fit(
                rows,
                sets.Of(labels, c),
                2,
                weights.IsEmpty ? [] : [1, weights[c]],
                solver,
                threads
            );
            for (int column = 0; column < rows.ColumnCount; column++)
                all[column * k + c] = (float)one.Weights[column];
            intercepts[c] = (float)one.Intercepts[0];
        }
        return (all, intercepts);
    }

    /// <summary>Adds the logits of one text.</summary>
    /// <param name="ids">The text.</param>
    /// <param name="logits">[K]; added to.</param>
    /// <param name="scratch">Owned by this thread.</param>
    /// <param name="unseen">[K+1] what its words without an id say; empty for nothing.</param>
    public void AddLogits(
        ReadOnlySpan<int> ids,
        Span<float> logits,
        NgramScratch scratch,
        ReadOnlySpan<float> unseen = default
    )
    {
        Find(ids, scratch);
        ReadOnlySpan<(int Column, float Value)> found = CollectionsMarshal.AsSpan(scratch.Found);
        for (int k = 0; k < logits.Length; k++)
        {
            float sum = Intercepts[k];
            foreach ((int column, float value) in found)
                sum += Weights[column * Intercepts.Length + k] * value;
            logits[k] += sum;
        }
        Characters?.AddLogits(ids, logits, unseen);
    }

    /// <summary>
    /// The share of each token in logit <paramref name="output"/>: what an n-gram adds is divided evenly among its
    /// tokens. The shares sum to the logit less the intercept and what words without an id say, by their square and the
    /// factor that comes back.
    /// </summary>
    public TokenShares TokenShares(ReadOnlySpan<int> ids, int output, float unseenSquare = 0)
    {
        var scratch = new NgramScratch();
        Find(ids, scratch);
        var weightOf = new Dictionary<int, double>();
        foreach ((int column, float value) in scratch.Found)
            weightOf[column] = (double)Weights[column * OutputSize + output] * value;

        var counts = new Dictionary<int, int>();
        VisitOccurrences(ids, (column, _, _) => counts[column] = counts.GetValueOrDefault(column) + 1);
        var shares = new double[ids.Length];
        VisitOccurrences(
            ids,
            (column, start, length) =>
            {
                double part = weightOf[column] / counts[column] / length;
                for (int i = start; i < start + length; i++)
                    shares[i] += part;
            }
        );
        return new(shares, Characters?.AddShares(ids, output, OutputSize, shares, unseenSquare) ?? 0);
    }

    /// <summary>Multiplies weights and intercepts, and adds to the intercepts.</summary>
    public void Scale(float factor, float shift)
    {
        for (int i = 0; i < Weights.Length; i++)
            Weights[i] *= factor;
        for (int k = 0; k < Intercepts.Length; k++)
            Intercepts[k] = factor * Intercepts[k] + shift;
        Characters?.Scale(factor);
    }

    private void VisitOccurrences(ReadOnlySpan<int> ids, Action<int, int, int> visit)
    {
        NgramOptions options = _vectorizer.Options;
        var single = new List<ulong>();
        for (int start = 0; start < ids.Length; start++)
        {
            for (int length = options.Shortest; length <= options.Longest && start + length <= ids.Length; length++)
            {
                single.Clear();
                NgramKeys.Extract(
                    ids.Slice(start, length),
                    options with
                    {
                        Shortest = length,
                        Longest = length,
                    },
                    single
                );
                int column = _vectorizer.ColumnOf(single[0]);
                if (column >= 0)
                    visit(column, start, length);
            }
        }
    }

    private void Find(ReadOnlySpan<int> ids, NgramScratch scratch)
    {
        scratch.Keys.Clear();
        NgramKeys.Extract(ids, _vectorizer.Options, scratch.Keys);
        _vectorizer.Transform(scratch, Weights);
    }
}

/// <summary>Lists that grow to the longest text and are used again; one a thread.</summary>
internal sealed class NgramScratch
{
    public List<ulong> Keys { get; } = [];

    public List<(int Column, float Value)> Found { get; } = [];

    private int[] _columns = [];

    /// <summary>Room for the columns of so many n-grams.</summary>
    public Span<int> ColumnsFor(int keys)
    {
        if (_columns.Length < keys)
            _columns = new int[keys + keys / 2];
        return _columns.AsSpan(0, keys);
    }
}
