using Firn.Evaluation;
using Firn.Server.Batching;

namespace Firn.Server.Inference;

/// <summary>The labels of a request's texts by the model's own rule, and of how many words each was scored.</summary>
/// <param name="scorer">The model.</param>
/// <param name="input">The request, scored.</param>
/// <param name="scores">[N,K].</param>
internal readonly struct TextLabels(IScorer scorer, ModelInput input, float[] scores)
{
    private readonly LabelRule _rule = scorer.Rule;
    private readonly int _width = scorer.OutputSize;

    /// <summary>Number of texts.</summary>
    public int Count => scores.Length / _width;

    /// <summary>Whether the texts came as texts, so that the server knows what the model knows of them.</summary>
    public bool HasKnownTokens => input.Encoded is not null;

    /// <summary>
    /// Whether the scores alone would mislead: the likeliest class is not always the label, or of some text the model
    /// knows no word. Other answers are TensorFlow Serving's own and no more, unless labels are asked for.
    /// </summary>
    public bool SayMoreThanScores
    {
        get
        {
            if (scorer.RuleTag.Length > 0)
                return true;
            for (int i = 0; HasKnownTokens && i < Count; i++)
            {
                if (KnownTokens(i) == 0)
                    return true;
            }
            return false;
        }
    }

    /// <summary>The decision about a text.</summary>
    public LabelDecision Of(int text) => _rule.Decide(scores.AsSpan(text * _width, _width));

    /// <summary>Words of a text that the model knows; 0 where the scores say nothing of it.</summary>
    public int KnownTokens(int text) => input.Encoded![text + 1] - input.Encoded[text];
}
