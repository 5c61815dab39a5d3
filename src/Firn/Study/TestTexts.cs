using System.Text.Json;
using Firn.Data;
using Firn.Text;

namespace Firn.Study;

/// <summary>Labeled texts as a model's ids and classes, to measure it and its repairs on.</summary>
/// <param name="Texts">The texts, N.</param>
/// <param name="Labels">Their classes, [N].</param>
/// <param name="HeldOut">
/// They are the test part of the corpus that the model was trained on; the rest was left out.
/// </param>
public sealed record TestTexts(RaggedIds Texts, int[] Labels, bool HeldOut)
{
    /// <summary>
    /// Reads a corpus. Where it is the very corpus that the model was trained on, row for row, only the test part that
    /// training kept apart is taken: the others would flatter the model.
    /// </summary>
    /// <param name="predictor">The model.</param>
    /// <param name="corpus">Labeled texts; gone through once.</param>
    /// <param name="labelNames">Names for labels, beside those the corpus's format knows.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InvalidDataException">
    /// No text, a label the model does not know, or the training corpus without a test part.
    /// </exception>
    public static TestTexts Read(
        Predictor predictor,
        IEnumerable<LabeledText> corpus,
        IReadOnlyDictionary<string, string>? labelNames = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(corpus);
        LabeledSource source = LabeledSource.Of(corpus, labelNames);
        List<LabeledText> rows = [];
        using var hash = new RowHash();
        foreach (LabeledText row in source.Rows)
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add(row);
            hash.Add(row);
        }
        if (rows.Count == 0)
            throw new InvalidDataException(
                $"{source.Description} holds no labeled text; check the path and the columns."
            );
        bool same = hash.ToString() == predictor.Card.Data.Sha256;
        IEnumerable<LabeledText> taken = same ? TestPart(predictor, rows) : rows;
        var map = LabelMap.Of(predictor.Labels, predictor.Classifier.Options.MultiLabel);
        var texts = new List<string>();
        var labels = new List<int>();
        foreach (LabeledText row in taken)
        {
            int label = map.ClassOf(row.Label, source.LabelNames);
            if (label < 0)
                throw new InvalidDataException(
                    $"{source.Description} holds the label {source.Named(row.Label)}, which the model does not know "
                        + $"(it knows {Counted.Listed(predictor.Labels)}); name it or leave such rows out."
                );
            texts.Add(row.Text);
            labels.Add(label);
        }
        return new TestTexts(predictor.Encode(texts), [.. labels], same);
    }

    private static IEnumerable<LabeledText> TestPart(Predictor predictor, List<LabeledText> rows)
    {
        double share = 0;
        uint seed = 0;
        if (
            predictor.Card.Training is { ValueKind: JsonValueKind.Object } training
            && training.TryGetProperty("recipe", out JsonElement recipe)
            && recipe.TryGetProperty("test_share", out JsonElement part)
            && recipe.TryGetProperty("split_seed", out JsonElement split)
        )
            (share, seed) = (part.GetDouble(), split.GetUInt32());
        if (share == 0)
            throw new InvalidDataException(
                "These are the texts that the model was trained on, and it kept none of them apart for a test; give "
                    + "other texts."
            );
        return TrainTestSplit.Random(rows.Count, share, seed).Test.Select(row => rows[row]);
    }
}
