using System.Globalization;
using Firn.Server.Contracts;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Inputs;

/// <summary>
/// Triton's extension for values behind the JSON instead of in it, which its clients and KServe's use by default.
/// </summary>
internal static class BinaryTensors
{
    /// <summary>The bytes of JSON at the beginning of a body.</summary>
    public const string Header = "Inference-Header-Content-Length";

    public const string ContentType = "application/octet-stream";

    /// <summary>What the header says; null without it.</summary>
    /// <exception cref="ServingException">It is no length.</exception>
    public static int? JsonLength(HttpRequest request)
    {
        string? text = request.Headers[Header];
        if (text is null)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            ? length
            : throw ServingException.Invalid($"{Header} must be a whole number of bytes");
    }
}
