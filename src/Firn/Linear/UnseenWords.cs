using Firn.Text;

namespace Firn.Linear;

/// <summary>The words of texts that have no id, which a linear part may judge by their spelling.</summary>
/// <param name="words">Distinct words.</param>
/// <param name="texts">Each text's words, as numbers of <paramref name="words"/>; may be empty.</param>
internal sealed class UnseenWords(TokenTable words, RaggedIds texts)
{
    public RaggedIds Texts => texts;

    /// <summary>The word of a number.</summary>
    public ReadOnlySpan<char> this[int number] => words[number];

    /// <summary>The chosen texts, in the order given.</summary>
    public UnseenWords Select(ReadOnlySpan<int> chosen) => new(words, texts.Select(chosen));

    /// <summary>These texts and behind them others, of the same words.</summary>
    public UnseenWords With(UnseenWords more) => new(words, texts.With(more.Texts));
}
