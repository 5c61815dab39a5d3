using System.Diagnostics;
using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Models;
using Firn.Server.Settings;

namespace Firn.Server.Inference;

/// <summary>The way of every request, whatever its protocol: check, encode, score.</summary>
internal static class Scoring
{
    // Characters that are cleaned between two looks at the time and at the client; others get the thread in between.
    private const int CharactersAtOnce = 1 << 15;

    /// <summary>Scores a request's texts on a version that the caller holds; the result is [N,K].</summary>
    /// <exception cref="ServingException">
    /// The input does not fit the model, or the server is overloaded, or time is up.
    /// </exception>
    public static async ValueTask<float[]> ScoreAsync(
        ModelVersion version,
        ModelInput input,
        ServingLimits limits,
        long deadline,
        CancellationToken aborted
    )
    {
        if (input.Count == 0)
            throw ServingException.Invalid("the request holds no instance; send at least one");
        if (input.Count > limits.MaxInstances)
        {
            throw ServingException.Invalid(
                $"the request holds {input.Count} instances and at most {limits.MaxInstances} are allowed; send it "
                    + $"in parts"
            );
        }
        ScoreJob job = input.Kind switch
        {
            InputKind.Texts => await EncodeAsync(version, input, limits, deadline, aborted).ConfigureAwait(false),
            InputKind.Ids => Trim(version, input, limits, deadline, aborted),
            _ => Vectors(version, input, limits, deadline, aborted),
        };
        using Activity? span = Telemetry.Tracing.Source.StartActivity("score");
        span?.SetTag("firn.model", version.Model)
            .SetTag("firn.version", version.Number)
            .SetTag("firn.texts", job.Count);
        await version.Batcher.ScoreAsync(job).ConfigureAwait(false);
        if (input.Kind == InputKind.Vectors)
            version.Input.SpreadNaN(input.Vectors, input.Offsets, job.Probabilities);
        return job.Probabilities;
    }

    private static async ValueTask<ScoreJob> EncodeAsync(
        ModelVersion version,
        ModelInput input,
        ServingLimits limits,
        long deadline,
        CancellationToken aborted
    )
    {
        IReadOnlyList<string> texts = input.Texts;
        CheckCharacters(texts, limits);
        var ids = new List<int>();
        var unseen = new List<float>();
        int[] offsets = new int[texts.Count + 1];
        for (int i = 0, cleaned = 0; i < texts.Count; i++)
        {
            version.Scorer.Encode(texts[i], ids, unseen);
            offsets[i + 1] = ids.Count;
            cleaned += texts[i].Length;
            if (cleaned < CharactersAtOnce)
                continue;
            cleaned = 0;
            ScoreJob.ThrowIfUseless(deadline, aborted);
            await Task.Yield();
        }
        input.Encoded = offsets;
        float[]? spelled = unseen.Exists(value => value != 0) ? unseen.ToArray() : null;
        return new ScoreJob(ids.ToArray(), offsets, version.Scorer.OutputSize)
        {
            Unseen = spelled,
            Deadline = deadline,
            Aborted = aborted,
        };
    }

    private static void CheckCharacters(IReadOnlyList<string> texts, ServingLimits limits)
    {
        long all = 0;
        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i].Length > limits.MaxCharacters)
            {
                throw ServingException.Invalid(
                    $"instance {i} has {texts[i].Length} characters and at most {limits.MaxCharacters} are allowed; "
                        + $"shorten it or cut it in parts"
                );
            }
            all += texts[i].Length;
        }
        if (all > limits.MaxRequestCharacters)
        {
            throw ServingException.Invalid(
                $"the texts have {all} characters and a request may have {limits.MaxRequestCharacters}; send them in "
                    + $"parts"
            );
        }
    }

    private static ScoreJob Trim(
        ModelVersion version,
        ModelInput input,
        ServingLimits limits,
        long deadline,
        CancellationToken aborted
    )
    {
        CheckTokens(input.Ids.Length, limits);
        int[] ids = new int[input.Ids.Length];
        int[] offsets = new int[input.Offsets.Length];
        int end = 0;
        for (int i = 0; i < input.Count; i++)
        {
            CheckLength(input.Offsets[i + 1] - input.Offsets[i], i, limits);
            ReadOnlySpan<int> text = version.Input.WithoutPads(
                input.Ids.AsSpan(input.Offsets[i]..input.Offsets[i + 1]),
                i
            );
            text.CopyTo(ids.AsSpan(end));
            end += text.Length;
            offsets[i + 1] = end;
        }
        if (end < ids.Length)
            Array.Resize(ref ids, end);
        return new ScoreJob(ids, offsets, version.Scorer.OutputSize) { Deadline = deadline, Aborted = aborted };
    }

    private static ScoreJob Vectors(
        ModelVersion version,
        ModelInput input,
        ServingLimits limits,
        long deadline,
        CancellationToken aborted
    )
    {
        if (!version.Scorer.TakesVectors)
        {
            throw new ServingException(
                Grpc.Core.StatusCode.FailedPrecondition,
                $"{version.Model} has a part that reads word n-grams, which vectors do not tell; send texts or ids"
            );
        }
        CheckTokens(input.Offsets[^1], limits);
        for (int i = 0; i < input.Count; i++)
            CheckLength(input.Offsets[i + 1] - input.Offsets[i], i, limits);
        return new ScoreJob(input.Vectors, input.Offsets, version.Scorer.OutputSize)
        {
            Deadline = deadline,
            Aborted = aborted,
        };
    }

    private static void CheckTokens(int tokens, ServingLimits limits)
    {
        if (tokens > limits.MaxRequestTokens)
            throw ServingException.Invalid(
                $"the request has {tokens} tokens and may have {limits.MaxRequestTokens}; send it in parts"
            );
    }

    private static void CheckLength(int tokens, int text, ServingLimits limits)
    {
        if (tokens > limits.MaxTokens)
        {
            throw ServingException.Invalid(
                $"instance {text} has {tokens} tokens and at most {limits.MaxTokens} are allowed; shorten it or cut "
                    + $"it in parts"
            );
        }
    }
}
