using Firn.Data;
using Firn.Files;
using Firn.Text;

namespace Firn.Recipes;

/// <summary>Texts without labels that word vectors are trained on beside those of a corpus.</summary>
internal static class VectorTextFiles
{
    /// <summary>A longer text becomes several, as in gensim, so that one line may hold a whole book.</summary>
    private const int MaxTokens = 10_000;

    private static readonly string[] Tables =
    [
        ".csv",
        ".tsv",
        ".jsonl",
        ".ndjson",
        ".json",
        ".parquet",
        ".xlsx",
        ".xls",
        ".arff",
    ];

    /// <summary>Reads files: tables and JSON by their text column, all others as one text a line.</summary>
    /// <param name="paths">The files, packed or not.</param>
    /// <param name="cleaning">The rules that give the words.</param>
    /// <param name="words">Receives new words.</param>
    /// <param name="clock">Told of progress.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>The texts as numbers of <paramref name="words"/>.</returns>
    public static RaggedIds Read(
        IReadOnlyList<string> paths,
        CleaningOptions cleaning,
        TokenTable words,
        StageClock clock,
        CancellationToken cancellation
    )
    {
        var tokenizer = new Tokenizer(cleaning);
        var tokens = new TokenBuffer();
        var ids = new List<int>();
        var offsets = new List<int> { 0 };
        foreach (string path in paths)
        {
            foreach (LabeledText row in CorpusReader.Open(path, new CorpusOptions { Format = FormatOf(path) }))
            {
                if ((offsets.Count & 1023) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    clock.Tell(null, () => $"{offsets.Count - 1:n0} texts for word vectors");
                }
                tokenizer.Tokenize(row.Text, tokens);
                for (int i = 0; i < tokens.Count; i++)
                    ids.Add(words.FindOrAdd(tokens[i]));
                while (ids.Count - offsets[^1] > MaxTokens)
                    offsets.Add(offsets[^1] + MaxTokens);
                if (ids.Count > offsets[^1])
                    offsets.Add(ids.Count);
            }
        }
        return new RaggedIds([.. ids], [.. offsets]);
    }

    private static CorpusFormat FormatOf(string path)
    {
        string name = FileKinds.UnpackedName(path);
        return Tables.Any(t => name.EndsWith(t, StringComparison.OrdinalIgnoreCase))
            ? CorpusFormat.Auto
            : CorpusFormat.Lines;
    }
}
