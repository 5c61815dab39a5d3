namespace Firn.Kernels;

/// <summary>
/// Cross-entropy of logits and its gradient, in the forms that neither overflow nor lose small losses.
/// </summary>
internal static class Losses
{
    /// <summary>
    /// Binary cross-entropy max(z, 0) - z y + log(1 + exp(-|z|)) for logit z and label y in {0, 1}, in nats;
    /// <paramref name="gradient"/> is sigmoid(z) - y.
    /// </summary>
    public static double SigmoidCrossEntropy(float logit, int label, out float gradient)
    {
        double e = Math.Exp(-Math.Abs((double)logit));
        double probability = logit >= 0 ? 1 / (1 + e) : e / (1 + e);
        gradient = (float)(probability - label);
        return Math.Max(logit, 0) - (double)logit * label + Math.Log(1 + e);
    }

    /// <summary>
    /// Categorical cross-entropy log(sum exp z) - z[label], in nats; <paramref name="gradient"/> [K] is softmax(z) less
    /// one at the label. May be in place.
    /// </summary>
    public static double SoftmaxCrossEntropy(ReadOnlySpan<float> logits, int label, Span<float> gradient)
    {
        float z = logits[label];
        double logSum = Softmax(logits, gradient);
        gradient[label] -= 1;
        return logSum - z;
    }

    /// <summary>
    /// Mean over the classes of the binary cross-entropies, w_k times that of a class which the text has (PyTorch's
    /// <c>BCEWithLogitsLoss(pos_weight=w)</c>), in nats; <paramref name="gradient"/> [K] by the logits. May be in
    /// place.
    /// </summary>
    public static double SigmoidsCrossEntropy(
        ReadOnlySpan<float> logits,
        ReadOnlySpan<bool> has,
        ReadOnlySpan<float> weights,
        Span<float> gradient
    )
    {
        double loss = 0;
        for (int k = 0; k < logits.Length; k++)
        {
            float weight = (has[k] ? weights[k] : 1) / logits.Length;
            loss += weight * SigmoidCrossEntropy(logits[k], has[k] ? 1 : 0, out float slope);
            gradient[k] = weight * slope;
        }
        return loss;
    }

    /// <summary>Logits to probabilities, [K]: sigmoid for one unit or for units by themselves, else softmax.</summary>
    public static void Probabilities(ReadOnlySpan<float> logits, Span<float> probabilities, bool byThemselves = false)
    {
        if (logits.Length > 1 && !byThemselves)
        {
            Softmax(logits, probabilities);
            return;
        }
        for (int k = 0; k < logits.Length; k++)
            probabilities[k] = (float)(1 / (1 + Math.Exp(-(double)logits[k])));
    }

    /// <summary>exp(z) / sum exp(z); returns log(sum exp z). May be in place.</summary>
    public static double Softmax(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        float highest = logits[0];
        foreach (float z in logits)
            highest = Math.Max(highest, z);
        double sum = 0;
        for (int k = 0; k < logits.Length; k++)
            sum += Math.Exp((double)logits[k] - highest);
        for (int k = 0; k < logits.Length; k++)
            probabilities[k] = (float)(Math.Exp((double)logits[k] - highest) / sum);
        return highest + Math.Log(sum);
    }
}
