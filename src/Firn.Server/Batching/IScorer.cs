using Firn.Evaluation;
using Firn.Text;

namespace Firn.Server.Batching;

/// <summary>
/// A loaded model as the server sees it: texts to ids, ids or vectors to probabilities. Used by many requests at once.
/// Bundles are one implementation; tests have another that is slow or fails on demand.
/// </summary>
internal interface IScorer : IDisposable
{
    /// <summary>Names of the classes, in the order of their index.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>How a label is chosen from probabilities.</summary>
    LabelRule Rule => new() { Labels = Labels };

    /// <summary>What <see cref="Firn.Client.LabelRules.TagOf"/> says of the rule.</summary>
    string RuleTag => "";

    /// <summary>
    /// Values in a row of probabilities, K: 1 for a sigmoid (the probability of class 1), else one a class.
    /// </summary>
    int OutputSize { get; }

    /// <summary>Width of a word vector, E.</summary>
    int Dimension { get; }

    /// <summary>Rows of the vocabulary, V; ids are in [0, V), 0 is the pad.</summary>
    int VocabularySize { get; }

    /// <summary>Ids used of a text, at most.</summary>
    int MaxTokens { get; }

    /// <summary>Which ids count in a longer text.</summary>
    Truncation Truncation { get; }

    /// <summary>See <see cref="InputShape.ReadsPadsFrom"/>.</summary>
    int? ReadsPadsFrom => null;

    /// <summary>Identifies what ids mean: SHA-256 over the vocabulary and the cleaning rules, in hexadecimal.</summary>
    string VocabularyHash { get; }

    /// <summary>The vocabulary as a bundle stores it: one token a line, the line's number is the id.</summary>
    ReadOnlyMemory<byte> VocabularyFile { get; }

    /// <summary>The cleaning rules as JSON, for clients that tokenize themselves.</summary>
    ReadOnlyMemory<byte> CleaningRules { get; }

    /// <summary>
    /// Cleans and tokenizes a text and appends its ids, at most <see cref="MaxTokens"/>, and what the model reads in
    /// the spelling of words that have none (a row of K + 1 values, or nothing); returns how many ids.
    /// </summary>
    int Encode(string text, List<int> ids, List<float> unseen);

    /// <summary>The vector of an id, [E].</summary>
    ReadOnlySpan<float> VectorOf(int id);

    /// <summary>Whether texts may come as vectors; not where a part of the model reads the ids themselves.</summary>
    bool TakesVectors { get; }

    /// <summary>Scores texts given as ids into [N,K]. A text's score does not depend on the other texts.</summary>
    void Score(RaggedIds texts, Span<float> probabilities);

    /// <summary>
    /// The work that makes scoring fast and that a server should not wait for at its start: the scores are the same,
    /// bit for bit, before and after. Called once, while the scorer may already be in use.
    /// </summary>
    void WarmUp();

    /// <summary>
    /// Scores texts given as vectors [total tokens, E], text i in rows offsets[i] to offsets[i + 1], into [N,K].
    /// </summary>
    void ScoreVectors(ReadOnlySpan<float> vectors, ReadOnlySpan<int> offsets, Span<float> probabilities);
}
