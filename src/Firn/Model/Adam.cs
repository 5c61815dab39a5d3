using Firn.Kernels;
using Firn.Layers;

namespace Firn.Model;

/// <summary>The pull of moving rows back to their start; see <see cref="Training.ThawPhase.AnchorStrength"/>.</summary>
/// <param name="Strength">a in a * (w - w0).</param>
/// <param name="Start">w0, the whole table, [R,E].</param>
internal sealed record RowAnchor(float Strength, ReadOnlyMemory<float> Start);

/// <summary>
/// The optimizer's state and step for the groups that train (Kingma, Ba 2015, with Keras' place of epsilon). Groups
/// that do not train have no state, nor have rows of the table that may not move. The embedding is updated lazily: rows
/// that a batch does not touch keep their weights and moments.
/// </summary>
internal sealed class Adam
{
    private const int RowsPerPiece = 64;

    private readonly List<Moments> _moments = [];
    private readonly TextClassifier _model;
    private readonly Action<int, int> _updatePiece;
    private (SparseRows Gradient, float Rate, Moments State)? _rows; // of the step under way

    /// <summary>
    /// Fresh state for the weights that train; state of those that trained in <paramref name="before"/> is kept.
    /// </summary>
    /// <param name="model">The weights.</param>
    /// <param name="trainable">The groups that train.</param>
    /// <param name="before">The optimizer of the phase before; its count of steps goes on.</param>
    /// <param name="movable">The rows of the table that may move; null for all but row 0.</param>
    /// <param name="reset">Takes only the count of steps of <paramref name="before"/>.</param>
    public Adam(
        TextClassifier model,
        IReadOnlySet<ParameterGroup> trainable,
        Adam? before = null,
        MovableRows? movable = null,
        bool reset = false
    )
    {
        _model = model;
        Trainable = trainable;
        _updatePiece = UpdatePiece;
        StepCount = before?.StepCount ?? 0;
        foreach (Parameter parameter in model.Parameters.Where(p => trainable.Contains(p.Group)))
        {
            MovableRows? places =
                parameter.Group != ParameterGroup.Embedding
                    ? null
                    : movable ?? MovableRows.All(model.Embedding.RowCount);
            Moments? kept = reset ? null : before?._moments.Find(m => m.Parameter == parameter);
            _moments.Add(kept is null ? new Moments(parameter, places, StepCount) : kept.For(places));
        }
    }

    public IReadOnlySet<ParameterGroup> Trainable { get; }

    public double LearningRate { get; set; } = 0.001;

    /// <summary>Factor of the learning rate by group; null for 1.</summary>
    public Func<ParameterGroup, double>? RateOf { get; init; }

    /// <summary>The pull of moving rows back to their start; null for none.</summary>
    public RowAnchor? Pull { get; init; }

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-7;

    /// <summary>Steps done.</summary>
    public long StepCount { get; private set; }

    /// <summary>Applies the workspace's gradients to the model's weights.</summary>
    public void Step(TrainingWorkspace workspace)
    {
        StepCount++;
        _model.WeightsChanged();
        foreach (Moments state in _moments)
        {
            Parameter parameter = state.Parameter;
            // A group that thawed late has its own count of steps, or its first moments would be taken for settled
            // ones.
            long t = StepCount - state.Begin;
            double learningRate = LearningRate * (RateOf?.Invoke(parameter.Group) ?? 1);
            float rate = (float)(learningRate * Math.Sqrt(1 - Math.Pow(Beta2, t)) / (1 - Math.Pow(Beta1, t)));
            if (parameter.Group != ParameterGroup.Embedding)
                Update(workspace.GradientOf(parameter), rate, state, 0, parameter.Values.Span);
            else if (workspace.EmbeddingGradient is { } gradient)
                UpdateRows(gradient, rate, state, workspace.Threads);
        }
        workspace.FollowStatistics();
    }

    /// <summary>The moments, as a checkpoint keeps them; the table's have one row a movable row.</summary>
    public IEnumerable<Moments> State => _moments;

    /// <summary>
    /// Puts back what <see cref="State"/> gave; parameters that <paramref name="stateOf"/> does not know start fresh.
    /// </summary>
    public void Restore(long steps, Func<Moments, (float[] First, float[] Second, long Begin)?> stateOf)
    {
        StepCount = steps;
        foreach (Moments state in _moments)
        {
            if (stateOf(state) is { } kept)
                state.Set(kept.First, kept.Second, kept.Begin);
        }
    }

    private void UpdateRows(SparseRows gradient, float rate, Moments state, int threads)
    {
        _rows = (gradient, rate, state);
        Workers.Run((gradient.Count + RowsPerPiece - 1) / RowsPerPiece, threads, _updatePiece);
        _rows = null;
    }

    private void UpdatePiece(int piece, int worker)
    {
        (SparseRows gradient, float rate, Moments state) = _rows!.Value;
        int end = Math.Min(gradient.Count, (piece + 1) * RowsPerPiece);
        for (int i = piece * RowsPerPiece; i < end; i++)
        {
            int row = gradient.Rows[i],
                width = gradient.Width;
            Span<float> weights = state.Parameter.Values.Span.Slice(row * width, width);
            if (Pull is { } pull)
                AddPull(pull.Strength, weights, pull.Start.Span.Slice(row * width, width), gradient[i]);
            Update(gradient[i], rate, state, state.Rows!.PlaceOf(row) * width, weights);
        }
    }

    private static void AddPull(
        float strength,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> start,
        Span<float> gradient
    )
    {
        for (int i = 0; i < gradient.Length; i++)
            gradient[i] = float.MultiplyAddEstimate(strength, weights[i] - start[i], gradient[i]);
    }

    private void Update(ReadOnlySpan<float> gradient, float rate, Moments state, int at, Span<float> weights) =>
        AdamKernel.Step(
            gradient,
            rate,
            (float)Beta1,
            (float)Beta2,
            (float)Epsilon,
            state.First.AsSpan(at, weights.Length),
            state.Second.AsSpan(at, weights.Length),
            weights
        );
}
