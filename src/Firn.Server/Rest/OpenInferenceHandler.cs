using System.Diagnostics;
using Firn.Client;
using Firn.Server.Inference;
using Firn.Server.Models;
using Firn.Server.Operations;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Rest;

/// <summary>The Open Inference Protocol v2 over REST, below <c>/v2</c>.</summary>
internal sealed class OpenInferenceHandler(ModelCatalog catalog, ServerState state, ServerSettings settings, ServerMeters meters, RequestLog log)
{
    public const string ServerName = "firn";
    public const string Platform = "firn_text_classifier";

    /// <summary>Answers one request; <paramref name="rest"/> is what follows <c>/v2</c>.</summary>
    public async Task HandleAsync(HttpContext context, string rest)
    {
        long start = Stopwatch.GetTimestamp();
        var outcome = new Outcome();
        await RestErrors.GuardAsync(context, log, () => AnswerAsync(context, rest.Trim('/'), start, outcome), outcome).ConfigureAwait(false);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        meters.Request(outcome.Model, outcome.Method, outcome.Code, time);
        log.Request("OIP", outcome, time);
    }

    private async ValueTask AnswerAsync(HttpContext context, string path, long start, Outcome outcome)
    {
        string[] parts = path.Length == 0 ? [] : path.Split('/');
        using var answer = new AnswerBuffer();
        bool infer = false;
        switch (parts)
        {
            case []:
                outcome.Method = "v2_metadata";
                answer.Raw("{\"name\":\"firn\",\"version\":"u8);
                answer.String(Bundle.FirnVersion);
                answer.Raw(",\"extensions\":[]}"u8);
                break;
            case ["health", "live"]:
                outcome.Method = "v2_live";
                answer.Raw("{\"live\":true}"u8);
                break;
            case ["health", "ready"]:
                outcome.Method = "v2_ready";
                Ready(context, answer, state.Ready);
                break;
            case ["models", var name, .. var tail]:
                infer = await ModelAsync(context, name, tail, start, outcome, answer).ConfigureAwait(false);
                break;
            default:
                throw ServingException.NotFound("the path must read /v2, /v2/health/live, /v2/health/ready or /v2/models/NAME[/versions/V][/infer|/ready]");
        }
        string allowed = infer ? "POST" : "GET";
        if (!HttpMethods.Equals(context.Request.Method, allowed))
        {
            context.Response.Headers.Allow = allowed;
            throw new BadHttpRequestException($"{context.Request.Method} is not allowed here; use {allowed}", StatusCodes.Status405MethodNotAllowed);
        }
        await Answers.SendAsync(context, answer).ConfigureAwait(false);
    }

    private async ValueTask<bool> ModelAsync(HttpContext context, string name, string[] tail, long start, Outcome outcome, AnswerBuffer answer)
    {
        ServedModel model = catalog.Find(name);
        outcome.Model = name;
        VersionChoice choice = VersionChoice.Newest;
        if (tail is ["versions", var number, ..])
        {
            choice = new VersionChoice(RestTarget.Number(number), null);
            tail = tail[2..];
        }
        switch (tail)
        {
            case []:
                outcome.Method = "v2_model";
                Metadata(answer, model, choice);
                return false;
            case ["ready"]:
                outcome.Method = "v2_model_ready";
                bool ready = choice.Number is null ? model.Available.Length > 0 : model.Available.Any(v => v.Number == choice.Number);
                if (!ready)
                    context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                answer.Raw("{\"name\":"u8);
                answer.String(name);
                answer.Raw(ready ? ",\"ready\":true}"u8 : ",\"ready\":false}"u8);
                return false;
            case ["infer"] when HttpMethods.IsPost(context.Request.Method):
                outcome.Method = "v2_infer";
                await InferAsync(context, model, choice, start, outcome, answer).ConfigureAwait(false);
                return true;
            case ["infer"]:
                return true;
            default:
                throw ServingException.NotFound("the path must read /v2/models/NAME[/versions/V][/infer|/ready]");
        }
    }

    private async ValueTask InferAsync(HttpContext context, ServedModel model, VersionChoice choice, long start, Outcome outcome, AnswerBuffer answer)
    {
        using Lease lease = model.Hold(choice);
        ModelVersion version = lease.Version;
        outcome.Version = version.Number;
        context.Response.Headers[VocabularyIdentity.VersionHeader] = version.NumberText;
        OpenInferenceRequest request = await BodyReader.ReadAsync(context.Request, settings.Limits.MaxBodyBytes,
            body => OpenInferenceReader.Read(body, version.Input, settings.Limits)).ConfigureAwait(false);
        if (request.Input.Kind == InputKind.Ids)
            VocabularyCheck.Check(version, (string?)context.Request.Headers[VocabularyIdentity.Header] ?? request.Vocabulary, settings.RequireVocabulary);
        outcome.Texts = request.Input.Count;
        log.Texts(outcome, request.Input);
        long deadline = start + (long)(settings.Limits.RequestTimeout.TotalSeconds * Stopwatch.Frequency);
        float[] scores = await Scoring.ScoreAsync(version, request.Input, settings.Limits, deadline, context.RequestAborted).ConfigureAwait(false);
        answer.Raw("{\"model_name\":"u8);
        answer.String(version.Model);
        answer.Raw(",\"model_version\":\""u8);
        answer.Number(version.Number);
        answer.Raw("\""u8);
        if (request.Id is { } id)
        {
            answer.Raw(",\"id\":"u8);
            answer.String(id);
        }
        answer.Raw(",\"outputs\":[{\"name\":\"scores\",\"datatype\":\"FP32\",\"shape\":["u8);
        answer.Number(scores.Length / version.Scorer.OutputSize);
        answer.Raw(","u8);
        answer.Number(version.Scorer.OutputSize);
        answer.Raw("],\"data\":"u8);
        answer.Row(scores);
        answer.Raw("}]}"u8);
    }

    private static void Ready(HttpContext context, AnswerBuffer answer, bool ready)
    {
        if (!ready)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        answer.Raw(ready ? "{\"ready\":true}"u8 : "{\"ready\":false}"u8);
    }

    private static void Metadata(AnswerBuffer answer, ServedModel model, VersionChoice choice)
    {
        using Lease lease = model.Hold(choice);
        answer.Raw("{\"name\":"u8);
        answer.String(model.Name);
        answer.Raw(",\"versions\":["u8);
        bool first = true;
        foreach (ModelVersion version in model.Available.Reverse())
        {
            answer.Raw(first ? "\""u8 : ",\""u8);
            first = false;
            answer.Number(version.Number);
            answer.Raw("\""u8);
        }
        answer.Raw("],\"platform\":\"firn_text_classifier\",\"inputs\":["u8);
        answer.Raw("{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[-1]},{\"name\":\"ids\",\"datatype\":\"INT32\",\"shape\":[-1,-1]},{\"name\":\"vectors\",\"datatype\":\"FP32\",\"shape\":[-1,-1,"u8);
        answer.Number(lease.Version.Scorer.Dimension);
        answer.Raw("]}],\"outputs\":[{\"name\":\"scores\",\"datatype\":\"FP32\",\"shape\":[-1,"u8);
        answer.Number(lease.Version.Scorer.OutputSize);
        answer.Raw("]}]}"u8);
    }
}
