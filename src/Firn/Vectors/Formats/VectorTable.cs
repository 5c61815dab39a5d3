using Firn.Vectors.Storage;

namespace Firn.Vectors.Formats;

/// <summary>The rows of a file while it is being read; grows with what was really read.</summary>
/// <param name="path">For messages.</param>
/// <param name="dimension">Values a row.</param>
/// <param name="initialRows">
/// Rows to make room for at once: a count that the length of the file bears out, else a small one.
/// </param>
/// <param name="blockValues">Values in one piece of the table at most.</param>
internal sealed class VectorTable(string path, int dimension, long initialRows, int blockValues)
{
    private const int UnknownValues = 1 << 17; // half a megabyte

    private readonly Dictionary<string, int> _rows = new((int)Math.Min(initialRows, 1 << 24), StringComparer.Ordinal);
    private readonly List<string> _words = new((int)Math.Min(initialRows, 1 << 24));
    private readonly RowBuilder<float> _values = new(dimension, initialRows, blockValues);

    /// <summary>
    /// Rows to make room for where their number is not known: few of them, however wide a damaged file says they are.
    /// </summary>
    public static int UnknownRows(int dimension) => Math.Max(1, UnknownValues / dimension);

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
        _words.Add(word);
        return _values.Add();
    }

    public VectorFileContent Build(VectorLoadReport report)
    {
        if (_words.Count == 0)
            Throw.BadFile(
                path,
                "end of file",
                "no word vector was kept",
                "Check the limit and the words asked for, and that this is a file of word vectors"
            );
        report = report with { Duplicates = Duplicates, FirstDuplicate = FirstDuplicate };
        return new VectorFileContent(new WordDictionary(_words, _rows), new SingleRows(_values.Build()), report);
    }
}
