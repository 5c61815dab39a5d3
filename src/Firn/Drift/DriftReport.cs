namespace Firn.Drift;

/// <summary>
/// How far training moved each word, what that did to its neighborhood, and which words it tore apart: a word that the
/// training texts hold moves, and its neighbor that they lack stays behind.
/// </summary>
public sealed class DriftReport
{
    private readonly NeighborRanks _search;

    private DriftReport(
        DriftTable table,
        DriftOptions options,
        NeighborRanks search,
        IReadOnlyList<WordMovement> words,
        IReadOnlyList<DivergedPair> pairs
    )
    {
        Table = table;
        Options = options;
        _search = search;
        Words = words;
        Bands = FrequencyBand.Of(words);
        Pairs = pairs;
    }

    /// <summary>What was measured.</summary>
    public DriftTable Table { get; }

    /// <summary>How it was measured.</summary>
    public DriftOptions Options { get; }

    /// <summary>Every word that had a vector, in the order of the vocabulary.</summary>
    public IReadOnlyList<WordMovement> Words { get; }

    /// <summary>The words by how often training saw them, the rarest first.</summary>
    public IReadOnlyList<FrequencyBand> Bands { get; }

    /// <summary>
    /// Pairs of a word that training saw and a near one that it lacks, near before training and among the nearest of
    /// one of the two; the worst divergence first, each word in one pair only.
    /// </summary>
    public IReadOnlyList<DivergedPair> Pairs { get; }

    /// <summary>Words that moved.</summary>
    public int Moved => Words.Count(w => w.Length > 0);

    /// <summary>Words that training lacks.</summary>
    public int Unseen => Words.Count(w => !Table.Seen(w.Id));

    /// <summary>Measures.</summary>
    /// <param name="table">Vectors before and after.</param>
    /// <param name="options">What is measured; null for the defaults.</param>
    /// <param name="progress">Told how far the search for neighbors is, from 0 to 1.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="InvalidDataException">No word had a vector.</exception>
    public static DriftReport Measure(
        DriftTable table,
        DriftOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(table);
        options ??= new DriftOptions();
        options.Validate();
        var search = new NeighborRanks(table);
        if (search.Ids.IsEmpty)
            throw new InvalidDataException(
                "No word of the model had a vector before training, so there is no drift to measure."
            );
        int?[] kept = new int?[search.Ids.Length];
        var near = new HashSet<(int Seen, int Unseen)>();
        int[] asked = AskedFor(table, search, options.NeighborWords);
        search.ForEach(
            asked,
            options.Neighbors,
            (place, before, after) =>
            {
                kept[place] = before.Select(f => f.Place).Intersect(after.Select(f => f.Place)).Count();
                foreach ((int other, float cosine) in before)
                {
                    bool here = table.Seen(search.Ids[place]),
                        there = table.Seen(search.Ids[other]);
                    if (here == there || cosine < options.NearCosine)
                        continue;
                    (int seen, int unseen) = here ? (place, other) : (other, place);
                    if ((table.CountOf(search.Ids[seen]) ?? options.MinSeen) >= options.MinSeen)
                        near.Add((seen, unseen));
                }
            },
            progress,
            cancellation
        );
        var words = new WordMovement[search.Ids.Length];
        for (int place = 0; place < words.Length; place++)
            words[place] = Movement(table, search.Ids[place], kept[place]);
        DivergedPair[] pairs =
        [
            .. near.OrderByDescending(p => search.CosineBefore(p.Seen, p.Unseen) - search.CosineAfter(p.Seen, p.Unseen))
                .ThenBy(p => p)
                .DistinctBy(p => p.Seen)
                .DistinctBy(p => p.Unseen)
                .Take(options.Pairs)
                .Select(p => search.Pair(p.Seen, p.Unseen)),
        ];
        return new DriftReport(table, options, search, words, pairs);
    }

    /// <summary>The movement of one word.</summary>
    /// <exception cref="ArgumentException">The model does not know it, or it had no vector.</exception>
    public WordMovement MovementOf(string word) => Words[_search.PlaceOf(Table.Require(word))];

    /// <summary>What happened to the nearness of two words.</summary>
    /// <exception cref="ArgumentException">The model does not know one of them, or it had no vector.</exception>
    public DivergedPair PairOf(string first, string second) =>
        _search.Pair(_search.PlaceOf(Table.Require(first)), _search.PlaceOf(Table.Require(second)));

    /// <summary>A word's nearest words before and now.</summary>
    /// <param name="word">The word.</param>
    /// <param name="count">How many; null for as many as were compared.</param>
    /// <exception cref="ArgumentException">The model does not know it, or it had no vector.</exception>
    public NeighborChange NeighborsOf(string word, int? count = null) =>
        _search.Neighbors(_search.PlaceOf(Table.Require(word)), count ?? Options.Neighbors);

    private static int[] AskedFor(DriftTable table, NeighborRanks search, int most)
    {
        int[] ids = search.Ids.ToArray();
        return
        [
            .. Enumerable
                .Range(0, ids.Length)
                .OrderByDescending(place => table.Seen(ids[place]))
                .ThenByDescending(place => table.CountOf(ids[place]) ?? 0)
                .Take(most),
        ];
    }

    private static WordMovement Movement(DriftTable table, int id, int? kept)
    {
        ReadOnlySpan<float> before = table.BeforeOf(id),
            after = table.AfterOf(id);
        double dot = 0,
            then = 0,
            now = 0,
            way = 0;
        for (int i = 0; i < before.Length; i++)
        {
            dot += (double)before[i] * after[i];
            then += (double)before[i] * before[i];
            now += (double)after[i] * after[i];
            way += ((double)after[i] - before[i]) * ((double)after[i] - before[i]);
        }
        // A word that did not move has distance 0 exactly, not a rounding error's.
        double distance =
            way == 0 ? 0
            : now == 0 ? 1
            : Math.Clamp(1 - dot / Math.Sqrt(then * now), 0, 2);
        return new WordMovement(
            id,
            table.Vocabulary[id],
            table.CountOf(id),
            distance,
            Math.Sqrt(way),
            Math.Sqrt(way / then),
            kept
        );
    }
}
