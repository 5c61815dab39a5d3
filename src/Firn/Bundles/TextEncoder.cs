using Firn.Text;

namespace Firn.Bundles;

/// <summary>Texts to ids by a model's cleaning and vocabulary; belongs to one thread.</summary>
internal sealed class TextEncoder(Predictor model)
{
    private readonly TokenBuffer _tokens = new();
    private readonly List<int> _ids = [];
    private readonly List<int> _offsets = [0];

    /// <summary>Appends a text; returns how many tokens it has after cleaning.</summary>
    public int Add(string text)
    {
        model.Tokenizer.Tokenize(text, _tokens);
        int known = model.Vocabulary.Encode(_tokens, _ids);
        TokenWindow.Of(known, model.MaxTokens, model.Truncation).Cut(_ids, _offsets[^1]);
        _offsets.Add(_ids.Count);
        return _tokens.Count;
    }

    /// <summary>The ids of all texts so far.</summary>
    public RaggedIds ToRaggedIds() => new([.. _ids], [.. _offsets]);
}
