using Firn.Data;
using Firn.Text;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// Texts of any length as word numbers; reads them twice, once to count words and once to number them.
/// </summary>
internal sealed class TextNumbers(IEnumerable<LabeledText> texts, Tokenizer tokenizer, CancellationToken stop)
{
    /// <summary>A longer text becomes several, as in gensim, so that one line may hold a whole book.</summary>
    private const int MaxTokens = 10_000;

    /// <summary>Is told now and then how many texts were read.</summary>
    public Action<long> Progress { get; set; } = _ => { };

    /// <summary>Tokens <c>&lt;pad&gt;</c> and <c>&lt;unk&gt;</c> that were counted, and are no words.</summary>
    public long ReservedTokens { get; private set; }

    /// <summary>The words that occur often enough, the most frequent first.</summary>
    public Vocabulary CountWords(int minCount)
    {
        var builder = new VocabularyBuilder();
        foreach (var tokens in Tokens())
            builder.Add(tokens);
        ReservedTokens = builder.ReservedTokens;
        return builder.Build(new VocabularyOptions { MinCount = minCount });
    }

    /// <summary>The texts as ids of that vocabulary, rare words and empty texts left out.</summary>
    public RaggedIds Encode(Vocabulary vocabulary)
    {
        var ids = new List<int>();
        var offsets = new List<int> { 0 };
        foreach (var tokens in Tokens())
        {
            vocabulary.Encode(tokens, ids);
            while (ids.Count - offsets[^1] > MaxTokens)
                offsets.Add(offsets[^1] + MaxTokens);
            if (ids.Count > offsets[^1])
                offsets.Add(ids.Count);
        }
        return new RaggedIds([.. ids], [.. offsets]);
    }

    private IEnumerable<TokenBuffer> Tokens()
    {
        var tokens = new TokenBuffer();
        long count = 0;
        foreach (var row in texts)
        {
            if ((++count & 0x3FF) == 0)
            {
                stop.ThrowIfCancellationRequested();
                Progress(count);
            }
            tokenizer.Tokenize(row.Text, tokens);
            yield return tokens;
        }
    }
}
