namespace Firn.Text;

/// <summary>Counts tokens, text after text, and builds the vocabulary of them.</summary>
public sealed class VocabularyBuilder
{
    private readonly TokenTable _table = new();
    private long[] _counts = new long[1024];

    /// <summary>Number of distinct tokens so far.</summary>
    public int DistinctTokens => _table.Count;

    /// <summary>Number of tokens so far.</summary>
    public long TotalTokens { get; private set; }

    /// <summary>Counts the tokens of one text.</summary>
    public void Add(TokenBuffer tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        for (int i = 0; i < tokens.Count; i++)
            Add(tokens[i]);
    }

    /// <summary>Counts one token.</summary>
    /// <param name="token">Not empty, without line breaks and without half surrogate pairs.</param>
    /// <param name="count">How often it occurred; above 0.</param>
    /// <exception cref="ArgumentException">The token cannot stand on a line of its own in UTF-8.</exception>
    public void Add(ReadOnlySpan<char> token, long count = 1)
    {
        Throw.IfNotPositive(count);
        int index = _table.Find(token);
        if (index < 0)
        {
            VocabularyFile.CheckToken(token);
            index = _table.FindOrAdd(token);
            if (index == _counts.Length)
                Array.Resize(ref _counts, 2 * _counts.Length);
        }
        _counts[index] += count;
        TotalTokens += count;
    }

    /// <summary>
    /// How often the tokens stood in the texts that are no words, <c>&lt;pad&gt;</c> and <c>&lt;unk&gt;</c>.
    /// </summary>
    public long ReservedTokens =>
        new[] { _table.Find(Vocabulary.PadToken), _table.Find(Vocabulary.UnknownToken) }
            .Where(i => i >= 0)
            .Sum(i => _counts[i]);

    /// <summary>
    /// The vocabulary of what was counted, ids by falling count and ties in order of first sight. The tokens
    /// <c>&lt;pad&gt;</c> and <c>&lt;unk&gt;</c> in a text are no words: the first is left out, the second is the
    /// unknown word.
    /// </summary>
    public Vocabulary Build(VocabularyOptions? options = null)
    {
        options ??= new VocabularyOptions();
        Throw.IfNotPositive(options.MinCount, "MinCount");
        if (options.MaxSize is { } limit)
            Throw.IfNotPositive(limit, "MaxSize");
        int pad = _table.Find(Vocabulary.PadToken),
            unknown = _table.Find(Vocabulary.UnknownToken);
        int[] order =
        [
            .. Enumerable
                .Range(0, _table.Count)
                .Where(i => i != pad && i != unknown && _counts[i] >= options.MinCount)
                .OrderByDescending(i => _counts[i]) // stable, as Python's sort
                .Take(options.MaxSize ?? int.MaxValue),
        ];

        int special = options.Unknown == UnknownWords.Row ? 2 : 1;
        var words = new TokenTable(order.Length + special);
        var wordCounts = new long[order.Length + special];
        words.FindOrAdd(Vocabulary.PadToken);
        if (special == 2)
            wordCounts[words.FindOrAdd(Vocabulary.UnknownToken)] = unknown < 0 ? 0 : _counts[unknown];
        foreach (int index in order)
            wordCounts[words.FindOrAdd(_table[index])] = _counts[index];
        return new Vocabulary(words, wordCounts, options.Unknown);
    }
}
