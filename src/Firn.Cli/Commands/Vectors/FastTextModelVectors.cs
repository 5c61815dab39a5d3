using System.CommandLine;
using Firn.Cli.Output;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary>The word vectors of a fastText model, those of words that it has never seen too.</summary>
internal static class FastTextModelVectors
{
    /// <summary>Whether a file is a model, read as it is: for queries that come later, whose words are not known yet.</summary>
    public static bool IsPlain(ParseResult parsed, VectorFileOptions source)
    {
        string path = parsed.GetRequiredValue(source.File);
        return File.Exists(path) && FastTextVectors.IsModel(path);
    }

    /// <summary>Composes the vectors of the model's words, or of those asked for alone.</summary>
    /// <param name="terminal">Is told which words the model has not seen.</param>
    /// <param name="path">The model, .bin or .ftz.</param>
    /// <param name="only">These words, seen or not, in place of the model's; null takes the model's.</param>
    /// <param name="limit">The model's first so many words only; null takes all.</param>
    /// <param name="asked">Words that a command looks up, seen or not; they stand behind the others.</param>
    public static WordVectors Load(Terminal terminal, string path, IReadOnlyCollection<string>? only, int? limit, IReadOnlyCollection<string> asked)
    {
        FastTextVectors model = FastTextVectors.Load(path);
        string[] words = [.. (only ?? model.Words.Take(limit ?? int.MaxValue)).Union(asked, StringComparer.Ordinal)];
        WordVectors vectors = model.ToWordVectors(words);
        string[] composed = [.. asked.Where(word => !model.Contains(word) && vectors.TryGetRow(word, out _)).Distinct(StringComparer.Ordinal)];
        if (composed.Length > 0)
            terminal.Note($"firn: {path} has not seen {string.Join(", ", composed.Select(word => $"'{word}'"))}: composed of character n-grams");
        if (vectors.Count == 0)
            throw new UserError($"{path}: no word vector was kept; check --vocabulary");
        return vectors;
    }
}
