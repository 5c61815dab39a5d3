using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Firn.Text;

namespace Firn.Client;

/// <summary>A model's vocabulary and cleaning rules, fetched from its server and checked against their hash.</summary>
internal sealed class RemoteVocabulary
{
    [ThreadStatic]
    private static TokenBuffer? _tokens;

    private readonly Tokenizer _tokenizer;
    private readonly Vocabulary _vocabulary;

    private readonly int _maxTokens;
    private readonly Truncation _truncation;

    private RemoteVocabulary(
        Tokenizer tokenizer,
        Vocabulary vocabulary,
        string hash,
        int maxTokens,
        Truncation truncation
    )
    {
        _tokenizer = tokenizer;
        _vocabulary = vocabulary;
        Hash = hash;
        _maxTokens = maxTokens;
        _truncation = truncation;
    }

    /// <summary>What the server must have for these ids to mean the same there.</summary>
    public string Hash { get; }

    /// <exception cref="ServerException">
    /// The answer is damaged, or has rules that this client is too old for.
    /// </exception>
    public static RemoteVocabulary Read(byte[] file, string cleaning, string hash, int maxTokens, Truncation truncation)
    {
        byte[] rules = Encoding.UTF8.GetBytes(cleaning);
        string own = VocabularyIdentity.Of(SHA256.HashData(file), rules);
        if (own != hash)
            throw new ServerException(
                $"the vocabulary arrived damaged: its hash is {own} and should be {hash}; try again",
                null
            );
        try
        {
            CleaningOptions options = VocabularyIdentity.Deserialize(rules);
            Vocabulary words = Vocabulary.Load(new MemoryStream(file), "vocabulary").WithUnknownIdOf(options);
            return new RemoteVocabulary(new Tokenizer(options), words, hash, maxTokens, truncation);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidDataException)
        {
            throw new ServerException(
                $"this client cannot follow the model's cleaning rules or vocabulary; use a client of the server's "
                    + $"version ({error.Message})",
                null,
                error
            );
        }
    }

    /// <summary>
    /// Appends the ids of a text, those that the model keeps where it has more than the server takes; returns how many.
    /// </summary>
    public int Encode(string text, List<int> ids)
    {
        TokenBuffer buffer = _tokens ??= new TokenBuffer();
        _tokenizer.Tokenize(text, buffer);
        int count = _vocabulary.Encode(buffer, ids);
        var window = TokenWindow.Of(count, _maxTokens, _truncation);
        window.Cut(ids, ids.Count - count);
        return window.Count;
    }
}
