using Firn.Data;
using Firn.Evaluation;
using Firn.Text;

namespace Firn;

/// <summary>What a model does on labeled texts.</summary>
/// <param name="Report">The figures.</param>
/// <param name="Errors">The twenty errors it is surest of.</param>
/// <param name="UnknownLabels">Rows left out because the model does not know their label.</param>
public sealed record CorpusEvaluation(EvaluationReport Report, IReadOnlyList<ConfidentError> Errors, long UnknownLabels)
{
    /// <summary>The labels that the texts get, as <see cref="Predictor.Predict(string)"/> gives them.</summary>
    public required LabelCounts Answers { get; init; }

    /// <summary>What keeping silent on the least certain texts would give.</summary>
    public required RiskCoverage Risk { get; init; }

    private const int Chunk = 4096;

    /// <summary>Scores a corpus in one pass; of its texts only a chunk is in memory.</summary>
    /// <param name="predictor">The model; its cleaning is used.</param>
    /// <param name="corpus">Labeled texts.</param>
    /// <param name="onUnknownLabel">Refuse rows with labels the model lacks, or leave them out.</param>
    /// <param name="labelNames">Names for labels, beside those the corpus's format knows.</param>
    /// <param name="progress">Told the number of texts scored.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="UnknownLabelException">There are such rows, and they are refused.</exception>
    /// <exception cref="InvalidDataException">No row has a label that the model knows.</exception>
    public static CorpusEvaluation Run(
        Predictor predictor,
        IEnumerable<LabeledText> corpus,
        RowErrorPolicy onUnknownLabel = RowErrorPolicy.Stop,
        IReadOnlyDictionary<string, string>? labelNames = null,
        IProgress<long>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(corpus);
        LabeledSource source = LabeledSource.Of(corpus, labelNames);
        var map = LabelMap.Of(predictor.Labels, predictor.Classifier.Options.MultiLabel);
        var errors = new ConfidentErrors(predictor.Labels, predictor.Threshold);
        var answers = new LabelCounter(predictor.Rule, map.Sets);
        List<float> probabilities = [];
        List<int> labels = [];
        var unknown = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (LabeledText[] chunk in source.Rows.Chunk(Chunk))
        {
            cancellation.ThrowIfCancellationRequested();
            var known = new List<(string Text, int Class)>(chunk.Length);
            foreach (LabeledText row in chunk)
            {
                if (row.Text is null || row.Label is null)
                    throw new InvalidDataException(
                        $"A text or a label of {source.Description} is null, among the rows {labels.Count + 1} to "
                            + $"{labels.Count + chunk.Length}; leave such rows out."
                    );
                int c = map.ClassOf(row.Label, source.LabelNames);
                if (c >= 0)
                    known.Add((row.Text, c));
                else
                    unknown[row.Label] = unknown.GetValueOrDefault(row.Label) + 1;
            }
            RaggedIds ids = predictor.Encode(known.Select(k => k.Text));
            float[] scores = predictor.Probabilities(ids);
            int columns = predictor.Classifier.Options.OutputSize;
            for (int i = 0; i < known.Count; i++)
                answers.Add(scores.AsSpan(i * columns, columns), ids.HasNoKnownToken(i), known[i].Class);
            for (int i = 0; i < known.Count && map.Sets is null; i++)
                errors.Add(labels.Count + i, known[i].Class, scores.AsSpan(i * columns, columns), known[i].Text);
            probabilities.AddRange(scores);
            labels.AddRange(known.Select(k => k.Class));
            progress?.Report(labels.Count);
        }
        if (labels.Count == 0 || (unknown.Count > 0 && onUnknownLabel == RowErrorPolicy.Stop))
        {
            throw unknown.Count > 0
                ? new UnknownLabelException(
                    [.. unknown.Keys.Select(source.Named)],
                    unknown.Values.Sum(),
                    predictor.Labels
                )
                : new InvalidDataException(
                    $"{source.Description} holds no labeled text; check the path and the columns."
                );
        }
        if (map.Sets is { } sets)
        {
            float[] all = [.. probabilities];
            int[] numbers = [.. labels];
            return new CorpusEvaluation(
                MultiLabelEvaluation.Evaluate(all, numbers, sets, predictor.Labels, predictor.Threshold),
                [],
                unknown.Values.Sum()
            )
            {
                Answers = answers.ToCounts(),
                Risk = new RiskCoverage(all, 1, MultiLabelEvaluation.Decisions(numbers, sets), predictor.Threshold),
            };
        }
        EvaluationReport report = SingleLabelEvaluation.Evaluate(
            probabilities.ToArray(),
            labels.ToArray(),
            predictor.Labels,
            predictor.Threshold
        ) with
        {
            Intervals = EvaluationIntervals.Of(
                probabilities.ToArray(),
                labels.ToArray(),
                predictor.Labels.Count,
                predictor.Threshold,
                predictor.Threads
            ),
        };
        var risk = new RiskCoverage(
            probabilities.ToArray(),
            predictor.Classifier.Options.OutputSize,
            labels.ToArray(),
            predictor.Threshold
        );
        return new CorpusEvaluation(report, errors.ToList(), unknown.Values.Sum())
        {
            Answers = answers.ToCounts(),
            Risk = risk,
        };
    }
}
