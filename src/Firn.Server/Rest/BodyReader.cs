using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Firn.Server.Contracts;
using Firn.Server.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Firn.Server.Rest;

/// <summary>Reads a request's body whole, plain or gzip, up to a limit that holds after decompression too.</summary>
internal static class BodyReader
{
    private const int FirstDecompressed = 16 << 10;

    /// <summary>
    /// Calls <paramref name="use"/> with the body's bytes, which are valid during the call only.
    /// </summary>
    /// <exception cref="ServingException">
    /// The body is too long, is not what its encoding says, or has an encoding that is not known.
    /// </exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, int limit, Func<ReadOnlySpan<byte>, T> use)
    {
        bool gzip = IsGzip(request.Headers.ContentEncoding);
        CheckCharset(request.ContentType);
        PipeReader pipe = request.BodyReader;
        CancellationToken aborted = request.HttpContext.RequestAborted;
        ReadResult read;
        while (true)
        {
            read = await pipe.ReadAsync(aborted).ConfigureAwait(false);
            if (read.Buffer.Length > limit)
            {
                pipe.AdvanceTo(read.Buffer.End);
                throw TooLong(limit);
            }
            if (read.IsCompleted)
                break;
            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
        try
        {
            if (gzip)
                return await UnzipAsync(read.Buffer, limit, pipe as GuardedBody, use, aborted).ConfigureAwait(false);
            if (read.Buffer.IsSingleSegment && read.Buffer.Length < LargeBodies.Least)
                return use(read.Buffer.FirstSpan);
            return read.Buffer.Length < LargeBodies.Least
                ? UseCopy(read.Buffer, ArrayPool<byte>.Shared, use)
                : await LargeBodies
                    .ReadAsync(() => UseCopy(read.Buffer, LargeBodies.Arrays, use), aborted)
                    .ConfigureAwait(false);
        }
        finally
        {
            pipe.AdvanceTo(read.Buffer.End);
        }
    }

    private static T UseCopy<T>(ReadOnlySequence<byte> body, ArrayPool<byte> arrays, Func<ReadOnlySpan<byte>, T> use)
    {
        int length = (int)body.Length;
        byte[] whole = arrays.Rent(length);
        try
        {
            body.CopyTo(whole);
            return use(whole.AsSpan(0, length));
        }
        finally
        {
            arrays.Return(whole);
        }
    }

    private static async ValueTask<T> UnzipAsync<T>(
        ReadOnlySequence<byte> body,
        int limit,
        GuardedBody? guard,
        Func<ReadOnlySpan<byte>, T> use,
        CancellationToken aborted
    )
    {
        byte[] plain = ArrayPool<byte>.Shared.Rent(FirstDecompressed);
        ArrayPool<byte> owner = ArrayPool<byte>.Shared;
        try
        {
            using var source = new MemoryStream(body.ToArray(), writable: false);
            await using var unzip = new GZipStream(source, CompressionMode.Decompress);
            int length = 0;
            while (true)
            {
                int more = unzip.Read(plain, length, plain.Length - length);
                if (more == 0)
                    break;
                length += more;
                if (length > limit)
                    throw TooLong(limit);
                if (length == plain.Length)
                {
                    guard?.Charge(body.Length + plain.Length * 2L);
                    ArrayPool<byte> next =
                        plain.Length * 2 < LargeBodies.Least ? ArrayPool<byte>.Shared : LargeBodies.Arrays;
                    byte[] larger = next.Rent(plain.Length * 2);
                    plain.AsSpan(0, length).CopyTo(larger);
                    owner.Return(plain);
                    (plain, owner) = (larger, next);
                }
            }
            return length < LargeBodies.Least
                ? use(plain.AsSpan(0, length))
                : await LargeBodies.ReadAsync(() => use(plain.AsSpan(0, length)), aborted).ConfigureAwait(false);
        }
        catch (InvalidDataException error)
        {
            throw ServingException.Invalid($"the body is not gzip though Content-Encoding says so: {error.Message}");
        }
        finally
        {
            owner.Return(plain);
        }
    }

    private static bool IsGzip(StringValues encoding)
    {
        if (encoding.Count == 0)
            return false;
        string text = encoding.ToString();
        if (text.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            return true;
        if (text.Length == 0 || text.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return false;
        throw new UnsupportedMediaException($"Content-Encoding '{text}' is not known; send the body plain or as gzip");
    }

    private static void CheckCharset(string? contentType)
    {
        int at = contentType?.IndexOf("charset=", StringComparison.OrdinalIgnoreCase) ?? -1;
        if (at < 0)
            return;
        ReadOnlySpan<char> charset = contentType.AsSpan(at + "charset=".Length).Trim().Trim('"');
        if (
            !charset.StartsWith("utf-8", StringComparison.OrdinalIgnoreCase)
            && !charset.StartsWith("us-ascii", StringComparison.OrdinalIgnoreCase)
        )
            throw new UnsupportedMediaException($"charset '{charset}' is not known; JSON is sent in UTF-8");
    }

    private static BadHttpRequestException TooLong(int limit) =>
        new($"the body is longer than {limit} bytes; send fewer texts at a time", StatusCodes.Status413PayloadTooLarge);
}

/// <summary>A body in an encoding that is not understood: 415.</summary>
internal sealed class UnsupportedMediaException(string message)
    : BadHttpRequestException(message, StatusCodes.Status415UnsupportedMediaType);
