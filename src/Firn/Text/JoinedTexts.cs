namespace Firn.Text;

/// <summary>Texts whose phrases are one token each, and the words with them.</summary>
public readonly record struct JoinedTexts(RaggedIds Texts, Vocabulary Vocabulary);
