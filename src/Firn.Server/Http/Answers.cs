using System.IO.Compression;
using Firn.Client;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Http;

/// <summary>Sends answers and errors.</summary>
internal static class Answers
{
    public const string Json = "application/json";

    // Below this a gzip answer is longer than the plain one.
    private const int MinGzip = 256;

    /// <summary>Sends the buffer, gzip where the client takes it and it pays.</summary>
    public static async ValueTask SendAsync(HttpContext context, AnswerBuffer answer, string contentType = Json)
    {
        HttpResponse response = context.Response;
        response.ContentType = contentType;
        ReadOnlyMemory<byte> bytes = answer.Written;
        if (bytes.Length >= MinGzip && TakesGzip(context.Request))
        {
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = "Accept-Encoding";
            bytes = Gzip(bytes.Span);
        }
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.BodyWriter.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Sends <c>{"error": ...}</c>; with the vocabulary's hash where that was what did not fit.</summary>
    public static async ValueTask SendErrorAsync(
        HttpContext context,
        int status,
        string message,
        string? vocabulary = null,
        int retryAfter = 0
    )
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        HttpResponse response = context.Response;
        response.StatusCode = status;
        if (retryAfter > 0)
            response.Headers.RetryAfter = retryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var answer = new AnswerBuffer();
        answer.Raw("{\"error\":"u8);
        answer.String(message);
        if (vocabulary is not null)
        {
            response.Headers.ETag = $"\"{vocabulary}\"";
            response.Headers[VocabularyIdentity.Header] = vocabulary;
            answer.Raw(",\"vocabulary\":"u8);
            answer.String(vocabulary);
        }
        answer.Raw("}"u8);
        await SendAsync(context, answer).ConfigureAwait(false);
    }

    public static bool TakesGzip(HttpRequest request)
    {
        foreach (string? value in request.Headers.AcceptEncoding)
        {
            if (
                value is not null
                && value.Contains("gzip", StringComparison.OrdinalIgnoreCase)
                && !value.Contains("gzip;q=0,", StringComparison.Ordinal)
                && !value.EndsWith("gzip;q=0", StringComparison.Ordinal)
            )
            {
                return true;
            }
        }
        return false;
    }

    public static byte[] Gzip(ReadOnlySpan<byte> plain)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(plain);
        return packed.ToArray();
    }
}
