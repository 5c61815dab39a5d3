using System.Diagnostics;
using Firn.Data;
using Firn.Evaluation;
using Firn.Linear;
using Firn.Recipes;

namespace Firn.Baselines;

/// <summary>How a cheap model fares.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Test">Its figures on the test texts.</param>
/// <param name="Seconds">Time to train, from texts to weights.</param>
/// <param name="Bytes">Memory of what it has learnt.</param>
public sealed record BaselineResult(string Name, EvaluationReport Test, double Seconds, long Bytes);

/// <summary>
/// The models that any other has to beat, on the same split: the most frequent class; multinomial naive Bayes on counts
/// of word n-grams; logistic regression on TF-IDF of words and word pairs. Cleaning, values and penalties are
/// scikit-learn's defaults (<c>TfidfVectorizer(ngram_range=(1, 2))</c>, <c>LogisticRegression()</c>), so the figures
/// are the known ones.
/// </summary>
public static class BaselineComparison
{
    /// <summary>
    /// Trains and tests the baselines on the texts that a recipe would train (and validate) and test its model on.
    /// </summary>
    /// <param name="corpus">Labeled texts; kept in memory for the time of the comparison.</param>
    /// <param name="options">Gives the split, the names of labels, and whether a text may have several.</param>
    /// <param name="test">Texts to test on; null keeps the options' share of the corpus apart.</param>
    /// <param name="progress">Told the name of the baseline that begins.</param>
    /// <param name="cancellation">Stops between baselines.</param>
    /// <exception cref="InvalidDataException">There are no test texts, or fewer than two labels.</exception>
    public static IReadOnlyList<BaselineResult> Run(
        IEnumerable<LabeledText> corpus,
        RecipeOptions options,
        IEnumerable<LabeledText>? test = null,
        IProgress<string>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        LabeledSource source = LabeledSource.Of(corpus, options.LabelNames);
        LabeledText[] rows = [.. source.Rows];
        string[] distinct = [.. rows.Select(r => r.Label).Distinct()];
        LabelMap labels = options.Classifier.MultiLabel
            ? LabelMap.FromSets(distinct, source.LabelNames)
            : LabelMap.From(distinct, source.LabelNames);
        LabeledTexts all = LabeledTexts.Of(rows, labels, source.LabelNames);
        (LabeledTexts train, LabeledTexts held) = (all, LabeledTexts.Empty);
        if (test is not null)
        {
            LabeledSource other = LabeledSource.Of(test, options.LabelNames);
            held = LabeledTexts.Of(other.Rows, labels, other.LabelNames);
        }
        else if (options.TestShare > 0)
        {
            (int[] trainRows, int[] testRows) = PartRows.DrawTest(
                all.Labels,
                EqualTexts.FirstOf(RawCorpus.TokensOf(all.Texts, options.Cleaning)),
                options
            );
            (train, held) = (all.Select(trainRows), all.Select(testRows));
        }
        if (held.Texts.Length == 0)
            throw new InvalidDataException(
                "There are no test texts to compare baselines on; keep a share apart or name a test file."
            );
        int threads = options.Training.Threads > 0 ? options.Training.Threads : Environment.ProcessorCount;
        return Run(train, held, labels, threads, progress, cancellation);
    }

    /// <summary>Where a text may have several labels, each class is learnt by itself.</summary>
    internal static IReadOnlyList<BaselineResult> Run(
        LabeledTexts train,
        LabeledTexts test,
        LabelMap labels,
        int threads,
        IProgress<string>? progress,
        CancellationToken cancellation
    )
    {
        int[][] decisions = labels.Sets is { } several
            ? [.. Enumerable.Range(0, labels.Names.Count).Select(c => several.Of(train.Labels, c))]
            : [train.Labels];
        int classes = labels.Sets is null ? labels.Names.Count : 2;
        var baselines = new (string Name, Func<(float[] Probabilities, double Seconds, long Bytes)> Run)[]
        {
            ("majority", () => Majority(decisions, test, classes)),
            ("naive Bayes (1,2)", () => NaiveBayes(train, decisions, test, classes, threads)),
            ("TF-IDF (1,2) logistic regression", () => Logistic(train, decisions, test, classes, threads)),
        };
        var results = new List<BaselineResult>();
        foreach ((string name, Func<(float[] Probabilities, double Seconds, long Bytes)> run) in baselines)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(name);
            (float[] probabilities, double seconds, long bytes) = run();
            EvaluationReport report = labels.Sets is { } sets
                ? MultiLabelEvaluation.Evaluate(probabilities, test.Labels, sets, labels.Names)
                : SingleLabelEvaluation.Evaluate(probabilities, test.Labels, labels.Names);
            results.Add(new BaselineResult(name, report, seconds, bytes));
        }
        return results;
    }

    /// <summary>Each class with its share of the training texts, whatever the text.</summary>
    private static (float[] Probabilities, double Seconds, long Bytes) Majority(
        int[][] decisions,
        LabeledTexts test,
        int classes
    )
    {
        float[][] columns =
        [
            .. decisions.Select(labels =>
            {
                var shares = new float[classes];
                foreach (int label in labels)
                    shares[label] += 1f / labels.Length;
                float[] row = classes == 2 ? [shares[1]] : shares;
                return Enumerable.Repeat(row, test.Texts.Length).SelectMany(r => r).ToArray();
            }),
        ];
        return (Beside(columns), 0, sizeof(float) * classes * decisions.Length);
    }

    /// <summary>Columns [N] of one class each to rows [N,C]; what is no column alone stays.</summary>
    private static float[] Beside(float[][] columns)
    {
        if (columns.Length == 1)
            return columns[0];
        var rows = new float[columns.Length * columns[0].Length];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = columns[i % columns.Length][i / columns.Length];
        return rows;
    }

    private static (float[] Probabilities, double Seconds, long Bytes) NaiveBayes(
        LabeledTexts train,
        int[][] decisions,
        LabeledTexts test,
        int classes,
        int threads
    )
    {
        var options = new NgramOptions { InverseTextFrequency = false, Normalize = false };
        long start = Stopwatch.GetTimestamp();
        (NgramVectorizer vectorizer, SparseMatrix rows) = NgramVectorizer.Fit(
            new TextSource(train.Texts, options),
            options,
            threads
        );
        MultinomialNaiveBayes[] models =
        [
            .. decisions.Select(labels => MultinomialNaiveBayes.Fit(rows, labels, classes)),
        ];
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        SparseMatrix held = vectorizer.Transform(new TextSource(test.Texts, options), threads);
        return (
            Beside([.. models.Select(m => m.Predict(held, threads))]),
            seconds,
            (long)vectorizer.ColumnCount * (sizeof(ulong) + sizeof(float) * classes * models.Length)
        );
    }

    private static (float[] Probabilities, double Seconds, long Bytes) Logistic(
        LabeledTexts train,
        int[][] decisions,
        LabeledTexts test,
        int classes,
        int threads
    )
    {
        var options = new NgramOptions();
        long start = Stopwatch.GetTimestamp();
        (NgramVectorizer vectorizer, SparseMatrix rows) = NgramVectorizer.Fit(
            new TextSource(train.Texts, options),
            options,
            threads
        );
        LogisticRegression[] models =
        [
            .. decisions.Select(labels =>
                LogisticRegression.Fit(rows, labels, classes, [], new LogisticRegressionOptions(), threads)
            ),
        ];
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        SparseMatrix held = vectorizer.Transform(new TextSource(test.Texts, options), threads);
        return (
            Beside([.. models.Select(m => m.Predict(held, threads))]),
            seconds,
            vectorizer.ColumnCount * (sizeof(ulong) + sizeof(float) * (1L + models.Sum(m => m.OutputSize)))
        );
    }
}
