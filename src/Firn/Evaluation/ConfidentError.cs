using Firn.Data;

namespace Firn.Evaluation;

/// <summary>A text that the model is sure about, and wrong.</summary>
/// <param name="Text">The text as it stands in the data.</param>
/// <param name="Actual">Its class.</param>
/// <param name="Predicted">The class it was given.</param>
/// <param name="Probability">The probability the model gave that class.</param>
public sealed record ConfidentError(string Text, string Actual, string Predicted, float Probability);

/// <summary>Keeps the errors with the highest probability.</summary>
internal sealed class ConfidentErrors(
    IReadOnlyList<string> names,
    float threshold = DecisionThreshold.Default,
    int most = 20
)
{
    private readonly PriorityQueue<(int Key, int Actual, int Predicted, float Probability), float> _errors = new();
    private readonly Dictionary<int, string> _texts = [];

    /// <summary>Takes a text's scores, [K].</summary>
    /// <param name="key">Number by which the text can be found again.</param>
    /// <param name="actual">Its class.</param>
    /// <param name="row">Its probabilities.</param>
    /// <param name="text">The text, where it is at hand.</param>
    public void Add(int key, int actual, ReadOnlySpan<float> row, string? text = null)
    {
        int predicted = Decision.ClassOf(row, threshold);
        if (predicted == actual)
            return;
        float probability = Decision.ProbabilityOf(predicted, row);
        if (_errors.Count == most && probability <= _errors.Peek().Probability)
            return;
        if (_errors.Count == most)
            _texts.Remove(_errors.Dequeue().Key);
        _errors.Enqueue((key, actual, predicted, probability), probability);
        if (text is not null)
            _texts[key] = text;
    }

    /// <summary>Finds the texts by going through the rows once more; their place there is their key.</summary>
    public void FindTexts(IEnumerable<LabeledText> rows)
    {
        if (_errors.Count == 0)
            return;
        HashSet<int> wanted = [.. _errors.UnorderedItems.Select(e => e.Element.Key)];
        // A reader counts what its latest pass left out; a pass broken off would tell too few.
        int last = rows is CorpusReader { RowsSkipped: > 0 } ? int.MaxValue : wanted.Max(),
            place = 0;
        foreach (LabeledText row in rows)
        {
            if (wanted.Contains(place))
                _texts[place] = row.Text;
            if (place++ == last)
                break;
        }
    }

    /// <summary>The errors, the surest first.</summary>
    public IReadOnlyList<ConfidentError> ToList() =>
        [
            .. _errors
                .UnorderedItems.Select(e => e.Element)
                .OrderByDescending(e => e.Probability)
                .ThenBy(e => e.Key)
                .Select(e => new ConfidentError(
                    _texts.GetValueOrDefault(e.Key, ""),
                    names[e.Actual],
                    names[e.Predicted],
                    e.Probability
                )),
        ];
}
