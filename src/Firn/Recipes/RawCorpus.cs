using Firn.Data;
using Firn.Text;

namespace Firn.Recipes;

/// <summary>
/// A corpus after one pass: numbers for tokens and labels in order of first sight. The texts themselves are not kept;
/// a corpus of 1.6 million tweets takes some 60 MB.
/// </summary>
internal sealed class RawCorpus
{
    private RawCorpus(TokenTable words, RaggedIds ids, int[] labels, IReadOnlyList<string> labelNames, string sha256)
    {
        Words = words;
        Ids = ids;
        Labels = labels;
        LabelTexts = labelNames;
        Sha256 = sha256;
    }

    /// <summary>Distinct tokens; shared by the corpora read into it.</summary>
    public TokenTable Words { get; }

    /// <summary>Each text as numbers of <see cref="Words"/>.</summary>
    public RaggedIds Ids { get; }

    /// <summary>Each text's label as a place in <see cref="LabelTexts"/>.</summary>
    public int[] Labels { get; }

    /// <summary>Distinct labels as they stand in the data.</summary>
    public IReadOnlyList<string> LabelTexts { get; }

    /// <summary>Hash of the rows; see <see cref="Data.DataSource"/>.</summary>
    public string Sha256 { get; }

    /// <summary>Texts as numbers of their tokens, as the recipe cleans them.</summary>
    public static RaggedIds TokensOf(IEnumerable<string> texts, CleaningOptions cleaning)
    {
        var tokenizer = new Tokenizer(cleaning);
        var tokens = new TokenBuffer();
        var words = new TokenTable();
        List<int> ids = [],
            offsets = [0];
        foreach (string text in texts)
        {
            tokenizer.Tokenize(text, tokens);
            for (int i = 0; i < tokens.Count; i++)
                ids.Add(words.FindOrAdd(tokens[i]));
            offsets.Add(ids.Count);
        }
        return new RaggedIds([.. ids], [.. offsets]);
    }

    public static RawCorpus Read(
        LabeledSource source,
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
        var labels = new List<int>();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        using var hash = new RowHash();
        foreach (LabeledText row in source.Rows)
        {
            if ((labels.Count & 1023) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                clock.Tell(null, () => $"{labels.Count:n0} texts");
            }
            CheckNotNull(row, labels.Count, source);
            tokenizer.Tokenize(row.Text, tokens);
            for (int i = 0; i < tokens.Count; i++)
                ids.Add(words.FindOrAdd(tokens[i]));
            offsets.Add(ids.Count);
            if (!numbers.TryGetValue(row.Label, out int number))
                numbers.Add(row.Label, number = numbers.Count);
            labels.Add(number);
            hash.Add(row);
        }
        return new RawCorpus(
            words,
            new RaggedIds([.. ids], [.. offsets]),
            [.. labels],
            [.. numbers.OrderBy(n => n.Value).Select(n => n.Key)],
            hash.ToString()
        );
    }

    private static void CheckNotNull(LabeledText row, int before, LabeledSource source)
    {
        if (row.Text is null || row.Label is null)
        {
            throw new InvalidDataException(
                $"Row {before + 1} of {source.Description}: the {(row.Text is null ? "text" : "label")} is null; "
                    + "leave such rows out, or give them an empty text."
            );
        }
    }
}
