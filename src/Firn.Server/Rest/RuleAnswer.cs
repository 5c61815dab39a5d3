using Firn.Client;
using Firn.Server.Batching;
using Firn.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Rest;

/// <summary>Sends how a version chooses labels, for clients that send ids and get scores alone.</summary>
internal static class RuleAnswer
{
    public static async ValueTask SendAsync(HttpContext context, IScorer scorer)
    {
        context.Response.Headers.CacheControl = "no-cache";
        if (scorer.RuleTag.Length > 0)
            context.Response.Headers[LabelRules.Header] = scorer.RuleTag;
        using var answer = new AnswerBuffer();
        answer.Raw(LabelRules.Serialize(scorer.Rule));
        await Answers.SendAsync(context, answer).ConfigureAwait(false);
    }
}
