using Firn.Common;

namespace Firn.Interop.Keras;

/// <summary>What the files of a model may leave open.</summary>
public enum KerasSetting
{
    /// <summary>The tokenizer's file, or that there is none.</summary>
    Tokenizer,

    /// <summary>The vocabulary of a <c>TextVectorization</c> layer.</summary>
    Vocabulary,

    /// <summary>Names of the classes.</summary>
    Labels,

    /// <summary>Tokens to which texts are brought.</summary>
    MaxLength,

    /// <summary>Where pads stand.</summary>
    Padding,

    /// <summary>What the author's program did to a text before the tokenizer.</summary>
    Cleaning,

    /// <summary>The id from which words count as unknown.</summary>
    NumWords,

    /// <summary>The word whose id unknown words get.</summary>
    OovToken,

    /// <summary>What the numbers of an output without an activation mean.</summary>
    Output,

    /// <summary>The step of a sequence of answers that counts.</summary>
    Step,
}

/// <summary>Something that the files do not say and the import has to be told.</summary>
/// <param name="Setting">What.</param>
/// <param name="Why">Why it is open, in a few words.</param>
public sealed record KerasQuestion(KerasSetting Setting, string Why);

/// <summary>
/// A Keras model cannot be imported: a file is damaged or holds what is not taken, or settings are missing.
/// </summary>
public sealed class KerasImportException : FirnException
{
    /// <summary>Makes an error.</summary>
    /// <param name="message">One line: the file, the layer, what to do.</param>
    /// <param name="inner">What was behind it.</param>
    public KerasImportException(string message, Exception? inner = null)
        : base(message, inner) { }

    internal KerasImportException(string path, IReadOnlyList<KerasQuestion> questions)
        : base(
            $"{path}: the files do not say {string.Join("; ", questions.Select(q => $"{q.Setting} ({q.Why})"))}. Set "
                + $"them."
        )
    {
        (Path, Questions) = (path, questions);
    }

    /// <summary>The model's file, where settings are missing.</summary>
    public string? Path { get; }

    /// <summary>Every setting that is missing; empty for other errors.</summary>
    public IReadOnlyList<KerasQuestion> Questions { get; } = [];
}
