namespace Firn.Vectors.Formats;

/// <summary>The rows of a file while it is being read; grows with what was really read.</summary>
/// <param name="path">For messages.</param>
/// <param name="dimension">Values a row.</param>
/// <param name="initialRows">Rows to allocate at once: a count that the length of the file bears out, else a small one.</param>
internal sealed class VectorTable(string path, int dimension, long initialRows)
{
    private readonly Dictionary<string, int> _rows = new((int)Math.Min(initialRows, 1 << 24), StringComparer.Ordinal);
    private readonly List<string> _words = new((int)Math.Min(initialRows, 1 << 24));
    private float[] _values = GC.AllocateUninitializedArray<float>((int)Math.Min(Math.Max(initialRows, 1) * dimension, Array.MaxLength));

    public int Dimension { get; } = dimension;

    public int Count => _words.Count;

    public int Duplicates { get; private set; }

    public string? FirstDuplicate { get; private set; }

    /// <summary>A place for the vector of a new word, or an empty span when an earlier row has the word.</summary>
    public Span<float> Add(string word)
    {
        if (!_rows.TryAdd(word, _words.Count))
        {
            Duplicates++;
            FirstDuplicate ??= word;
            return default;
        }
        long start = (long)_words.Count * Dimension;
        if (start + Dimension > _values.Length)
            Grow(start + Dimension);
        _words.Add(word);
        return _values.AsSpan((int)start, Dimension);
    }

    public WordVectors Build(VectorLoadReport report)
    {
        if (_words.Count == 0)
            Throw.BadFile(path, "end of file", "no word vector was kept", "Check the limit and the words asked for, and that this is a file of word vectors");
        int used = _words.Count * Dimension;
        if (_values.Length != used)
            Array.Resize(ref _values, used);
        report = report with { Duplicates = Duplicates, FirstDuplicate = FirstDuplicate };
        return new WordVectors(_words, _values, Dimension, _rows, report);
    }

    private void Grow(long needed)
    {
        if (needed > Array.MaxLength)
        {
            Throw.BadFile(path, $"row {_words.Count + 1}", $"the table would pass {Array.MaxLength} numbers, the most that one array holds",
                "Read fewer rows with Limit, or only the words you need with Only");
        }
        Array.Resize(ref _values, (int)Math.Min(Math.Max(needed, _values.Length * 2L), Array.MaxLength));
    }
}
