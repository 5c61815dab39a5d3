using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Firn.Client;
using Firn.Server.Administration;
using Firn.Server.Contracts;
using Firn.Server.Http;
using Firn.Server.Inference;
using Firn.Server.Inputs;
using Firn.Server.Models;
using Firn.Server.Operations;
using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Rest;

/// <summary>The Open Inference Protocol v2 over REST, below <c>/v2</c>, with Triton's extensions.</summary>
internal sealed class OpenInferenceHandler(
    ModelCatalog catalog,
    ModelRepository repository,
    ServerState state,
    ServerSettings settings,
    ServerMeters meters,
    RequestLog log
)
{
    private const int LongestOrder = 1 << 20;

    /// <summary>Answers one request; <paramref name="rest"/> is what follows <c>/v2</c>.</summary>
    public async Task HandleAsync(HttpContext context, string rest)
    {
        long start = Stopwatch.GetTimestamp();
        var outcome = new Outcome();
        await RestErrors
            .GuardAsync(context, log, () => AnswerAsync(context, rest.Trim('/'), start, outcome), outcome)
            .ConfigureAwait(false);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        meters.Request(outcome, "REST", time);
        log.Request("OIP", outcome, time);
    }

    private async ValueTask AnswerAsync(HttpContext context, string path, long start, Outcome outcome)
    {
        string[] parts = path.Length == 0 ? [] : path.Split('/');
        using var answer = new AnswerBuffer();
        string type = Answers.Json;
        switch (parts)
        {
            case ["models", "stats"] when !catalog.Models.ContainsKey("stats"):
                Read(context, outcome, "v2_stats");
                OpenInferenceAnswers.Statistics(answer, ModelDescription.Statistics(catalog.Models.Values, null));
                break;
            case ["models", var name, .. var tail]:
                type = await ModelAsync(context, name, tail, start, outcome, answer).ConfigureAwait(false);
                break;
            case ["repository", .. var tail]:
                await RepositoryAsync(context, tail, outcome, answer).ConfigureAwait(false);
                break;
            default:
                Server(context, parts, outcome, answer);
                break;
        }
        await Answers.SendAsync(context, answer, type).ConfigureAwait(false);
    }

    private void Server(HttpContext context, string[] parts, Outcome outcome, AnswerBuffer answer)
    {
        switch (parts)
        {
            case []:
                Read(context, outcome, "v2_metadata");
                OpenInferenceAnswers.Server(answer);
                break;
            case ["health", "live"]:
                Read(context, outcome, "v2_live");
                answer.Raw("{\"live\":true}"u8);
                break;
            case ["health", "ready"]:
                Read(context, outcome, "v2_ready");
                Ready(context, answer, state.Ready);
                break;
            case ["models"]:
                Read(context, outcome, "v2_models");
                OpenInferenceAnswers.Models(answer, catalog.Models.Values);
                break;
            default:
                throw ServingException.NotFound(
                    "the path must read /v2, /v2/health/live, /v2/health/ready, /v2/models, "
                        + "/v2/models/NAME[/versions/V][/infer|/ready|/config|/stats] or /v2/repository/..."
                );
        }
    }

    /// <summary>Answers what is below one model; returns the answer's type.</summary>
    private async ValueTask<string> ModelAsync(
        HttpContext context,
        string name,
        string[] tail,
        long start,
        Outcome outcome,
        AnswerBuffer answer
    )
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
                Read(context, outcome, "v2_model");
                using (Lease lease = model.Hold(choice))
                    OpenInferenceAnswers.Metadata(answer, model, lease.Version.Scorer);
                return Answers.Json;
            case ["config"]:
                Read(context, outcome, "v2_model_config");
                using (Lease lease = model.Hold(choice))
                    OpenInferenceAnswers.Configuration(answer, name, lease.Version.Scorer);
                return Answers.Json;
            case ["stats"]:
                Read(context, outcome, "v2_stats");
                model.Hold(choice).Dispose(); // 404 for a version that does not serve
                OpenInferenceAnswers.Statistics(answer, ModelDescription.Statistics([model], choice.Number));
                return Answers.Json;
            case ["ready"]:
                Read(context, outcome, "v2_model_ready");
                ModelReady(
                    context,
                    answer,
                    name,
                    choice.Number is null
                        ? model.Available.Length > 0
                        : model.Available.Any(v => v.Number == choice.Number)
                );
                return Answers.Json;
            case ["infer"]:
                Verbs.Require(context, Verbs.Post);
                outcome.Method = "v2_infer";
                return await InferAsync(context, model, choice, start, outcome, answer).ConfigureAwait(false);
            default:
                throw ServingException.NotFound(
                    "the path must read /v2/models/NAME[/versions/V][/infer|/ready|/config|/stats]"
                );
        }
    }

    private async ValueTask<string> InferAsync(
        HttpContext context,
        ServedModel model,
        VersionChoice choice,
        long start,
        Outcome outcome,
        AnswerBuffer answer
    )
    {
        using Lease lease = model.Hold(choice);
        ModelVersion version = lease.Version;
        outcome.Use(version.Number, version.Statistics);
        context.Response.Headers[VocabularyIdentity.VersionHeader] = version.NumberText;
        int? json = BinaryTensors.JsonLength(context.Request);
        OpenInferenceRequest request = await BodyReader
            .ReadAsync(
                context.Request,
                settings.Limits.MaxBodyBytes,
                body => OpenInferenceReader.Read(body, json, version.Input, settings.Limits)
            )
            .ConfigureAwait(false);
        if (request.Input.Kind == InputKind.Ids)
            VocabularyCheck.Check(
                version,
                (string?)context.Request.Headers[VocabularyIdentity.Header] ?? request.Vocabulary,
                settings.RequireVocabulary
            );
        outcome.Texts = request.Input.Count;
        log.Texts(outcome, request.Input);
        long deadline = start + (long)(settings.Limits.RequestTimeout.TotalSeconds * Stopwatch.Frequency);
        float[] scores = await Scoring
            .ScoreAsync(version, request.Input, settings.Limits, deadline, context.RequestAborted)
            .ConfigureAwait(false);
        OpenInferenceAnswers.Scores(answer, version, request.Id, scores, request.Binary);
        if (!request.Binary)
            return Answers.Json;
        context.Response.Headers[BinaryTensors.Header] = answer.Written.Length.ToString(CultureInfo.InvariantCulture);
        answer.LittleEndian(scores);
        return BinaryTensors.ContentType;
    }

    private async ValueTask RepositoryAsync(HttpContext context, string[] parts, Outcome outcome, AnswerBuffer answer)
    {
        switch (parts)
        {
            case ["index"]:
                Verbs.Require(context, Verbs.Post);
                outcome.Method = "v2_repository_index";
                bool ready = await OrderAsync(
                        context,
                        order =>
                            order?.TryGetProperty("ready", out JsonElement only) is true
                            && only.ValueKind == JsonValueKind.True
                    )
                    .ConfigureAwait(false);
                OpenInferenceAnswers.Index(answer, repository.Index(context, ready));
                break;
            case ["models", var name, "load"]:
                Verbs.Require(context, Verbs.Post);
                outcome.Method = "v2_load";
                bool overrides = await OrderAsync(
                        context,
                        order =>
                            order?.TryGetProperty("parameters", out JsonElement given) is true
                            && given.ValueKind == JsonValueKind.Object
                            && given.EnumerateObject().Any()
                    )
                    .ConfigureAwait(false);
                await repository.LoadAsync(name, overrides, context).ConfigureAwait(false);
                answer.Raw("{}"u8);
                break;
            case ["models", var name, "unload"]:
                Verbs.Require(context, Verbs.Post);
                outcome.Method = "v2_unload";
                await OrderAsync(context, _ => true).ConfigureAwait(false);
                await repository.UnloadAsync(name, context).ConfigureAwait(false);
                answer.Raw("{}"u8);
                break;
            default:
                throw ServingException.NotFound(
                    "the path must read /v2/repository/index or /v2/repository/models/NAME/load or /unload"
                );
        }
    }

    /// <summary>Reads the small object, or nothing, that calls of the repository have as their body.</summary>
    private static ValueTask<bool> OrderAsync(HttpContext context, Func<JsonElement?, bool> read) =>
        BodyReader.ReadAsync(
            context.Request,
            LongestOrder,
            body =>
            {
                if (body.Trim(" \t\r\n"u8).IsEmpty)
                    return read(null);
                try
                {
                    using JsonDocument document = JsonDocument.Parse(body.ToArray());
                    return document.RootElement.ValueKind == JsonValueKind.Object
                        ? read(document.RootElement)
                        : throw ServingException.Invalid("the body must be empty or a JSON object");
                }
                catch (JsonException error)
                {
                    throw PredictReader.Unreadable(error);
                }
            }
        );

    private static void Read(HttpContext context, Outcome outcome, string method)
    {
        Verbs.Require(context, Verbs.Read);
        outcome.Method = method;
    }

    private static void ModelReady(HttpContext context, AnswerBuffer answer, string name, bool ready)
    {
        if (!ready)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        answer.Raw("{\"name\":"u8);
        answer.String(name);
        answer.Raw(ready ? ",\"ready\":true}"u8 : ",\"ready\":false}"u8);
    }

    private static void Ready(HttpContext context, AnswerBuffer answer, bool ready)
    {
        if (!ready)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        answer.Raw(ready ? "{\"ready\":true}"u8 : "{\"ready\":false}"u8);
    }
}
