namespace Firn.Linear;

/// <summary>What each token adds to the logit, and the factor of what training has not seen.</summary>
internal readonly record struct TokenShares(double[] Shares, double UnseenFactor);
