using Firn.Layers;
using Firn.Vectors.Search;

namespace Firn.Drift;

/// <summary>A table of word vectors after a repair.</summary>
public sealed class TableRepair
{
    private readonly DriftTable _repaired;

    private TableRepair(RepairMethod method, DriftTable from, EmbeddingTable table, int[] changed)
    {
        Method = method;
        _repaired = from.With(table);
        Words = changed.Length;
        MeanLength = changed.Length == 0 ? 0 : changed.Average(id => Distance(from.AfterOf(id), table.VectorOf(id)));
    }

    /// <summary>What was done.</summary>
    public RepairMethod Method { get; }

    /// <summary>The vectors after it.</summary>
    public EmbeddingTable Table => _repaired.After;

    /// <summary>The same words before training and after the repair.</summary>
    public DriftTable Drift => _repaired;

    /// <summary>Words whose vector the repair changed.</summary>
    public int Words { get; }

    /// <summary>Mean Euclidean length of their way.</summary>
    public double MeanLength { get; }

    /// <summary>
    /// The penalty of the map that was used, as a multiple of the vectors' variance; null for other methods.
    /// </summary>
    public double? Penalty { get; private init; }

    /// <summary>
    /// How well the map foretells where a word goes, on words kept apart from its fit (cross-validation): 1 - error /
    /// error of leaving each where it was. Below 0 the map is worse than doing nothing. Null for other methods.
    /// </summary>
    public double? CrossValidatedR2 { get; private init; }

    /// <summary>Repairs.</summary>
    /// <param name="table">The vectors before and after training.</param>
    /// <param name="method">How.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="InvalidDataException">Training moved no word, or no word stayed behind.</exception>
    public static TableRepair Run(DriftTable table, RepairMethod method, RepairOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        options ??= new RepairOptions();
        options.Validate();
        int[] words = table.WordsWithVector(),
            moved = [.. words.Where(table.Moved)],
            stayed = [.. words.Where(id => !table.Moved(id))];
        if (moved.Length == 0)
            throw new InvalidDataException(
                "Training moved no word, so there is nothing to repair; the table was frozen, or was put back already."
            );
        if (method != RepairMethod.Revert && stayed.Length == 0)
            throw new InvalidDataException(
                "Every word with a vector moved, so none stayed behind; train on pretrained vectors and "
                    + "keep words that the texts lack."
            );
        return method switch
        {
            RepairMethod.Map => Map(table, moved, stayed, options),
            RepairMethod.Neighbors => FollowNeighbors(table, moved, stayed, options),
            RepairMethod.Revert => Revert(table),
            _ => throw new ArgumentOutOfRangeException(
                nameof(method),
                method,
                "The method must be one of the named ones."
            ),
        };
    }

    /// <summary>The predictor with the repaired vectors.</summary>
    /// <exception cref="ArgumentException">The predictor has another table than the one repaired.</exception>
    public Predictor ApplyTo(Predictor predictor)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        return predictor.WithEmbedding(Table, _repaired.Trace);
    }

    private static TableRepair Map(DriftTable table, int[] moved, int[] stayed, RepairOptions options)
    {
        MapFit fit = MapFit.Of(table, moved, options);
        EmbeddingTable after = Moved(table, stayed, id => fit.Map.Of(table.BeforeOf(id)));
        return new TableRepair(RepairMethod.Map, table, after, stayed)
        {
            Penalty = fit.Penalty,
            CrossValidatedR2 = fit.CrossValidatedR2,
        };
    }

    private static TableRepair FollowNeighbors(DriftTable table, int[] moved, int[] stayed, RepairOptions options)
    {
        int dimension = table.After.Dimension,
            k = Math.Min(options.Neighbors, moved.Length);
        var units = new UnitTable(
            moved.Length,
            dimension,
            (i, to) => table.BeforeOf(moved[i]).CopyTo(to),
            i => table.Vocabulary[moved[i]]
        );
        (int Row, float Score)[][] nearest = BatchSearch.Nearest(
            units,
            [.. stayed.Select(id => units.Unit(table.BeforeOf(id)))],
            k,
            moved.Length
        );
        var placeOf = new Dictionary<int, int>(stayed.Length);
        for (int i = 0; i < stayed.Length; i++)
            placeOf[stayed[i]] = i;
        EmbeddingTable after = Moved(
            table,
            stayed,
            id =>
            {
                (int Row, float Score)[] found = nearest[placeOf[id]];
                double[] weights = [.. found.Select(f => Math.Exp((f.Score - found[0].Score) / options.Temperature))];
                double sum = weights.Sum();
                var way = new double[dimension];
                for (int n = 0; n < found.Length; n++)
                {
                    ReadOnlySpan<float> from = table.BeforeOf(moved[found[n].Row]),
                        to = table.AfterOf(moved[found[n].Row]);
                    for (int i = 0; i < dimension; i++)
                        way[i] += weights[n] / sum * ((double)to[i] - from[i]);
                }
                return way;
            }
        );
        return new TableRepair(RepairMethod.Neighbors, table, after, stayed);
    }

    private static TableRepair Revert(DriftTable table)
    {
        EmbeddingTable after = table.Copy(rows =>
        {
            for (int i = 0; i < table.Before.Count; i++)
                table.Before[i].CopyTo(rows.AsSpan(table.Before.Rows[i] * table.After.Dimension));
        });
        int[] changed = [.. Enumerable.Range(1, table.Vocabulary.Count - 1).Where(table.Moved)];
        return new TableRepair(RepairMethod.Revert, table, after, changed);
    }

    private static EmbeddingTable Moved(DriftTable table, int[] words, Func<int, double[]> wayOf) =>
        table.Copy(rows =>
        {
            int dimension = table.After.Dimension;
            Parallel.ForEach(
                words.DistinctBy(id => table.After.RowOf[id]),
                id =>
                {
                    double[] way = wayOf(id);
                    Span<float> row = rows.AsSpan(table.After.RowOf[id] * dimension, dimension);
                    for (int i = 0; i < dimension; i++)
                        row[i] = (float)(row[i] + way[i]);
                }
            );
        });

    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        return Math.Sqrt(sum);
    }
}
