using Firn.Data;

namespace Firn.Evaluation;

/// <summary>Counts labels text by text.</summary>
internal sealed class LabelCounter(LabelRule rule, LabelSets? sets)
{
    private readonly SortedDictionary<string, long> _labels = new(StringComparer.Ordinal);
    private long _texts,
        _abstained,
        _right,
        _withoutWord;

    /// <param name="row">[K]: what the model gives.</param>
    /// <param name="hasNoKnownToken">Whether the model saw no word of it.</param>
    /// <param name="truth">The class, or the set of classes.</param>
    public void Add(ReadOnlySpan<float> row, bool hasNoKnownToken, int truth)
    {
        LabelDecision decision = rule.Decide(row);
        _labels[decision.Label] = _labels.GetValueOrDefault(decision.Label) + 1;
        _texts++;
        if (hasNoKnownToken)
            _withoutWord++;
        if (decision.Abstained)
            _abstained++;
        else if (sets is null ? decision.Class == truth : HasThose(row, sets[truth]))
            _right++;
    }

    private bool HasThose(ReadOnlySpan<float> row, ReadOnlySpan<bool> truth)
    {
        for (int c = 0; c < row.Length; c++)
        {
            if (row[c] >= rule.Threshold != truth[c])
                return false;
        }
        return true;
    }

    public LabelCounts ToCounts() =>
        new(_texts, _labels, _abstained, (double)_right / (_texts - _abstained), _withoutWord);
}
