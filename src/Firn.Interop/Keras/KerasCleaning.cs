using System.Text.Json;
using Firn.Text;

namespace Firn.Interop.Keras;

/// <summary>
/// What the author's program did to a text before the tokenizer, and whether the tokenizer's own rules follow.
/// </summary>
/// <param name="Steps">The author's own steps, in order.</param>
/// <param name="KerasRules">
/// Whether the tokenizer's filters, lower case and separator follow; else words stand between white space.
/// </param>
public sealed record KerasCleaning(IReadOnlyList<CleaningStep> Steps, bool KerasRules)
{
    /// <summary>Nothing: the tokenizer's own rules alone.</summary>
    public static KerasCleaning Keras { get; } = new([], true);

    /// <summary>Words are taken as they stand between white space, as after a tokenizer of the author's own.</summary>
    public static KerasCleaning None { get; } = new([], false);

    /// <summary>Lower case, then words as they stand between white space.</summary>
    public static KerasCleaning Lower { get; } = new([new CleaningStep { LowerCase = true }], false);

    /// <summary>The reference notebook's regular expression and stop words, then the tokenizer's rules.</summary>
    public static KerasCleaning Notebook { get; } = new([new CleaningStep { Preset = "notebook" }], true);

    /// <summary>One of the above by its name, or steps from a file.</summary>
    /// <param name="name">
    /// <c>keras</c>, <c>none</c>, <c>lower</c>, <c>notebook</c>, or the path of a file for <see cref="Load"/>.
    /// </param>
    /// <exception cref="InvalidDataException">The file holds no such steps.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static KerasCleaning Of(string name) =>
        name switch
        {
            "keras" => Keras,
            "none" => None,
            "lower" => Lower,
            "notebook" => Notebook,
            _ => Load(name),
        };

    /// <summary>
    /// Reads steps: a JSON list of objects as <see cref="CleaningStep"/> has them, or <c>{"steps": [...], "keras":
    /// false}</c>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It holds no such steps; the message names file and place.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static KerasCleaning Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OneLine.Read(() => Parse(path, File.ReadAllText(path)));
    }

    private static KerasCleaning Parse(string path, string json)
    {
        const string Example =
            "Expected is a list such as [{\"lower_case\": true}, {\"replace\": \"[^a-z ]\", \"by\": \" \"}, "
            + "{\"drop_stop_words\": \"english\"}].";
        try
        {
            CleaningFile file = CleaningFile.Parse(json);
            if (file.Steps is null || file.Steps.Any(s => s is null))
                throw new InvalidDataException($"{path}: there are no steps. {Example}");
            var cleaning = new KerasCleaning(file.Steps, file.Keras);
            _ = new CleaningSteps(cleaning.Steps);
            return cleaning;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{path}: line {error.LineNumber + 1}: {error.Message.Split(" Path:")[0].TrimEnd('.')}. {Example}",
                error
            );
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{path}: {error.Message.Split(" (Parameter", 2)[0]}", error);
        }
    }
}
