namespace Firn.Explain;

/// <summary>What one token does for the label.</summary>
/// <param name="Text">The token, after cleaning.</param>
/// <param name="Known">
/// Whether the model has an id for it; of one without it sees nothing, or the spelling alone where it reads characters.
/// </param>
/// <param name="LeaveOneOut">
/// How much the margin falls when the text lacks this token; above 0 the token speaks for the label.
/// </param>
/// <param name="Integrated">
/// Its share of the margin by integrated gradients and the linear part's weights; the shares sum to
/// <see cref="Explanation.Margin"/> less <see cref="Explanation.BaselineMargin"/>.
/// </param>
public readonly record struct TokenShare(string Text, bool Known, double LeaveOneOut, double Integrated);

/// <summary>Why a text got its label.</summary>
/// <param name="Label">The class.</param>
/// <param name="Other">
/// What it is held against: the other of two classes, else the second most probable; "not" and its own name where a
/// text may have several.
/// </param>
/// <param name="Probability">The label's probability.</param>
/// <param name="Margin">Logit of the label less logit of the other class.</param>
/// <param name="BaselineMargin">
/// The margin of as many tokens of which nothing is known: where integrated gradients begin.
/// </param>
/// <param name="Tokens">The tokens, in order.</param>
/// <param name="Steps">Points on the way from the baseline to the text.</param>
public sealed record Explanation(
    string Label,
    string Other,
    double Probability,
    double Margin,
    double BaselineMargin,
    IReadOnlyList<TokenShare> Tokens,
    int Steps
)
{
    /// <summary>
    /// Whether the shares sum to what they must, to half a per cent; false where the steps that a text of its length
    /// may cost did not suffice, and <see cref="CompletenessError"/> says by how much.
    /// </summary>
    public bool Converged { get; init; }

    /// <summary>
    /// By how much the shares miss what they must sum to, as a part of the larger of the two margins' distance and 1:
    /// the check that Sundararajan, Taly, Yan 2017 call completeness (proposition 1).
    /// </summary>
    public double CompletenessError
    {
        get
        {
            double distance = Margin - BaselineMargin;
            return Math.Abs(Tokens.Sum(t => t.Integrated) - distance) / Math.Max(Math.Abs(distance), 1);
        }
    }
}
