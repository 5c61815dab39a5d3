namespace Firn.Evaluation;

/// <summary>Mean cross-entropy, and the share of texts that are right.</summary>
internal readonly record struct LossAndAccuracy(double Loss, double Accuracy);
