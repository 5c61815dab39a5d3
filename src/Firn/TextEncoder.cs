using System.Runtime.InteropServices;
using Firn.Text;

namespace Firn;

/// <summary>Texts to ids by a model's cleaning and vocabulary; belongs to one thread.</summary>
internal sealed class TextEncoder(Predictor model)
{
    private readonly TokenBuffer _tokens = new();
    private readonly List<int> _ids = [];
    private readonly List<int> _offsets = [0];
    private readonly List<float> _unseen = [];

    /// <summary>Appends a text; returns how many tokens it has after cleaning.</summary>
    public int Add(string text)
    {
        model.Encode(text, _tokens, _ids, _unseen);
        _offsets.Add(_ids.Count);
        return _tokens.Count;
    }

    /// <summary>Takes this text in place of all others; returns how many tokens it has after cleaning.</summary>
    public int Set(string text)
    {
        _ids.Clear();
        _unseen.Clear();
        model.Encode(text, _tokens, _ids, _unseen);
        return _tokens.Count;
    }

    /// <summary>The ids, where there is one text.</summary>
    public ReadOnlySpan<int> Ids => CollectionsMarshal.AsSpan(_ids);

    /// <summary>What the model reads in the spelling of its words that have none; empty for nothing.</summary>
    public ReadOnlySpan<float> Unseen => CollectionsMarshal.AsSpan(_unseen);

    /// <summary>The ids of all texts so far.</summary>
    public RaggedIds ToRaggedIds() =>
        new([.. _ids], [.. _offsets]) { Unseen = _unseen.Exists(value => value != 0) ? [.. _unseen] : null };
}
