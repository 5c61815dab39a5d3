using System.CommandLine;
using System.Text.RegularExpressions;

namespace Firn.Cli.Output;

/// <summary>
/// Words the library's settings, as they stand in messages of its exceptions, as the options of a command:
/// <c>MinCount</c> becomes <c>--min-count</c> where the command has such an option.
/// </summary>
internal static partial class OptionWords
{
    /// <summary>Settings whose option has another name.</summary>
    private static readonly Dictionary<string, string> Other = new(StringComparer.Ordinal)
    {
        ["TestShare"] = "--test-size",
        ["ValidationShare"] = "--validation-size",
        ["HiddenSize"] = "--hidden",
        ["OnUnknownLabel"] = "--on-unknown-label",
        ["EmbeddingDropout"] = "--embedding-dropout",
        ["PaddedLength"] = "--padding",
        ["VectorsPath"] = "--vectors",
        ["LongestCharacters"] = "--characters",
        ["PretrainedVectors"] = "--before",
        ["ReplaceExisting"] = "--force",
    };

    /// <summary>Settings with a value, whose option takes another one.</summary>
    private static readonly Dictionary<string, string> Phrases = new(StringComparer.Ordinal)
    {
        ["LinearBranch = null"] = "--n-grams 0",
        ["Training.Schedule "] = "--schedule ",
    };

    /// <summary>The message in the command's words.</summary>
    /// <param name="message">A message of the library.</param>
    /// <param name="setting">The setting it is about, which may be a plain word such as <c>Epochs</c>; or null.</param>
    /// <param name="command">The command that was called; null leaves the message as it is.</param>
    public static string Of(string message, string? setting, Command? command)
    {
        if (command is null)
            return message;
        var options = command.Options.Select(option => option.Name).ToHashSet(StringComparer.Ordinal);
        foreach ((string phrase, string typed) in Phrases)
            if (options.Contains(typed.Split(' ')[0]))
                message = message.Replace(phrase, typed, StringComparison.Ordinal);
        string? last = setting?.Split('.')[^1];
        return Setting()
            .Replace(
                message,
                match =>
                {
                    string name = match.Value.Split('.')[^1];
                    bool compound = name.Skip(1).Any(char.IsUpper);
                    if (!compound && name != last)
                        return match.Value;
                    string option =
                        Other.GetValueOrDefault(name) ?? "--" + Capital().Replace(name, "-$1").ToLowerInvariant();
                    return options.Contains(option) ? option : match.Value;
                }
            );
    }

    [GeneratedRegex(@"\b(?:[A-Z][A-Za-z0-9]*\.)*[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)*\b")]
    private static partial Regex Setting();

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex Capital();
}
