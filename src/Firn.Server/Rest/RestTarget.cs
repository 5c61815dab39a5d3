using System.Globalization;
using Firn.Server.Contracts;
using Firn.Server.Models;

namespace Firn.Server.Rest;

/// <summary>What a path below <c>/v1/models/</c> points at.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Choice">Which version.</param>
/// <param name="Method">
/// <c>predict</c>, <c>classify</c>, <c>regress</c>, <c>metadata</c>, <c>vocabulary</c>, <c>rule</c>, or empty for the
/// status.
/// </param>
internal readonly record struct RestTarget(string Model, VersionChoice Choice, string Method)
{
    /// <summary>
    /// Reads <c>NAME[/versions/V|/labels/L][:METHOD|/metadata|/vocabulary|/rule]</c>, what follows <c>/v1/models/</c>.
    /// </summary>
    /// <exception cref="ServingException">The path has another form, or a version is no number.</exception>
    public static RestTarget Parse(string rest)
    {
        string path = rest;
        string method = "";
        int colon = path.LastIndexOf(':');
        if (colon >= 0)
        {
            method = path[(colon + 1)..] switch
            {
                "predict" => "predict",
                "classify" => "classify",
                "regress" => "regress",
                string other => throw ServingException.NotFound(
                    $"there is no method '{other}'; write predict, classify or regress after the colon"
                ),
            };
            path = path[..colon];
        }
        else if (path.EndsWith("/metadata", StringComparison.Ordinal))
        {
            method = "metadata";
            path = path[..^"/metadata".Length];
        }
        else if (path.EndsWith("/vocabulary", StringComparison.Ordinal))
        {
            method = "vocabulary";
            path = path[..^"/vocabulary".Length];
        }
        else if (
            path.EndsWith("/rule", StringComparison.Ordinal) && !path.EndsWith("/labels/rule", StringComparison.Ordinal)
        )
        {
            method = "rule";
            path = path[..^"/rule".Length];
        }
        string[] parts = path.Split('/');
        if (parts[0].Length == 0)
            throw Malformed();
        return parts.Length switch
        {
            1 => new RestTarget(parts[0], VersionChoice.Newest, method),
            3 when parts[1] == "versions" => new RestTarget(
                parts[0],
                new VersionChoice(Number(parts[2]), null),
                method
            ),
            3 when parts[1] == "labels" && parts[2].Length > 0 => new RestTarget(
                parts[0],
                new VersionChoice(null, parts[2]),
                method
            ),
            _ => throw Malformed(),
        };
    }

    /// <summary>A version as it stands in a path.</summary>
    /// <exception cref="ServingException">It is no whole number.</exception>
    public static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw ServingException.Invalid($"'{text}' is no version number");

    private static ServingException Malformed() =>
        ServingException.NotFound(
            "Malformed request: the path must read "
                + "/v1/models/NAME[/versions/V|/labels/L][:predict|:classify|:regress|/metadata|/vocabulary|/rule]"
        );
}
