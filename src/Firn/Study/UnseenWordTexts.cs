using Firn.Evaluation;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Study;

/// <summary>
/// The slice of texts on which a diverged table can show: those with at least one word that training lacks and that has
/// a vector.
/// </summary>
public static class UnseenWordTexts
{
    /// <summary>Which texts are in the slice, [N].</summary>
    /// <param name="predictor">Knows how often training saw each word.</param>
    /// <param name="texts">N texts as its token ids.</param>
    /// <exception cref="InvalidDataException">The predictor does not know what training saw.</exception>
    public static bool[] In(Predictor predictor, RaggedIds texts)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(texts);
        TrainingTrace trace =
            predictor.Trace
            ?? throw new InvalidDataException(
                "The model does not know which words training saw; it was saved by an earlier Firn. Train again."
            );
        EmbeddingTable table = predictor.Classifier.Embedding;
        var unseen = new bool[table.VocabularySize];
        for (int id = 1; id < unseen.Length; id++)
            unseen[id] = trace.Counts[id] == 0 && table.VectorOf(id).ContainsAnyExcept(0f);
        var inSlice = new bool[texts.Count];
        for (int i = 0; i < inSlice.Length; i++)
        {
            foreach (int id in texts[i])
                inSlice[i] |= unseen[id];
        }
        return inSlice;
    }
}

/// <summary>How many of some texts were classified rightly.</summary>
/// <param name="Texts">Texts.</param>
/// <param name="Correct">Those with the right class.</param>
public readonly record struct PartAccuracy(int Texts, int Correct)
{
    /// <summary>Share of right ones, in [0, 1]; NaN of no texts.</summary>
    public double Accuracy => (double)Correct / Texts;
}

/// <summary>Accuracy on a whole test set, and on its texts that hold words training lacks.</summary>
public sealed class SlicedAccuracy
{
    private readonly bool[] _correct,
        _inSlice;

    private SlicedAccuracy(bool[] correct, bool[] inSlice)
    {
        _correct = correct;
        _inSlice = inSlice;
        Whole = new PartAccuracy(correct.Length, correct.Count(c => c));
        UnseenWords = new PartAccuracy(inSlice.Count(s => s), correct.Where((c, i) => c && inSlice[i]).Count());
    }

    /// <summary>All texts.</summary>
    public PartAccuracy Whole { get; }

    /// <summary>Texts with at least one word that training lacks and that has a vector.</summary>
    public PartAccuracy UnseenWords { get; }

    /// <summary>Which texts were classified rightly, [N].</summary>
    public IReadOnlyList<bool> Correct => _correct;

    /// <summary>Which texts are in the slice, [N].</summary>
    public IReadOnlyList<bool> InSlice => _inSlice;

    /// <summary>Scores texts.</summary>
    /// <param name="predictor">The model.</param>
    /// <param name="texts">N texts as its token ids.</param>
    /// <param name="labels">Their classes, [N].</param>
    /// <param name="inSlice">Which are in the slice, [N], as <see cref="UnseenWordTexts.In"/> tells.</param>
    public static SlicedAccuracy Measure(Predictor predictor, RaggedIds texts, int[] labels, bool[] inSlice)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(inSlice);
        Throw.IfLengthDiffers(labels.Length, texts.Count, nameof(labels));
        Throw.IfLengthDiffers(inSlice.Length, texts.Count, nameof(inSlice));
        int[] predicted = SingleLabelEvaluation.PredictedClasses(
            predictor.Probabilities(texts),
            predictor.Classifier.Options.OutputSize
        );
        return new SlicedAccuracy([.. predicted.Select((c, i) => c == labels[i])], inSlice);
    }

    /// <summary>
    /// Texts that the other model gets right and this one wrong, and the reverse: what McNemar's test asks for.
    /// </summary>
    /// <param name="other">The same texts under another model.</param>
    /// <param name="sliceOnly">Count the texts of the slice only.</param>
    public SliceChange ComparedWith(SlicedAccuracy other, bool sliceOnly = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        Throw.IfLengthDiffers(other._correct.Length, _correct.Length, nameof(other));
        int gained = 0,
            lost = 0;
        for (int i = 0; i < _correct.Length; i++)
        {
            if (sliceOnly && !_inSlice[i])
                continue;
            gained += other._correct[i] && !_correct[i] ? 1 : 0;
            lost += _correct[i] && !other._correct[i] ? 1 : 0;
        }
        return new(gained, lost);
    }
}
