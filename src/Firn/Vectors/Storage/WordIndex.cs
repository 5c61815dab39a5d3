namespace Firn.Vectors.Storage;

/// <summary>The words of a table, and the row of each.</summary>
internal interface IWordIndex
{
    /// <summary>In the order of the rows.</summary>
    IReadOnlyList<string> Words { get; }

    /// <summary>Finds a word, compared ordinally.</summary>
    bool TryGetRow(ReadOnlySpan<char> word, out int row);
}

/// <summary>Words in memory.</summary>
internal sealed class WordDictionary(IReadOnlyList<string> words, Dictionary<string, int> rows) : IWordIndex
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _rows = rows.GetAlternateLookup<
        ReadOnlySpan<char>
    >();

    public IReadOnlyList<string> Words => words;

    public bool TryGetRow(ReadOnlySpan<char> word, out int row) => _rows.TryGetValue(word, out row);

    /// <exception cref="ArgumentException">A word comes twice.</exception>
    public static WordDictionary Of(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var rows = new Dictionary<string, int>(words.Count, StringComparer.Ordinal);
        for (int row = 0; row < words.Count; row++)
        {
            if (!rows.TryAdd(words[row], row))
                throw new ArgumentException(
                    $"The word '{words[row]}' stands in rows {rows[words[row]]} and {row}; words must differ.",
                    nameof(words)
                );
        }
        return new WordDictionary(words, rows);
    }
}
