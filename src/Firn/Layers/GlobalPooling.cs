namespace Firn.Layers;

/// <summary>The largest value of each unit over the text: a sequence [T,F] to features [F]; zero for an empty text.</summary>
public sealed record GlobalMaxPooling : Layer;

/// <summary>The mean of each unit over the text: a sequence [T,F] to features [F]; zero for an empty text.</summary>
public sealed record GlobalAveragePooling : Layer;

/// <summary>
/// A weighted mean over the text, weights from a learnt context vector (Yang et al. 2016, equations 5 to 7): a sequence [T,F] to
/// features [F]; zero for an empty text.
/// </summary>
/// <remarks>
/// Weights: <c>NAME.kernel</c> [F,F], <c>NAME.bias</c> [F], <c>NAME.context</c> [F]. Default name <c>attention</c>.
/// </remarks>
public sealed record AttentionPooling : Layer;

/// <summary>
/// The last step of a sequence [T,F] as features [F]; directly behind a recurrent layer the output after the last step of each
/// direction. Zero for an empty text.
/// </summary>
public sealed record LastState : Layer;

/// <summary>
/// All steps of a sequence [T,F] side by side as features [TF], step by step (Keras' order). Texts must have one length:
/// <see cref="PaddedInput.Length"/> decides it.
/// </summary>
public sealed record Flatten : Layer;
