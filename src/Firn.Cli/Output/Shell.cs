namespace Firn.Cli.Output;

/// <summary>Words for a command line that can be copied into a shell.</summary>
internal static class Shell
{
    /// <summary>The word itself, or in quotes where a shell would take it apart.</summary>
    public static string Quoted(string word) =>
        word.Length > 0
        && word.All(c => char.IsLetterOrDigit(c) || "-_./\\:=,@%+~".Contains(c, StringComparison.Ordinal))
            ? word
        : !word.Contains('\'', StringComparison.Ordinal) ? $"'{word}'"
        : !word.AsSpan().ContainsAny("\"$`!") ? $"\"{word}\""
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
