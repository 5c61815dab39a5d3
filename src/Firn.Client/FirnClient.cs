using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Firn.Evaluation;
using Firn.Text;

namespace Firn.Client;

/// <summary>
/// Scores texts on a Firn server and sends it one or two bytes a token: it fetches the model's vocabulary and cleaning
/// rules once, cleans and tokenizes here, and follows when the model changes. Safe for use by many threads; keep one
/// for the life of the program, since it pools connections.
/// </summary>
public sealed class FirnClient : IDisposable
{
    // A model may be replaced again while its new vocabulary is on the way; more than this is no coincidence.
    private const int VocabularyChanges = 3;

    private readonly FirnClientOptions _options;
    private readonly HttpClient _http;
    private readonly string _path;
    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile RemoteVocabulary? _vocabulary;
    private readonly ConcurrentDictionary<RuleKey, LabelRule> _rules = new();

    /// <summary>Makes a client; nothing is sent yet.</summary>
    public FirnClient(FirnClientOptions options)
        : this(
            options,
            new SocketsHttpHandler
            {
                MaxConnectionsPerServer = options?.MaxConnections ?? throw new ArgumentNullException(nameof(options)),
                EnableMultipleHttp2Connections = true,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                AutomaticDecompression = DecompressionMethods.GZip,
            }
        ) { }

    /// <summary>Makes a client on a handler of your own; it is disposed of with the client.</summary>
    public FirnClient(FirnClientOptions options, HttpMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        _options = options;
        _http = new HttpClient(handler)
        {
            BaseAddress = options.Server,
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        if (options.ApiKey is { } key)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        string label = options.Label is { } l ? $"/labels/{Uri.EscapeDataString(l)}" : "";
        _path = $"/v1/models/{Uri.EscapeDataString(options.Model)}{label}";
    }

    /// <summary>The hash of the vocabulary in use; null before the first call.</summary>
    public string? VocabularyHash => _vocabulary?.Hash;

    /// <summary>Scores one text.</summary>
    /// <exception cref="ServerException">The server refused, or could not be reached in time.</exception>
    public async Task<TextScores> PredictAsync(string text, CancellationToken cancellation = default) =>
        (await PredictAsync([text], cancellation).ConfigureAwait(false))[0];

    /// <summary>Scores texts, in order.</summary>
    /// <exception cref="ServerException">The server refused, or could not be reached in time.</exception>
    public async Task<IReadOnlyList<TextScores>> PredictAsync(
        IReadOnlyList<string> texts,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.Timeout);
        long start = Stopwatch.GetTimestamp();
        var scores = new List<TextScores>(texts.Count);
        try
        {
            for (int first = 0; first < texts.Count; first += _options.MaxTexts)
                await ScoreAsync([.. texts.Skip(first).Take(_options.MaxTexts)], scores, start, limit.Token)
                    .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerException($"no answer within {_options.Timeout.TotalSeconds:0.###} s", null);
        }
        return scores;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _fetching.Dispose();
    }

    private async Task ScoreAsync(string[] texts, List<TextScores> scores, long start, CancellationToken cancellation)
    {
        RemoteVocabulary now = _vocabulary ?? await FetchAsync(null, start, cancellation).ConfigureAwait(false);
        for (int change = 0; ; change++)
        {
            (byte[] body, int[] counts) = Pack(now, texts);
            using HttpResponseMessage answer = await SendAsync(() => Request(body, now.Hash), start, cancellation)
                .ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.Conflict && change < VocabularyChanges)
            {
                now = await FetchAsync(now, start, cancellation).ConfigureAwait(false);
                continue;
            }
            await ThrowIfRefusedAsync(answer, cancellation).ConfigureAwait(false);
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            long version = VersionOf(answer);
            LabelRule? rule = await RuleAsync(new RuleKey(version, RuleTag(answer), now.Hash), start, cancellation)
                .ConfigureAwait(false);
            Unpack(bytes, counts, version, rule, scores);
            return;
        }
    }

    private HttpRequestMessage Request(byte[] body, string hash)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _path + ":predict")
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(PackedIds.ContentType);
        request.Headers.TryAddWithoutValidation(VocabularyIdentity.Header, hash[..VocabularyIdentity.ShortestHash]);
        return request;
    }

    /// <summary>
    /// The vocabulary after <paramref name="before"/>; calls that wait for the same change fetch it once.
    /// </summary>
    private async Task<RemoteVocabulary> FetchAsync(
        RemoteVocabulary? before,
        long start,
        CancellationToken cancellation
    )
    {
        await _fetching.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_vocabulary is { } other && other != before)
                return other;
            using HttpResponseMessage answer = await SendAsync(
                    () => new HttpRequestMessage(HttpMethod.Get, _path + "/vocabulary"),
                    start,
                    cancellation
                )
                .ConfigureAwait(false);
            await ThrowIfRefusedAsync(answer, cancellation).ConfigureAwait(false);
            byte[] file = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return _vocabulary = RemoteVocabulary.Read(
                file,
                Header(answer, VocabularyIdentity.CleaningHeader),
                Header(answer, VocabularyIdentity.Header),
                MaxTokens(answer),
                TruncationOf(answer)
            );
        }
        finally
        {
            _fetching.Release();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> make,
        long start,
        CancellationToken cancellation
    )
    {
        for (int retry = 0; ; retry++)
        {
            TimeSpan wait = _options.Backoff * (Math.Pow(2, Math.Min(retry, 30)) * (0.5 + Random.Shared.NextDouble()));
            try
            {
                using HttpRequestMessage request = make();
                if (_options.Http2)
                    (request.Version, request.VersionPolicy) = (
                        HttpVersion.Version20,
                        HttpVersionPolicy.RequestVersionExact
                    );
                HttpResponseMessage answer = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
                if (retry == _options.Retries || !PassesAway(answer.StatusCode))
                    return answer;
                if (AskedToWait(answer) is { } asked && asked > wait)
                    wait = asked;
                // To come back earlier than asked would help nobody; with too little time left the refusal is the
                // answer.
                if (wait > _options.Timeout - Stopwatch.GetElapsedTime(start))
                    return answer;
                answer.Dispose();
            }
            catch (HttpRequestException error)
            {
                if (retry == _options.Retries)
                    throw new ServerException($"{_options.Server}: {error.Message}", null, error);
            }
            await Task.Delay(wait, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The least time that the server asks to wait: in seconds, or until a date.</summary>
    private static TimeSpan? AskedToWait(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - DateTimeOffset.UtcNow,
            _ => null,
        };

    private static bool PassesAway(HttpStatusCode status) =>
        status
            is HttpStatusCode.TooManyRequests
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout;

    private static (byte[] Body, int[] Counts) Pack(RemoteVocabulary vocabulary, string[] texts)
    {
        var body = new List<byte>(texts.Length * 16);
        var ids = new List<int>();
        int[] counts = new int[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            ids.Clear();
            counts[i] = vocabulary.Encode(texts[i], ids);
            PackedIds.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids), body);
        }
        return ([.. body], counts);
    }

    /// <summary>
    /// The rule of the version that answered; fetched where it is not at hand. Null from a server that has none.
    /// </summary>
    private async Task<LabelRule?> RuleAsync(RuleKey key, long start, CancellationToken cancellation)
    {
        if (_rules.TryGetValue(key, out LabelRule? known))
            return known;
        string place = _options.Label is null
            ? string.Create(CultureInfo.InvariantCulture, $"{_path}/versions/{key.Version}/rule")
            : _path + "/rule";
        using HttpResponseMessage answer = await SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, place),
                start,
                cancellation
            )
            .ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        await ThrowIfRefusedAsync(answer, cancellation).ConfigureAwait(false);
        byte[] json = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _rules[key with { Tag = RuleTag(answer) }] = LabelRules.Deserialize(json);
        }
        catch (JsonException error)
        {
            throw new ServerException(
                $"{place} does not hold a rule for labels; is this a Firn server? ({error.Message})",
                answer.StatusCode,
                error
            );
        }
    }

    private static string RuleTag(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues(LabelRules.Header, out IEnumerable<string>? values) ? values.First() : "";

    private static void Unpack(byte[] bytes, int[] counts, long version, LabelRule? rule, List<TextScores> scores)
    {
        if (bytes.Length == 0 || bytes.Length % (counts.Length * sizeof(float)) != 0)
            throw new ServerException(
                $"the answer holds {bytes.Length} bytes, which is no whole number of scores for {counts.Length} texts",
                null
            );
        int width = bytes.Length / sizeof(float) / counts.Length;
        for (int i = 0; i < counts.Length; i++)
        {
            float[] row = new float[width];
            for (int k = 0; k < width; k++)
                row[k] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan((i * width + k) * sizeof(float)));
            var score = new TextScores(row, counts[i], version);
            if (rule is not null)
            {
                LabelDecision decision = rule.Decide(row);
                score = score with
                {
                    Label = decision.Label,
                    Score = decision.Probability,
                    Abstained = decision.Abstained,
                };
            }
            scores.Add(score);
        }
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.IsSuccessStatusCode)
            return;
        string body = await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        string message = body;
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            if (json.RootElement.TryGetProperty("error", out JsonElement error))
                message = error.ToString();
        }
        catch (JsonException)
        {
            // A proxy's page, perhaps; its own text says more than nothing.
        }
        throw new ServerException($"{(int)answer.StatusCode}: {message}", answer.StatusCode);
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values)
            ? values.First()
            : throw new ServerException(
                $"the answer lacks the header {name}; is this a Firn server?",
                answer.StatusCode
            );

    private static int MaxTokens(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues(VocabularyIdentity.MaxTokensHeader, out IEnumerable<string>? values)
        && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out int most)
            ? most
            : int.MaxValue;

    private static Truncation TruncationOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues(VocabularyIdentity.TruncationHeader, out IEnumerable<string>? values)
        && Enum.TryParse(values.First(), out Truncation truncation)
            ? truncation
            : Truncation.Tail;

    private static long VersionOf(HttpResponseMessage answer) =>
        long.TryParse(
            Header(answer, VocabularyIdentity.VersionHeader),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long version
        )
            ? version
            : 0;

    /// <summary>
    /// By what rules are kept: while one version takes over from another, answers of both come in, and of the one that
    /// has gone nothing can be asked any more.
    /// </summary>
    private readonly record struct RuleKey(long Version, string Tag, string Vocabulary);
}
