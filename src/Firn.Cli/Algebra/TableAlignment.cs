using Firn.Vectors;
using MathNet.Numerics.LinearAlgebra;

namespace Firn.Cli.Algebra;

/// <summary>
/// The rotation (and reflection) that brings a table's vectors as near as possible to those of another for words that
/// both have: orthogonal Procrustes (Schönemann 1966; Artetxe et al. 2016 for word vectors at length 1). Cosines within
/// the table stay.
/// </summary>
internal sealed class TableAlignment
{
    private const int MaxMeasured = 20_000;

    private readonly Matrix<double> _rotation; // [E, E]

    private TableAlignment(Matrix<double> rotation, int pairs, double before, double after)
    {
        _rotation = rotation;
        Pairs = pairs;
        Before = before;
        After = after;
    }

    /// <summary>Pairs that the rotation was fitted on.</summary>
    public int Pairs { get; }

    /// <summary>Mean cosine of the pairs before, of the first 20,000.</summary>
    public double Before { get; }

    /// <summary>Mean cosine of the same pairs after.</summary>
    public double After { get; }

    /// <summary>Fits on pairs of words, one of each table; those that a table lacks are passed over.</summary>
    /// <param name="vectors">The table to rotate.</param>
    /// <param name="reference">The table to come near to, of the same dimension.</param>
    /// <param name="pairs">The words.</param>
    /// <param name="unit">Fit on vectors at length 1.</param>
    public static TableAlignment Fit(
        WordVectors vectors,
        WordVectors reference,
        IEnumerable<(string Word, string Other)> pairs,
        bool unit = true
    )
    {
        int size = vectors.Dimension,
            count = 0;
        var product = Matrix<double>.Build.Dense(size, size);
        var kept = new List<(int Row, int Other)>();
        foreach ((string word, string other) in pairs)
        {
            if (vectors.TryGetRow(word, out int row) && reference.TryGetRow(other, out int place))
                kept.Add((row, place));
        }
        const int atOnce = 2048;
        for (int first = 0; first < kept.Count; first += atOnce)
        {
            var part = kept.GetRange(first, Math.Min(atOnce, kept.Count - first));
            Matrix<double> x = Gather(vectors, part.ConvertAll(pair => pair.Row), unit),
                y = Gather(reference, part.ConvertAll(pair => pair.Other), unit);
            product += x.TransposeThisAndMultiply(y);
            count += part.Count;
        }
        var solved = product.Svd();
        Matrix<double> rotation = solved.U * solved.VT;
        return new TableAlignment(
            rotation,
            count,
            MeanCosine(vectors, reference, kept, null),
            MeanCosine(vectors, reference, kept, rotation)
        );
    }

    /// <summary>All vectors rotated.</summary>
    public WordVectors Apply(WordVectors vectors) =>
        TableStatistics.Map(vectors, vectors.Dimension, rows => rows * _rotation);

    private static Matrix<double> Gather(WordVectors vectors, List<int> rows, bool unit)
    {
        var gathered = Matrix<double>.Build.Dense(rows.Count, vectors.Dimension);
        var row = new float[vectors.Dimension];
        for (int i = 0; i < rows.Count; i++)
        {
            vectors.CopyTo(rows[i], row);
            for (int c = 0; c < row.Length; c++)
                gathered[i, c] = row[c];
        }
        return unit ? TableTransform.Unit(gathered) : gathered;
    }

    private static double MeanCosine(
        WordVectors vectors,
        WordVectors reference,
        List<(int Row, int Other)> pairs,
        Matrix<double>? rotation
    )
    {
        pairs = pairs.GetRange(0, Math.Min(MaxMeasured, pairs.Count));
        Matrix<double> x = Gather(vectors, pairs.ConvertAll(pair => pair.Row), unit: true),
            y = Gather(reference, pairs.ConvertAll(pair => pair.Other), unit: true);
        if (rotation is not null)
            x *= rotation;
        return pairs.Count == 0 ? 0 : x.PointwiseMultiply(y).RowSums().Sum() / pairs.Count;
    }
}
