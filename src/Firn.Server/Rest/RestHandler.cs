using System.Diagnostics;
using Firn.Client;
using Firn.Server.Http;
using Firn.Server.Inference;
using Firn.Server.Inputs;
using Firn.Server.Models;
using Firn.Server.Operations;
using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Rest;

/// <summary>TensorFlow Serving's REST interface below <c>/v1/models/</c>, and the vocabulary beside it.</summary>
internal sealed class RestHandler(ModelCatalog catalog, ServerSettings settings, ServerMeters meters, RequestLog log)
{
    /// <summary>Answers one request; every failure becomes a status and one clear line.</summary>
    public async Task HandleAsync(HttpContext context, string rest)
    {
        long start = Stopwatch.GetTimestamp();
        var outcome = new Outcome();
        await RestErrors
            .GuardAsync(context, log, () => AnswerAsync(context, rest, start, outcome), outcome)
            .ConfigureAwait(false);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        meters.Request(outcome, "REST", time);
        log.Request("REST", outcome, time);
    }

    private async ValueTask AnswerAsync(HttpContext context, string rest, long start, Outcome outcome)
    {
        if (rest.Length == 0)
        {
            outcome.Method = "models";
            Verbs.Require(context, Verbs.Read);
            using var list = new AnswerBuffer();
            ModelAnswers.Models(list, catalog.Models.Values);
            await Answers.SendAsync(context, list).ConfigureAwait(false);
            return;
        }
        RestTarget target = RestTarget.Parse(rest);
        ServedModel model = catalog.Find(target.Model);
        outcome.Model = target.Model;
        outcome.Method = target.Method.Length == 0 ? "status" : target.Method;
        if (target.Method.Length == 0)
        {
            Verbs.Require(context, Verbs.Read);
            using var answer = new AnswerBuffer();
            ModelAnswers.Status(answer, model.Statuses(target.Choice));
            await Answers.SendAsync(context, answer).ConfigureAwait(false);
            return;
        }
        using Lease lease = model.Hold(target.Choice);
        ModelVersion version = lease.Version;
        outcome.Use(version.Number, version.Statistics);
        context.Response.Headers[VocabularyIdentity.VersionHeader] = version.NumberText;
        switch (target.Method)
        {
            case "metadata":
                Verbs.Require(context, Verbs.Read);
                using (var answer = new AnswerBuffer())
                {
                    ModelAnswers.Metadata(answer, version);
                    await Answers.SendAsync(context, answer).ConfigureAwait(false);
                }
                return;
            case "vocabulary":
                Verbs.Require(context, Verbs.Read);
                await VocabularyAnswer.SendAsync(context, version.Scorer, settings.Limits).ConfigureAwait(false);
                return;
            case "rule":
                Verbs.Require(context, Verbs.Read);
                await RuleAnswer.SendAsync(context, version.Scorer).ConfigureAwait(false);
                return;
        }
        Verbs.Require(context, Verbs.Post);
        long deadline = start + (long)(settings.Limits.RequestTimeout.TotalSeconds * Stopwatch.Frequency);
        if (target.Method == "predict")
            await PredictAsync(context, version, deadline, outcome).ConfigureAwait(false);
        else
            await ExamplesAsync(context, version, target.Method, deadline, outcome).ConfigureAwait(false);
    }

    private async ValueTask PredictAsync(HttpContext context, ModelVersion version, long deadline, Outcome outcome)
    {
        HttpRequest request = context.Request;
        bool packed =
            request.ContentType?.StartsWith(PackedIds.ContentType, StringComparison.OrdinalIgnoreCase) ?? false;
        PredictRequest predict = await BodyReader
            .ReadAsync(
                request,
                settings.Limits.MaxBodyBytes,
                body =>
                    packed
                        ? PackedReader.Read(body, settings.Limits)
                        : PredictReader.Read(body, version.Input, settings.Limits)
            )
            .ConfigureAwait(false);
        if (predict.Input.Kind == InputKind.Ids)
        {
            string? header = request.Headers[VocabularyIdentity.Header];
            VocabularyCheck.Check(version, header ?? predict.Vocabulary, packed || settings.RequireVocabulary);
        }
        outcome.Texts = predict.Input.Count;
        log.Texts(outcome, predict.Input);
        float[] scores = await Scoring
            .ScoreAsync(version, predict.Input, settings.Limits, deadline, context.RequestAborted)
            .ConfigureAwait(false);
        using var answer = new AnswerBuffer();
        if (packed && WantsBinary(request))
        {
            answer.LittleEndian(scores);
            if (version.Scorer.RuleTag is { Length: > 0 } tag)
                context.Response.Headers[LabelRules.Header] = tag;
            await Answers.SendAsync(context, answer, PackedIds.ScoresType).ConfigureAwait(false);
            return;
        }
        ModelAnswers.Predictions(
            answer,
            scores,
            version.Scorer.OutputSize,
            predict.Rows,
            predict.Input.Kind == InputKind.Texts
                ? Labels(context, new TextLabels(version.Scorer, predict.Input, scores))
                : null
        );
        await Answers.SendAsync(context, answer).ConfigureAwait(false);
    }

    private async ValueTask ExamplesAsync(
        HttpContext context,
        ModelVersion version,
        string method,
        long deadline,
        Outcome outcome
    )
    {
        (string? signature, ModelInput input) = await BodyReader
            .ReadAsync(context.Request, settings.Limits.MaxBodyBytes, body => ExampleReader.Read(body, settings.Limits))
            .ConfigureAwait(false);
        bool classify = method == Signatures.Classify;
        Signatures.CheckExampleMethod(
            signature,
            method,
            classify ? Signatures.ClassifyMethod : Signatures.RegressMethod
        );
        if (!classify)
            ClassScores.CheckRegression(version);
        if (input.Kind == InputKind.Ids)
            VocabularyCheck.Check(
                version,
                context.Request.Headers[VocabularyIdentity.Header],
                settings.RequireVocabulary
            );
        outcome.Texts = input.Count;
        log.Texts(outcome, input);
        float[] scores = await Scoring
            .ScoreAsync(version, input, settings.Limits, deadline, context.RequestAborted)
            .ConfigureAwait(false);
        using var answer = new AnswerBuffer();
        if (classify)
            ModelAnswers.Classes(
                answer,
                scores,
                version.Scorer.Labels,
                version.Scorer.OutputSize,
                Labels(context, new TextLabels(version.Scorer, input, scores))
            );
        else
            ModelAnswers.Values(answer, scores);
        await Answers.SendAsync(context, answer).ConfigureAwait(false);
    }

    /// <summary>
    /// The labels where the client asks for them (<c>?labels</c>) or the scores alone would mislead; else null.
    /// </summary>
    private static TextLabels? Labels(HttpContext context, TextLabels labels) =>
        labels.SayMoreThanScores || context.Request.Query.ContainsKey(Signatures.LabelsOutput) ? labels : null;

    private static bool WantsBinary(HttpRequest request) =>
        request.Headers.Accept.Count == 0
        || request.Headers.Accept.Any(a =>
            a is not null && (a.Contains(PackedIds.ScoresType, StringComparison.OrdinalIgnoreCase) || a == "*/*")
        );
}
