using Firn.Data;
using Firn.Evaluation;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Explain;

/// <summary>
/// One text on the straight way from word vectors of zero to its own: share_t = e_t . mean over steps of d margin / d
/// e_t, at the middle of each step. Every token of every step has a row of its own in a small table, so that all steps
/// are one batch of the training engine, without dropout.
/// </summary>
internal sealed class GradientPath
{
    /// <summary>In the other class's place, for a label that is there or not whatever others are.</summary>
    public const int Absence = -1;

    private readonly TextClassifier _model;
    private readonly int[] _ids;
    private readonly int _label,
        _other;

    public GradientPath(TextClassifier model, int[] ids, int label, int other)
    {
        _model = model;
        _ids = ids;
        _label = label;
        _other = other;
    }

    /// <summary>The LSTM's margin with the word vectors times <paramref name="position"/>.</summary>
    public double MarginAt(double position)
    {
        (TextClassifier copy, RaggedIds texts) = Points([position]);
        int k = _model.Options.OutputSize;
        var probabilities = new float[k];
        copy.Predict(texts, probabilities);
        return Margin(probabilities, _label, _other);
    }

    /// <summary>Logit of a label less that of the other class, or, against its absence, the label's own.</summary>
    /// <param name="row">Probabilities, [K].</param>
    /// <param name="label">The class.</param>
    /// <param name="other">The other class, or <see cref="Absence"/>.</param>
    public static double Margin(ReadOnlySpan<float> row, int label, int other)
    {
        if (other == Absence)
            return LogitBlend.LogitsOf(row.Slice(label, 1), 1)[0];
        float[] logits = LogitBlend.LogitsOf(row, row.Length);
        return row.Length == 1 ? (label == 1 ? logits[0] : -logits[0]) : logits[label] - logits[other];
    }

    /// <summary>The share of each token, [T].</summary>
    public double[] Integrate(int steps)
    {
        var shares = new double[_ids.Length];
        if (shares.Length == 0)
            return shares;
        (TextClassifier copy, RaggedIds texts) = Points([.. Enumerable.Range(0, steps).Select(s => (s + 0.5) / steps)]);
        // The loss's gradient by the logits is p - y: of the two labels the difference is the margin's own gradient.
        // Where classes stand by themselves, y is a set and the loss the mean over the classes.
        LabelSets? sets = _other == Absence ? new LabelSets(_model.Options.Classes) : null;
        (int with, int without) = sets is null ? (_label, _other) : (sets.Add([_label]), sets.Add([]));
        int factor = sets?.Classes ?? 1;
        var workspace = new TrainingWorkspace(copy, new HashSet<ParameterGroup> { ParameterGroup.Embedding }, 0)
        {
            Sets = sets,
        };
        AddGradients(workspace, texts, without, factor, shares);
        AddGradients(workspace, texts, with, -factor, shares);
        return shares;
    }

    private void AddGradients(TrainingWorkspace workspace, RaggedIds texts, int label, int factor, double[] shares)
    {
        var labels = new int[texts.Count];
        Array.Fill(labels, label);
        workspace.ForwardBackward(texts, [.. Enumerable.Range(0, texts.Count)], labels, [], seed: 0, step: 0);
        SparseRows gradient = workspace.EmbeddingGradient!;
        for (int i = 0; i < gradient.Count; i++)
        {
            int token = (gradient.Rows[i] - 1) % _ids.Length;
            ReadOnlySpan<float> vector = _model.Embedding.VectorOf(_ids[token]);
            ReadOnlySpan<float> slope = gradient[i];
            double sum = 0;
            for (int d = 0; d < vector.Length; d++)
                sum += (double)vector[d] * slope[d];
            // the gradient is of the mean loss of the batch, so this is the mean over the steps
            shares[token] += factor * sum;
        }
    }

    /// <summary>
    /// The model over a table of the text's vectors, scaled to each position; text p has the rows of position p.
    /// </summary>
    private (TextClassifier Model, RaggedIds Texts) Points(double[] positions)
    {
        int length = _ids.Length,
            width = _model.Embedding.Dimension;
        var rows = new float[(1 + positions.Length * length) * width];
        int[] rowOf = [.. Enumerable.Range(0, 1 + positions.Length * length)];
        var texts = new int[positions.Length][];
        for (int p = 0; p < positions.Length; p++)
        {
            texts[p] = [.. Enumerable.Range(1 + p * length, length)];
            for (int t = 0; t < length; t++)
            {
                ReadOnlySpan<float> vector = _model.Embedding.VectorOf(_ids[t]);
                Span<float> row = rows.AsSpan((1 + p * length + t) * width, width);
                for (int d = 0; d < width; d++)
                    row[d] = (float)(positions[p] * vector[d]);
            }
        }
        ClassifierOptions options = _model.Options with
        {
            EmbeddingDropout = 0,
            InputDropout = 0,
            RecurrentDropout = 0,
        };
        var copy = new TextClassifier(options, new EmbeddingTable(rowOf, rows, width), seed: 0);
        foreach (Parameter parameter in copy.Parameters.Where(p => p.Group != ParameterGroup.Embedding))
            _model[parameter.Name].Values.CopyTo(parameter.Values);
        return (copy, RaggedIds.From(texts));
    }
}
