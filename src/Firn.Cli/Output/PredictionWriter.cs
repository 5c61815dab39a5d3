using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Scoring;
using Firn.Evaluation;

namespace Firn.Cli.Output;

/// <summary>How predictions are written.</summary>
internal enum PredictionFormat
{
    /// <summary>
    /// label, tab, score; then, each behind a tab: the likeliest classes and the text where asked for, and "no known
    /// word" where the model knows none.
    /// </summary>
    Text,

    /// <summary>One object for all, written as it grows, so that its size does not matter.</summary>
    Json,

    /// <summary>One object a line.</summary>
    JsonLines,
}

/// <summary>Writes predictions one after the other.</summary>
internal sealed class PredictionWriter(TextWriter output, IReadOnlyList<string> labels, PredictionFormat format)
{
    private long _count;

    /// <summary>Whether texts are written behind their labels.</summary>
    public bool Echo { get; init; }

    /// <summary>
    /// That many of the likeliest classes are written too; 0 for none, in JSON for all in the order of the classes.
    /// </summary>
    public int Top { get; init; }

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
                output.Write(
                    string.Create(CultureInfo.InvariantCulture, $"{prediction.Label}\t{prediction.Score:0.0000}")
                );
                foreach (int c in Likeliest.Of(prediction, labels.Count, Top))
                    output.Write(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"\t{labels[c]}\t{LabelRule.ProbabilityOf(c, prediction.Probabilities):0.0000}"
                        )
                    );
                if (Echo)
                    output.Write($"\t{text}");
                output.Write(prediction.HasNoKnownToken ? "\tno known word\n" : "\n");
                break;
            case PredictionFormat.Json:
                output.Write(_count == 0 ? "\n    " : ",\n    ");
                output.Write(Json.Line(AsJson(text, prediction)));
                break;
            default:
                output.Write(Json.Line(AsJson(text, prediction)));
                output.Write('\n');
                break;
        }
        _count++;
    }

    public void End(TimeSpan elapsed)
    {
        if (format == PredictionFormat.Json)
            output.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(_count == 0 ? "" : "\n  ")}],\n  \"count\": {_count},\n  \"elapsedMilliseconds\": "
                        + $"{elapsed.TotalMilliseconds:0.###}"
                ) + "\n}\n"
            );
    }

    private JsonObject AsJson(string text, Prediction prediction)
    {
        var probabilities = new JsonObject();
        foreach (int c in Top > 0 ? Likeliest.Of(prediction, labels.Count, Top) : Enumerable.Range(0, labels.Count))
            probabilities[labels[c]] = Json.Number(LabelRule.ProbabilityOf(c, prediction.Probabilities));
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
