using Firn.Evaluation;
using Firn.Interop.Keras.Preprocessing;
using Firn.Model;

namespace Firn.Interop.Keras;

/// <summary>The step of a sequence of answers that its author takes.</summary>
public enum KerasStep
{
    /// <summary>The first: <c>output[0][0]</c>.</summary>
    First,

    /// <summary>The last: <c>output[0][-1]</c>.</summary>
    Last,
}

/// <summary>
/// What the files of a Keras model do not say. Null leaves it to them; where they are silent too, the import names it
/// in a <see cref="KerasImportException"/>, all at once.
/// </summary>
public sealed record KerasImportOptions
{
    /// <summary>The JSON of the architecture, for weights alone; null looks beside them.</summary>
    public string? Architecture { get; init; }

    /// <summary>
    /// The tokenizer's file (<see cref="KerasTokenizer.Load"/>); empty for a model that is given ids alone.
    /// </summary>
    public string? Tokenizer { get; init; }

    /// <summary>The vocabulary of a <c>TextVectorization</c> layer, for an <c>.h5</c> file.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>Names of the classes in the order of the outputs; with one sigmoid that of 0, then that of 1.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Tokens to which texts are brought, <c>maxlen</c>; 0 for texts as long as they are.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Where pads stand: <c>pad_sequences</c> has pre unless told otherwise.</summary>
    public KerasSide? Padding { get; init; }

    /// <summary>
    /// Where longer texts are cut: null for pre, as <c>pad_sequences</c> has it unless told otherwise.
    /// </summary>
    public KerasSide? Truncating { get; init; }

    /// <summary>What the author's program did before the tokenizer.</summary>
    public KerasCleaning? Cleaning { get; init; }

    /// <summary><c>num_words</c>, in place of the tokenizer's own; 0 for none.</summary>
    public int? NumWords { get; init; }

    /// <summary><c>oov_token</c>, in place of the tokenizer's own; empty for none.</summary>
    public string? OovToken { get; init; }

    /// <summary>Each character is a word, for a word index that does not say so.</summary>
    public bool? CharLevel { get; init; }

    /// <summary>What an output without an activation means.</summary>
    public OutputActivation? Output { get; init; }

    /// <summary>Which step counts where the model answers for each.</summary>
    public KerasStep? Step { get; init; }

    /// <summary>The score from which the second of two classes is given, in [0, 1]; null for 0.5.</summary>
    public float? Threshold { get; init; }

    /// <summary>Scores that get a label of their own; null for none.</summary>
    public NeutralBand? Neutral { get; init; }
}
