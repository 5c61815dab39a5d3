namespace Firn.Vectors.Evaluation;

/// <summary>
/// The words that a test may use, folded as the options say: of several spellings the first row counts.
/// </summary>
internal sealed class EvaluationWords
{
    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);
    private readonly bool _fold;

    public EvaluationWords(WordVectors vectors, EvaluationOptions options)
    {
        Throw.IfNotPositive(options.RestrictVocabulary);
        _fold = options.CaseInsensitive;
        Count = Math.Min(options.RestrictVocabulary, vectors.Count);
        for (int row = 0; row < Count; row++)
            _rows.TryAdd(Fold(vectors.Words[row]), row);
    }

    /// <summary>Rows in use.</summary>
    public int Count { get; }

    public string Fold(string word) => _fold ? word.ToUpperInvariant() : word;

    /// <summary>The row of a word, or -1.</summary>
    public int RowOf(string word) => _rows.GetValueOrDefault(Fold(word), -1);
}
