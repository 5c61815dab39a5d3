using Firn.Kernels;
using Firn.Text;

namespace Firn.Model;

/// <summary>Scores many texts: sorted by length, cut into pieces that fit a core's cache, pieces shared by all threads.</summary>
internal sealed class BatchScorer
{
    private const int TextsPerPiece = 128;

    private readonly ModelLayers layers;
    private readonly ClassifierOptions options;

    public BatchScorer(TextClassifier model)
    {
        options = model.Options;
        layers = new ModelLayers(model);
        layers.PackForward();
    }

    /// <summary>Probabilities [N,K] of all texts.</summary>
    public void Score(RaggedIds texts, int threads, Memory<float> probabilities)
    {
        int pieces = (texts.Count + TextsPerPiece - 1) / TextsPerPiece;
        var everything = new int[texts.Count];
        for (int i = 0; i < everything.Length; i++)
            everything[i] = i;
        var plan = new BatchPlan(1, 1);
        plan.Build(texts, everything);
        var workers = new ShardWorkspace[Math.Min(threads, Math.Max(pieces, 1))];
        for (int i = 0; i < workers.Length; i++)
            workers[i] = new ShardWorkspace(options);
        Workers.Run(pieces, workers.Length, (piece, worker) =>
        {
            ShardWorkspace work = workers[worker];
            int from = piece * TextsPerPiece, count = Math.Min(TextsPerPiece, texts.Count - from);
            work.Forward(layers, texts, plan.Text.AsSpan(from, count), plan.Position.AsSpan(from, count), plan.Length.AsSpan(from, count), default);
            int k = options.OutputSize;
            for (int i = 0; i < count; i++)
                Probabilities(work.LogitsOf(i), probabilities.Span.Slice(plan.Text[from + i] * k, k));
        });
    }

    /// <summary>Logits to probabilities, [K].</summary>
    public static void Probabilities(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        if (logits.Length == 1)
            probabilities[0] = (float)(1 / (1 + Math.Exp(-logits[0])));
        else
            Losses.Softmax(logits, probabilities);
    }
}
