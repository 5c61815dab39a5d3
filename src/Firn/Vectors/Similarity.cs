using Firn.Vectors.Search;

namespace Firn.Vectors;

/// <summary>
/// Nearest words, analogies and the odd one out, by cosine over all words: exact, not approximate. Holds a copy of the
/// table in float32 with rows of length 1, and one of a quarter of that once single words are asked for; build it once and
/// share it between threads.
/// </summary>
/// <remarks>Words whose vector is zero have similarity 0 to all.</remarks>
public sealed class Similarity
{
    private readonly UnitTable _table;
    private readonly Lazy<CodedTable> _coded; // made when first asked for one word's neighbours

    /// <summary>Prepares the vectors for searching.</summary>
    public Similarity(WordVectors vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        Vectors = vectors;
        _table = new UnitTable(vectors);
        _coded = new Lazy<CodedTable>(() => new CodedTable(_table));
    }

    /// <summary>The vectors that are searched.</summary>
    public WordVectors Vectors { get; }

    internal UnitTable Table => _table;

    /// <summary>Cosine of two words' vectors, in [-1, 1].</summary>
    /// <exception cref="KeyNotFoundException">A word has no vector.</exception>
    public float Cosine(string a, string b) => UnitTable.Dot(_table[RowOf(a)], _table[RowOf(b)]);

    /// <summary>The words nearest to a word, the nearest first, without the word itself.</summary>
    /// <param name="word">A word with a vector.</param>
    /// <param name="count">How many to return at most.</param>
    /// <param name="restrict">Search only the first rows, which usually are the most frequent words; null searches all.</param>
    /// <exception cref="KeyNotFoundException">The word has no vector.</exception>
    public IReadOnlyList<Neighbor> Nearest(string word, int count = 10, int? restrict = null) =>
        Analogy([word], [], count, AnalogyMethod.Add, restrict);

    /// <summary>The words nearest to each of many words, as one word at a time but with each row read once for 32 of them.</summary>
    /// <returns>For each word its nearest, the nearest first, without the word itself; scores may differ from one at a time in the last bit.</returns>
    /// <exception cref="KeyNotFoundException">A word has no vector.</exception>
    public IReadOnlyList<IReadOnlyList<Neighbor>> NearestOfEach(IReadOnlyList<string> words, int count = 10, int? restrict = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        Throw.IfNotPositive(count);
        int[] rows = [.. words.Select(RowOf)];
        float[][] queries = [.. rows.Select(row => _table.Mean([row], []))];
        (int Row, float Score)[][] found = BatchSearch.Nearest(_table, queries, checked(count + 1), Rows(restrict));
        return [.. found.Select((best, i) => Named([.. best.Where(f => f.Row != rows[i]).Take(count)]))];
    }

    /// <summary>The words nearest to any vector of the table's dimension, the nearest first.</summary>
    /// <exception cref="ArgumentException">The vector has another dimension.</exception>
    public IReadOnlyList<Neighbor> Nearest(ReadOnlySpan<float> vector, int count = 10, int? restrict = null)
    {
        Throw.IfLengthDiffers(vector.Length, Vectors.Dimension, nameof(vector));
        Throw.IfNotPositive(count);
        return Named(_coded.Value.Nearest(_table.Unit(vector), count, Rows(restrict), []));
    }

    /// <summary>The words nearest to the mean of the unit vectors of a text's words; words without vector are passed over.</summary>
    /// <returns>Empty when no word has a vector. The text's own words are among the results.</returns>
    public IReadOnlyList<Neighbor> NearestToText(IEnumerable<string> words, int count = 10, int? restrict = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        Throw.IfNotPositive(count);
        int[] rows = [.. words.Where(word => Vectors.TryGetRow(word, out _)).Select(RowOf)];
        return rows.Length == 0 ? [] : Named(_coded.Value.Nearest(_table.Mean(rows, []), count, Rows(restrict), []));
    }

    /// <summary>
    /// The words that are to the positive words as they are not to the negative ones, without the words given:
    /// <c>Analogy(["king", "woman"], ["man"])</c> for man : king = woman : ?.
    /// </summary>
    /// <exception cref="KeyNotFoundException">A word has no vector.</exception>
    public IReadOnlyList<Neighbor> Analogy(
        IReadOnlyList<string> positive, IReadOnlyList<string> negative, int count = 10,
        AnalogyMethod method = AnalogyMethod.Add, int? restrict = null)
    {
        ArgumentNullException.ThrowIfNull(positive);
        ArgumentNullException.ThrowIfNull(negative);
        Throw.IfNotPositive(count);
        if (positive.Count == 0)
            throw new ArgumentException("Give at least one positive word.", nameof(positive));
        int[] plus = [.. positive.Select(RowOf)], minus = [.. negative.Select(RowOf)];
        int[] given = [.. plus, .. minus];
        return Named(method == AnalogyMethod.Add
            ? _coded.Value.Nearest(_table.Mean(plus, minus), count, Rows(restrict), given)
            : _table.NearestByProduct(plus, minus, count, Rows(restrict), given));
    }

    /// <summary>The word that is farthest from the mean of the others and itself, all taken at length 1.</summary>
    /// <exception cref="KeyNotFoundException">A word has no vector.</exception>
    public string DoesNotMatch(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.Count < 2)
            throw new ArgumentException("Give at least two words.", nameof(words));
        int[] rows = [.. words.Select(RowOf)];
        float[] mean = _table.Mean(rows, []);
        return words[Enumerable.Range(0, rows.Length).MinBy(i => UnitTable.Dot(_table[rows[i]], mean))];
    }

    /// <summary>Cosines of each word of <paramref name="a"/> with each of <paramref name="b"/>.</summary>
    /// <returns>[a, b].</returns>
    public float[,] Matrix(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        int[] rows = [.. a.Select(RowOf)], columns = [.. b.Select(RowOf)];
        var matrix = new float[rows.Length, columns.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < columns.Length; j++)
                matrix[i, j] = UnitTable.Dot(_table[rows[i]], _table[columns[j]]);
        }
        return matrix;
    }

    private int RowOf(string word) =>
        Vectors.TryGetRow(word, out int row) ? row : throw new KeyNotFoundException($"'{word}' has no vector; check its spelling and case.");

    private int Rows(int? restrict) => Math.Clamp(restrict ?? Vectors.Count, 0, Vectors.Count);

    private Neighbor[] Named((int Row, float Score)[] found) =>
        [.. found.Select(f => new Neighbor(Vectors.Words[f.Row], f.Row, f.Score))];
}
