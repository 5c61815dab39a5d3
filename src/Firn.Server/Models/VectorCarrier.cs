using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Server.Models;

/// <summary>
/// A copy of a model whose table is free: a request's vectors are written into its rows and scored as the words 1, 2,
/// 3 ... Made once and used again, since making a model costs far more than scoring a text. One request at a time.
/// </summary>
internal sealed class VectorCarrier
{
    private const int FewestRows = 64;

    private readonly TextClassifier _model;
    private readonly float[] _rows;
    private readonly int[] _rowOf;

    /// <summary>Copies a model's weights, with room for this many vectors.</summary>
    public VectorCarrier(TextClassifier source, int vectors)
    {
        Capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(vectors, FewestRows));
        int width = source.Embedding.Dimension;
        _rows = new float[(Capacity + 1) * width];
        _rowOf = [.. Enumerable.Range(0, Capacity + 1)];
        _model = new TextClassifier(source.Options, new EmbeddingTable(_rowOf, _rows, width), seed: 0)
        {
            Prior = source.Prior,
        };
        foreach (Parameter weights in source.Parameters)
        {
            if (weights.Group != ParameterGroup.Embedding)
                weights.Values.CopyTo(_model[weights.Name].Values);
        }
    }

    /// <summary>Most vectors of a request.</summary>
    public int Capacity { get; }

    /// <summary>Scores texts given as vectors [tokens, E], cut by offsets, into [N,K].</summary>
    public void Score(ReadOnlySpan<float> vectors, ReadOnlySpan<int> offsets, Span<float> probabilities)
    {
        // Row 0 is the shared zero row.
        vectors.CopyTo(_rows.AsSpan(_model.Embedding.Dimension));
        _model.Predict(new RaggedIds(_rowOf[1..(offsets[^1] + 1)], offsets.ToArray()), probabilities, threads: 1);
    }
}
