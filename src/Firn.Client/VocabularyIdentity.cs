using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Firn.Text;

namespace Firn.Client;

/// <summary>
/// Names what a token id means: one hash over a vocabulary and the cleaning rules in front of it. Server and client
/// compare it, so ids made with another vocabulary, or by other rules, are refused and never scored.
/// </summary>
public static class VocabularyIdentity
{
    /// <summary>The header that carries a client's hash beside its ids.</summary>
    public const string Header = "Firn-Vocabulary";

    /// <summary>
    /// Digits of a hash that name it well enough: 64 bits. Headers are most of a small request, so clients may cut it.
    /// </summary>
    public const int ShortestHash = 16;

    /// <summary>The header that carries the cleaning rules beside the vocabulary's file, as JSON.</summary>
    public const string CleaningHeader = "Firn-Cleaning";

    /// <summary>
    /// The header that says beside the vocabulary how many ids a text may have; the model itself may use fewer.
    /// </summary>
    public const string MaxTokensHeader = "Firn-Max-Tokens";

    /// <summary>The header that says beside the vocabulary which ids stay of a text that has more.</summary>
    public const string TruncationHeader = "Firn-Truncation";

    /// <summary>The header that names the version that answered.</summary>
    public const string VersionHeader = "Firn-Version";

    /// <summary>
    /// SHA-256 over the SHA-256 of the vocabulary's file (32 bytes) and the cleaning rules' JSON in UTF-8, as 64
    /// lower-case hexadecimal digits.
    /// </summary>
    public static string Of(ReadOnlySpan<byte> fileHash, ReadOnlySpan<byte> cleaningRules)
    {
        byte[] both = [.. fileHash, .. cleaningRules];
        return Convert.ToHexStringLower(SHA256.HashData(both));
    }

    /// <summary>The cleaning rules as JSON on one line.</summary>
    public static byte[] Serialize(CleaningOptions options) =>
        JsonSerializer.SerializeToUtf8Bytes(options, IdentityJson.Default.CleaningOptions);

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    /// <exception cref="JsonException">
    /// The text is no such JSON, or holds a rule that this version does not know.
    /// </exception>
    public static CleaningOptions Deserialize(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, IdentityJson.Default.CleaningOptions)
        ?? throw new JsonException("The cleaning rules are null; expected an object.");
}

// A rule that this client does not know must stop it: skipping it would make other tokens than the server's.
[JsonSourceGenerationOptions(UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CleaningOptions))]
internal sealed partial class IdentityJson : JsonSerializerContext;
