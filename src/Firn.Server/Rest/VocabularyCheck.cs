using Firn.Client;
using Firn.Server.Contracts;
using Firn.Server.Models;
using Grpc.Core;

namespace Firn.Server.Rest;

/// <summary>Ids are scored only when the vocabulary they were made with is the version's own.</summary>
internal static class VocabularyCheck
{
    /// <exception cref="ServingException">
    /// The hash is another one (ABORTED, 409), or is missing where it is required.
    /// </exception>
    public static void Check(ModelVersion version, string? sent, bool required)
    {
        string own = version.Scorer.VocabularyHash;
        if (string.IsNullOrEmpty(sent))
        {
            if (required)
            {
                throw ServingException.Invalid(
                    $"ids need the hash of their vocabulary in the header {VocabularyIdentity.Header}; fetch it from "
                        + $"/v1/models/{version.Model}/vocabulary"
                );
            }
            return;
        }
        ReadOnlySpan<char> hash = sent.AsSpan().Trim('"');
        if (hash.Length < VocabularyIdentity.ShortestHash || !own.AsSpan().StartsWith(hash, StringComparison.Ordinal))
        {
            throw new ServingException(
                StatusCode.Aborted,
                $"the ids were made with another vocabulary than version {version.NumberText} of {version.Model} "
                    + $"has; fetch /v1/models/{version.Model}/vocabulary and encode again"
            )
            {
                Vocabulary = own,
            };
        }
    }
}
