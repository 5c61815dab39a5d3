using System.Security.Cryptography;

namespace Firn.Text;

/// <summary>
/// Words and their ids with the meaning of Keras' <c>Tokenizer</c>: 0 is the pad and no word, ids rise from 1 by
/// falling count, ties in order of first sight. Immutable; may be used by several threads.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>The id that stands for no word.</summary>
    public const int Pad = 0;

    /// <summary>What line 0 of a vocabulary file holds.</summary>
    public const string PadToken = "<pad>";

    /// <summary>The token of the unknown word, id 1, where there is one.</summary>
    public const string UnknownToken = "<unk>";

    private readonly TokenTable _words;
    private readonly long[] _counts;
    private readonly Lazy<string> _hash;

    internal Vocabulary(TokenTable words, long[] counts, UnknownWords unknown)
        : this(words, counts, unknown == UnknownWords.Row ? 1 : -1) { }

    private Vocabulary(TokenTable words, long[] counts, int unknownId)
    {
        _words = words;
        _counts = counts;
        UnknownId = unknownId;
        _hash = new Lazy<string>(ComputeHash);
    }

    /// <summary>Number of ids, the pad's among them: Keras' <c>len(word_index) + 1</c>.</summary>
    public int Count => _words.Count;

    /// <summary>What becomes of a word that is not here.</summary>
    public UnknownWords Unknown => UnknownId > 0 ? UnknownWords.Row : UnknownWords.Skip;

    /// <summary>The id of the unknown word, 1 but for imported models; or -1 where unknown words are skipped.</summary>
    public int UnknownId { get; }

    /// <summary>SHA-256 of the file that <see cref="Save"/> writes, as 64 lower-case hexadecimal digits.</summary>
    public string Hash => _hash.Value;

    /// <summary>The word of an id; <c>&lt;pad&gt;</c> for 0.</summary>
    public string this[int id]
    {
        get
        {
            Throw.IfOutside(id, 0, Count - 1);
            return _words[id].ToString();
        }
    }

    /// <summary>The id of a word, or <see cref="UnknownId"/>. The pad's own token is no word.</summary>
    public int IdOf(ReadOnlySpan<char> token)
    {
        int id = _words.Find(token);
        return id > 0 ? id : UnknownId;
    }

    /// <summary>How often a word was seen when the vocabulary was built; 0 for the pad, for words that only
    /// the word vectors have, and for all where it was loaded.</summary>
    public long CountOf(int id)
    {
        Throw.IfOutside(id, 0, Count - 1);
        return _counts[id];
    }

    /// <summary>Appends the ids of the tokens; those of unknown words as the policy says.</summary>
    /// <returns>How many ids were appended.</returns>
    public int Encode(TokenBuffer tokens, List<int> destination)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(destination);
        int before = destination.Count;
        for (int i = 0; i < tokens.Count; i++)
        {
            int id = IdOf(tokens[i]);
            if (id > 0)
                destination.Add(id);
        }
        return destination.Count - before;
    }

    /// <summary>
    /// Writes one word a line in UTF-8 without mark; the line's number, from 0, is the id. Counts are not kept.
    /// </summary>
    public void Save(Stream destination) => VocabularyFile.Write(_words, destination);

    /// <summary>
    /// Reads what <see cref="Save"/> wrote; a line 1 of <c>&lt;unk&gt;</c> gives unknown words a row.
    /// </summary>
    /// <param name="source">The file's bytes, read to their end.</param>
    /// <param name="pathForErrors">What errors call the file.</param>
    /// <exception cref="InvalidDataException">
    /// No pad line, an empty line, a word twice, or bytes that are not UTF-8; the message names the line.
    /// </exception>
    public static Vocabulary Load(Stream source, string pathForErrors)
    {
        ArgumentNullException.ThrowIfNull(source);
        TokenTable words = VocabularyFile.Read(source, pathForErrors);
        bool hasUnknown = words.Count > 1 && words[1].SequenceEqual(UnknownToken);
        return new Vocabulary(words, new long[words.Count], hasUnknown ? UnknownWords.Row : UnknownWords.Skip);
    }

    /// <summary>
    /// The same words, with the id of unknown words that a model's rules name: an imported model says itself which that
    /// is.
    /// </summary>
    /// <param name="cleaning">The rules.</param>
    /// <exception cref="ArgumentException">The id that they name is none of the vocabulary's.</exception>
    public Vocabulary WithUnknownIdOf(CleaningOptions cleaning)
    {
        ArgumentNullException.ThrowIfNull(cleaning);
        if (cleaning.Keras is not { } keras || keras.UnknownId == UnknownId)
            return this;
        if (keras.UnknownId != -1)
            Throw.IfOutside(keras.UnknownId, 1, Count - 1, "UnknownId");
        return new Vocabulary(_words, _counts, keras.UnknownId);
    }

    /// <summary>These words, each with the id of its place; the first is the pad's.</summary>
    /// <exception cref="ArgumentException">A word stands twice or cannot stand on a line of its own.</exception>
    internal static Vocabulary Of(IReadOnlyList<string> words)
    {
        var table = new TokenTable(words.Count);
        for (int id = 0; id < words.Count; id++)
        {
            VocabularyFile.CheckToken(words[id]);
            if (table.FindOrAdd(words[id]) != id)
                throw new ArgumentException(
                    $"'{words[id]}' has the ids {table.Find(words[id])} and {id}.",
                    nameof(words)
                );
        }
        return new Vocabulary(table, new long[words.Count], -1);
    }

    /// <summary>
    /// These words, then those given that are not among them, each with the next id and a count of 0.
    /// </summary>
    internal Vocabulary With(IEnumerable<string> more)
    {
        var all = new TokenTable(_words.Count);
        for (int id = 0; id < _words.Count; id++)
            all.FindOrAdd(_words[id]);
        foreach (string word in more)
        {
            if (word is not (PadToken or UnknownToken))
                all.FindOrAdd(word);
        }
        var extended = new long[all.Count];
        _counts.CopyTo(extended, 0);
        return new Vocabulary(all, extended, UnknownId);
    }

    private string ComputeHash()
    {
        using var sha = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write))
            Save(stream);
        return Convert.ToHexStringLower(sha.Hash!);
    }
}
