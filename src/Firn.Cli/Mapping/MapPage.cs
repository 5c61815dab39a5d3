using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Firn.Cli.Mapping;

/// <summary>
/// A map as one HTML page that needs nothing from a network: hover for neighbors, search, drag and zoom.
/// </summary>
internal static class MapPage
{
    public static string Render(WordMap map)
    {
        var words = new JsonArray();
        for (int i = 0; i < map.Words.Count; i++)
        {
            words.Add(
                new JsonArray(
                    map.Words[i],
                    Math.Round(map.Points[i, 0], 5),
                    Math.Round(map.Points[i, 1], 5),
                    new JsonArray([
                        .. map.Neighbors[i].Select(n => (JsonNode)new JsonArray(n.Word, Math.Round(n.Similarity, 3))),
                    ]),
                    map.Seeds.Contains(i) ? 1 : 0
                )
            );
        }
        using var stream = typeof(MapPage).Assembly.GetManifestResourceStream("Firn.Cli.Mapping.map.html")!;
        using var reader = new StreamReader(stream);
        // The serializer escapes '<', so no word can end the script.
        return reader
            .ReadToEnd()
            .Replace("{{title}}", WebUtility.HtmlEncode(map.Title), StringComparison.Ordinal)
            .Replace(
                "{{subtitle}}",
                WebUtility.HtmlEncode(
                    string.Create(CultureInfo.InvariantCulture, $"{map.Words.Count:N0} words, {map.Method}")
                ),
                StringComparison.Ordinal
            )
            .Replace("{{words}}", words.ToJsonString(), StringComparison.Ordinal);
    }
}
