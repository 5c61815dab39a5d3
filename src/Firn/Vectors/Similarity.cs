using Firn.Vectors.Search;

namespace Firn.Vectors;

/// <summary>
/// Nearest words, analogies and the odd one out, by cosine over all words: exact, not approximate. Holds a copy of the
/// table in float32 with rows of length 1, and one of a quarter of that once single words are asked for; build it once
/// and share it between threads.
/// </summary>
/// <remarks>Words whose vector is zero have similarity 0 to all.</remarks>
public sealed class Similarity
{
    private readonly UnitTable _table;
    private readonly Lazy<CodedTable> _coded; // made when first asked for one word's neighbors

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
    /// <param name="restrict">
    /// Search only the first rows, which usually are the most frequent words; null searches all.
    /// </param>
    /// <exception cref="KeyNotFoundException">The word has no vector.</exception>
    public IReadOnlyList<Neighbor> Nearest(string word, int count = 10, int? restrict = null) =>
        Analogy([word], [], count, AnalogyMethod.Add, restrict);

    /// <summary>
    /// The words nearest to each of many words, as one word at a time but with each row read once for 32 of them.
    /// </summary>
    /// <returns>
    /// For each word its nearest, the nearest first, without the word itself; scores may differ from one at a time in
    /// the last bit.
    /// </returns>
    /// <exception cref="KeyNotFoundException">A word has no vector.</exception>
    public IReadOnlyList<IReadOnlyList<Neighbor>> NearestOfEach(
        IReadOnlyList<string> words,
        int count = 10,
        int? restrict = null
    )
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

    /// <summary>
    /// The words nearest to the mean of the unit vectors of a text's words; words without vector are passed over.
    /// </summary>
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
        IReadOnlyList<string> positive,
        IReadOnlyList<string> negative,
        int count = 10,
        AnalogyMethod method = AnalogyMethod.Add,
        int? restrict = null
    )
    {
        ArgumentNullException.ThrowIfNull(positive);
        ArgumentNullException.ThrowIfNull(negative);
        Throw.IfNotPositive(count);
        if (positive.Count == 0)
            throw new ArgumentException("Give at least one positive word.", nameof(positive));
        int[] plus = [.. positive.Select(RowOf)],
            minus = [.. negative.Select(RowOf)];
        int[] given = [.. plus, .. minus];
        return Named(
            method == AnalogyMethod.Add
                ? _coded.Value.Nearest(_table.Mean(plus, minus), count, Rows(restrict), given)
                : _table.NearestByProduct(plus, minus, count, Rows(restrict), given)
        );
    }

    /// <summary>
    /// The words nearest to a weighted sum of unit vectors, without the words given: gensim's <c>most_similar</c> with
    /// weights, any number of words to be near to (weights above 0) and far from (below).
    /// </summary>
    /// <exception cref="ArgumentException">No word is given, or a weight is not finite.</exception>
    /// <exception cref="KeyNotFoundException">A word has no vector.</exception>
    public IReadOnlyList<Neighbor> Nearest(IReadOnlyList<WeightedWord> words, int count = 10, int? restrict = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        Throw.IfNotPositive(count);
        float[] query = QueryOf(words);
        return Named(_coded.Value.Nearest(query, count, Rows(restrict), [.. words.Select(word => RowOf(word.Word))]));
    }

    /// <summary>
    /// The same answer to a single query of a table, which is read where it lies: a <see cref="Similarity"/>, made for
    /// many queries, takes as long to make as some thirty of these.
    /// </summary>
    /// <exception cref="ArgumentException">No word is given, or a weight is not finite.</exception>
    /// <exception cref="InvalidDataException">
    /// A number of the table is not finite, which a mapped file may hold.
    /// </exception>
    /// <exception cref="KeyNotFoundException">A word has no vector.</exception>
    public static IReadOnlyList<Neighbor> NearestOnce(
        WordVectors vectors,
        IReadOnlyList<WeightedWord> words,
        int count = 10,
        int? restrict = null
    )
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(words);
        Throw.IfNotPositive(count);
        string[] given = [.. words.Select(word => word.Word).Distinct(StringComparer.Ordinal)];
        if (given.Length == 0)
            throw new ArgumentException("Give at least one word.", nameof(words));
        using var few = new WordVectors(
            given,
            [
                .. given.SelectMany(word =>
                    vectors.TryGetVector(word, out ReadOnlySpan<float> vector)
                        ? vector.ToArray()
                        : throw new KeyNotFoundException($"'{word}' has no vector.")
                ),
            ],
            vectors.Dimension
        );
        float[] query = new Similarity(few).QueryOf(words);
        int[] rows = [.. given.Select(word => vectors.TryGetRow(word, out int row) ? row : -1)];
        int searched = Rows(restrict, vectors);
        return
        [
            .. RowScan
                .Nearest(vectors, query, count, searched, rows)
                .Select(found => new Neighbor(vectors.Words[found.Row], found.Row, found.Score)),
        ];
    }

    /// <summary>The words nearer to a word than another is, the nearest first; gensim's <c>closer_than</c>.</summary>
    /// <exception cref="KeyNotFoundException">A word has no vector.</exception>
    public IReadOnlyList<Neighbor> CloserThan(string word, string other)
    {
        int row = RowOf(word),
            bound = RowOf(other);
        float[] scores = _table.ScoresOf(row);
        return Named([
            .. Enumerable
                .Range(0, scores.Length)
                .Where(at => scores[at] > scores[bound] && at != row)
                .Select(at => (Row: at, Score: scores[at]))
                .OrderByDescending(found => found.Score),
        ]);
    }

    /// <summary>
    /// The place of a word among another's neighbors, from 1: one more than the words of <see cref="CloserThan"/>.
    /// </summary>
    /// <exception cref="KeyNotFoundException">A word has no vector.</exception>
    public int Rank(string word, string other)
    {
        int row = RowOf(word),
            bound = RowOf(other);
        float[] scores = _table.ScoresOf(row);
        int rank = 1;
        for (int at = 0; at < scores.Length; at++)
            rank += scores[at] > scores[bound] && at != row ? 1 : 0;
        return rank;
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
        int[] rows = [.. a.Select(RowOf)],
            columns = [.. b.Select(RowOf)];
        var matrix = new float[rows.Length, columns.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < columns.Length; j++)
                matrix[i, j] = UnitTable.Dot(_table[rows[i]], _table[columns[j]]);
        }
        return matrix;
    }

    private float[] QueryOf(IReadOnlyList<WeightedWord> words)
    {
        if (words.Count == 0)
            throw new ArgumentException("Give at least one word.", nameof(words));
        foreach (WeightedWord word in words)
        {
            if (!float.IsFinite(word.Weight))
                throw new ArgumentException(
                    $"The weight of '{word.Word}' is {word.Weight}; a finite number is expected.",
                    nameof(words)
                );
        }
        return _table.WeightedMean([.. words.Select(word => RowOf(word.Word))], [.. words.Select(word => word.Weight)]);
    }

    private int RowOf(string word) =>
        Vectors.TryGetRow(word, out int row)
            ? row
            : throw new KeyNotFoundException($"'{word}' has no vector; check its spelling and case.");

    private int Rows(int? restrict) => Rows(restrict, Vectors);

    private static int Rows(int? restrict, WordVectors vectors) =>
        Math.Clamp(restrict ?? vectors.Count, 0, vectors.Count);

    private Neighbor[] Named((int Row, float Score)[] found) =>
        [.. found.Select(f => new Neighbor(Vectors.Words[f.Row], f.Row, f.Score))];
}
