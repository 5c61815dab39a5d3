using Firn.Kernels;

namespace Firn.Model;

/// <summary>
/// The optimizer's state and step for the groups that train (Kingma, Ba 2015, with Keras' place of epsilon). Groups that
/// do not train have no state. The embedding is updated lazily: rows that a batch does not touch keep their weights and
/// moments.
/// </summary>
internal sealed class Adam
{
    private const int RowsPerPiece = 64;

    private readonly List<Moments> moments = [];
    private readonly Action<int, int> updatePiece;
    private (SparseRows Gradient, float Rate, Moments State)? rows; // of the step under way

    /// <summary>Fresh state for the groups that train; state of weights that trained in <paramref name="before"/> is kept.</summary>
    public Adam(TextClassifier model, IReadOnlySet<ParameterGroup> trainable, Adam? before = null)
    {
        Trainable = trainable;
        updatePiece = UpdatePiece;
        StepCount = before?.StepCount ?? 0;
        foreach (Parameter parameter in model.Parameters.Where(p => trainable.Contains(p.Group)))
        {
            moments.Add(before?.moments.Find(m => m.Parameter == parameter) ?? new Moments(parameter, StepCount));
        }
    }

    public IReadOnlySet<ParameterGroup> Trainable { get; }

    public double LearningRate { get; set; } = 0.001;

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-7;

    /// <summary>Steps done.</summary>
    public long StepCount { get; private set; }

    /// <summary>Applies the workspace's gradients to the model's weights.</summary>
    public void Step(TrainingWorkspace workspace)
    {
        StepCount++;
        foreach (Moments state in moments)
        {
            Parameter parameter = state.Parameter;
            // A group that thawed late has its own count of steps, or its first moments would be taken for settled ones.
            long t = StepCount - state.Begin;
            float rate = (float)(LearningRate * Math.Sqrt(1 - Math.Pow(Beta2, t)) / (1 - Math.Pow(Beta1, t)));
            if (parameter.Group != ParameterGroup.Embedding)
                Update(workspace.GradientOf(parameter), rate, state, 0, parameter.Values.Span);
            else if (workspace.EmbeddingGradient is { } gradient)
                UpdateRows(gradient, rate, state, workspace.Threads);
        }
    }

    /// <summary>The moments, as a checkpoint keeps them.</summary>
    public IEnumerable<(Parameter Parameter, float[] First, float[] Second, long Begin)> State =>
        moments.Select(m => (m.Parameter, m.First, m.Second, m.Begin));

    /// <summary>Puts back what <see cref="State"/> gave; parameters that <paramref name="stateOf"/> does not know start fresh.</summary>
    public void Restore(long steps, Func<Parameter, (float[] First, float[] Second, long Begin)?> stateOf)
    {
        StepCount = steps;
        foreach (Moments state in moments)
        {
            if (stateOf(state.Parameter) is not { } kept)
                continue;
            kept.First.CopyTo(state.First, 0);
            kept.Second.CopyTo(state.Second, 0);
            state.Begin = kept.Begin;
        }
    }

    private void UpdateRows(SparseRows gradient, float rate, Moments state, int threads)
    {
        rows = (gradient, rate, state);
        Workers.Run((gradient.Count + RowsPerPiece - 1) / RowsPerPiece, threads, updatePiece);
        rows = null;
    }

    private void UpdatePiece(int piece, int worker)
    {
        (SparseRows gradient, float rate, Moments state) = rows!.Value;
        int end = Math.Min(gradient.Count, (piece + 1) * RowsPerPiece);
        for (int i = piece * RowsPerPiece; i < end; i++)
        {
            int at = gradient.Rows[i] * gradient.Width;
            Update(gradient[i], rate, state, at, state.Parameter.Values.Span.Slice(at, gradient.Width));
        }
    }

    private void Update(ReadOnlySpan<float> gradient, float rate, Moments state, int at, Span<float> weights) =>
        AdamKernel.Step(gradient, rate, (float)Beta1, (float)Beta2, (float)Epsilon,
            state.First.AsSpan(at, weights.Length), state.Second.AsSpan(at, weights.Length), weights);

    /// <summary>Means of the gradient and of its square.</summary>
    private sealed class Moments(Parameter parameter, long begin)
    {
        public Parameter Parameter { get; } = parameter;

        public float[] First { get; } = new float[parameter.Values.Length];

        public float[] Second { get; } = new float[parameter.Values.Length];

        /// <summary>Steps of the optimizer before this state's first.</summary>
        public long Begin { get; set; } = begin;
    }
}
