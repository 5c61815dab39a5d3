using System.Text;
using Firn.Client;
using Firn.Server.Models;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Rest;

/// <summary>
/// Sends a version's vocabulary: one token a line, the line's number is the id. Its hash is the ETag, so a client that
/// has it already gets 304 and no body; the cleaning rules are a header.
/// </summary>
internal static class VocabularyAnswer
{
    public static async ValueTask SendAsync(HttpContext context, IScorer scorer)
    {
        HttpResponse response = context.Response;
        string tag = $"\"{scorer.VocabularyHash}\"";
        response.Headers.ETag = tag;
        response.Headers.CacheControl = "no-cache";
        response.Headers[VocabularyIdentity.Header] = scorer.VocabularyHash;
        response.Headers[VocabularyIdentity.CleaningHeader] = Encoding.UTF8.GetString(scorer.CleaningRules.Span);
        if (context.Request.Headers.IfNoneMatch.Any(m => m is not null && (m == "*" || m.Contains(tag, StringComparison.Ordinal))))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        using var answer = new AnswerBuffer();
        answer.Raw(scorer.VocabularyFile.Span);
        await Answers.SendAsync(context, answer, "text/plain; charset=utf-8").ConfigureAwait(false);
    }
}
