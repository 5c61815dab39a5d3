namespace Firn.Recipes;

/// <summary>How large a corpus is.</summary>
/// <param name="Texts">Labeled texts.</param>
/// <param name="Tokens">Their words, all occurrences.</param>
public readonly record struct CorpusSize(int Texts, long Tokens);
