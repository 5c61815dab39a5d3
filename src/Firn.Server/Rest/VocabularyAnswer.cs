using System.Globalization;
using System.Text;
using Firn.Client;
using Firn.Server.Batching;
using Firn.Server.Http;
using Firn.Server.Settings;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Rest;

/// <summary>
/// Sends a version's vocabulary: one token a line, the line's number is the id. Its hash is the ETag, so a client that
/// has it already gets 304 and no body; the cleaning rules are a header.
/// </summary>
internal static class VocabularyAnswer
{
    public static async ValueTask SendAsync(HttpContext context, IScorer scorer, ServingLimits limits)
    {
        HttpResponse response = context.Response;
        string tag = $"\"{scorer.VocabularyHash}\"";
        response.Headers.ETag = tag;
        response.Headers.CacheControl = "no-cache";
        response.Headers[VocabularyIdentity.Header] = scorer.VocabularyHash;
        response.Headers[VocabularyIdentity.CleaningHeader] = Encoding.UTF8.GetString(scorer.CleaningRules.Span);
        // A client cuts to what a request may have and the model to what it uses; an even difference keeps the middle
        // the middle.
        int most =
            limits.MaxTokens > scorer.MaxTokens
                ? limits.MaxTokens - (limits.MaxTokens - scorer.MaxTokens) % 2
                : limits.MaxTokens;
        response.Headers[VocabularyIdentity.MaxTokensHeader] = most.ToString(CultureInfo.InvariantCulture);
        response.Headers[VocabularyIdentity.TruncationHeader] = scorer.Truncation.ToString();
        if (
            context.Request.Headers.IfNoneMatch.Any(m =>
                m is not null && (m == "*" || m.Contains(tag, StringComparison.Ordinal))
            )
        )
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        using var answer = new AnswerBuffer();
        answer.Raw(scorer.VocabularyFile.Span);
        await Answers.SendAsync(context, answer, "text/plain; charset=utf-8").ConfigureAwait(false);
    }
}
