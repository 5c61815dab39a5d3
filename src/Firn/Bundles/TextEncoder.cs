using Firn.Text;

namespace Firn.Bundles;

/// <summary>Texts to ids by a model's cleaning and vocabulary; belongs to one thread.</summary>
internal sealed class TextEncoder(Tokenizer tokenizer, Vocabulary vocabulary, int maxTokens)
{
    private readonly TokenBuffer _tokens = new();
    private readonly List<int> _ids = [];
    private readonly List<int> _offsets = [0];

    /// <summary>Appends a text; returns how many tokens it has after cleaning.</summary>
    public int Add(string text)
    {
        tokenizer.Tokenize(text, _tokens);
        int surplus = vocabulary.Encode(_tokens, _ids) - maxTokens;
        if (surplus > 0)
            _ids.RemoveRange(_offsets[^1], surplus);
        _offsets.Add(_ids.Count);
        return _tokens.Count;
    }

    /// <summary>The ids of all texts so far.</summary>
    public RaggedIds ToRaggedIds() => new([.. _ids], [.. _offsets]);
}
