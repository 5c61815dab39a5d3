using System.Globalization;
using System.Text.Json.Nodes;

namespace Firn.Cli.Output;

/// <summary>How predictions are written.</summary>
internal enum PredictionFormat
{
    /// <summary>label, tab, score; with the text behind another tab where asked for.</summary>
    Text,

    /// <summary>One object for all, written as it grows, so that its size does not matter.</summary>
    Json,

    /// <summary>One object a line.</summary>
    JsonLines,
}

/// <summary>Writes predictions one after the other.</summary>
internal sealed class PredictionWriter(TextWriter output, IReadOnlyList<string> labels, PredictionFormat format, bool echo)
{
    private long count;

    public void Begin()
    {
        if (format == PredictionFormat.Json)
            output.Write("{\n  \"predictions\": [");
    }

    public void Write(string text, Prediction prediction)
    {
        switch (format)
        {
            case PredictionFormat.Text:
                output.Write(string.Create(CultureInfo.InvariantCulture, $"{prediction.Label}\t{prediction.Score:0.0000}"));
                output.Write(echo ? $"\t{text}\n" : "\n");
                break;
            case PredictionFormat.Json:
                output.Write(count == 0 ? "\n    " : ",\n    ");
                output.Write(Json.Line(AsJson(text, prediction)));
                break;
            default:
                output.Write(Json.Line(AsJson(text, prediction)));
                output.Write('\n');
                break;
        }
        count++;
    }

    public void End(TimeSpan elapsed)
    {
        if (format == PredictionFormat.Json)
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? "" : "\n  ")}],\n  \"count\": {count},\n  \"elapsedMilliseconds\": {elapsed.TotalMilliseconds:0.###}") + "\n}\n");
    }

    private JsonObject AsJson(string text, Prediction prediction)
    {
        var probabilities = new JsonObject();
        for (int i = 0; i < labels.Count; i++)
        {
            float value = labels.Count == 2 ? (i == 1 ? prediction.Score : 1 - prediction.Score) : prediction.Probabilities[i];
            probabilities[labels[i]] = Json.Number(value);
        }
        return new JsonObject
        {
            ["text"] = text,
            ["label"] = prediction.Label,
            ["score"] = Json.Number(prediction.Score),
            ["probabilities"] = probabilities,
            ["tokens"] = prediction.Tokens,
            ["knownTokens"] = prediction.KnownTokens,
        };
    }
}
