using System.Diagnostics;
using Firn.Client;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Models;
using Firn.Server.Operations;
using Firn.Server.Rest;
using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Firn.Server.Wire.Serving;
using Grpc.Core;

namespace Firn.Server.Rpc;

/// <summary>What every gRPC method shares: the deadline, errors as statuses, metrics, the version in use.</summary>
internal sealed class GrpcRequests(ModelCatalog catalog, ServerSettings settings, ServerMeters meters, RequestLog log)
{
    public ModelCatalog Catalog => catalog;

    public ServingLimits Limits => settings.Limits;

    /// <summary>Runs one call; every failure leaves as an RpcException with one clear line.</summary>
    public async Task<T> RunAsync<T>(string method, Func<Outcome, ValueTask<T>> answer)
    {
        long start = Stopwatch.GetTimestamp();
        var outcome = new Outcome { Method = method };
        try
        {
            return await answer(outcome).ConfigureAwait(false);
        }
        catch (ServingException error)
        {
            outcome.Code = error.Code;
            var trailers = new Metadata();
            if (error.Vocabulary is { } hash)
                trailers.Add(VocabularyIdentity.Header, hash);
            // gRPC reserves ABORTED for transactions; a wrong vocabulary is a precondition that the client must fix.
            StatusCode code = error.Vocabulary is null ? error.Code : StatusCode.FailedPrecondition;
            throw new RpcException(new Status(code, error.Message), trailers);
        }
        catch (OperationCanceledException)
        {
            outcome.Code = StatusCode.Cancelled;
            throw;
        }
        catch (Exception error) when (error is not RpcException)
        {
            outcome.Code = StatusCode.Internal;
            log.Failure(outcome, error);
            throw new RpcException(
                new Status(StatusCode.Internal, "the server failed on this request; its log names the cause")
            );
        }
        finally
        {
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            meters.Request(outcome, "GRPC", time);
            log.Request("gRPC", outcome, time);
        }
    }

    /// <summary>Takes hold of the version that a request names.</summary>
    public Lease Hold(ModelSpec? spec, Outcome outcome)
    {
        if (string.IsNullOrEmpty(spec?.Name))
            throw ServingException.Invalid("Missing ModelSpec: model_spec.name is needed");
        return Hold(spec.Name, Choice(spec), outcome);
    }

    public Lease Hold(string name, VersionChoice choice, Outcome outcome)
    {
        ServedModel model = catalog.Find(name);
        outcome.Model = name;
        Lease lease = model.Hold(choice);
        outcome.Use(lease.Version.Number, lease.Version.Statistics);
        return lease;
    }

    /// <summary>
    /// Scores an input within the call's deadline; <paramref name="vocabulary"/> is the hash in the message, where it
    /// has one.
    /// </summary>
    public ValueTask<float[]> ScoreAsync(
        ModelVersion version,
        ModelInput input,
        ServerCallContext context,
        Outcome outcome,
        string? vocabulary = null
    )
    {
        if (input.Kind == InputKind.Ids)
            VocabularyCheck.Check(
                version,
                context.RequestHeaders.GetValue(VocabularyIdentity.Header) ?? vocabulary,
                settings.RequireVocabulary
            );
        outcome.Texts = input.Count;
        log.Texts(outcome, input);
        return Scoring.ScoreAsync(version, input, settings.Limits, Deadline(context), context.CancellationToken);
    }

    /// <summary>The version that a spec chooses.</summary>
    public static VersionChoice Choice(ModelSpec? spec) =>
        spec?.VersionChoiceCase switch
        {
            ModelSpec.VersionChoiceOneofCase.Version => new VersionChoice(spec.Version, null),
            ModelSpec.VersionChoiceOneofCase.VersionLabel => new VersionChoice(null, spec.VersionLabel),
            _ => VersionChoice.Newest,
        };

    /// <summary>The spec of an answer: which version it is from.</summary>
    public static ModelSpec Spec(ModelVersion version, string signature) =>
        new()
        {
            Name = version.Model,
            Version = version.Number,
            SignatureName = signature,
        };

    private long Deadline(ServerCallContext context)
    {
        TimeSpan most = settings.Limits.RequestTimeout;
        if (context.Deadline != DateTime.MaxValue)
        {
            TimeSpan left = context.Deadline - DateTime.UtcNow;
            most = left < most ? left : most;
        }
        return Stopwatch.GetTimestamp() + (long)(most.TotalSeconds * Stopwatch.Frequency);
    }
}
