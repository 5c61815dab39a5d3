using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Firn.Bundles;
using Firn.Model;
using Firn.Text;

namespace Firn.Interop.Export;

/// <summary>
/// The files beside an exported model: what makes ids of texts and labels of probabilities, and a self-test.
/// </summary>
internal static class Companions
{
    public const string Vocabulary = "vocabulary.txt",
        Cleaning = "cleaning.json",
        Labels = "labels.json",
        Golden = "golden.json",
        Readme = "README.md";

    private const double Tolerance = 1e-5;
    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string[] Texts =
    [
        "",
        "I love this song, it makes my day!",
        "@someone I don't like it at all :( http://example.com/page #SoSad",
        "Soooo  GOOD!!! &amp; 100% not bad \U0001F600",
    ];

    /// <summary>A word a line; the line's number, from 0, is the id.</summary>
    public static ExportPart VocabularyOf(Predictor predictor) => new(Vocabulary, predictor.Vocabulary.Save);

    /// <summary>How texts become ids.</summary>
    public static ExportPart CleaningOf(Predictor predictor)
    {
        JsonNode? rules = JsonSerializer.SerializeToNode(
            predictor.Tokenizer.Options,
            ModelFileContext.Default.CleaningOptions
        );
        return Json(
            Cleaning,
            new JsonObject
            {
                ["rules"] = rules,
                ["max_tokens"] = predictor.MaxTokens,
                ["truncation"] = predictor.Truncation.ToString(),
                ["unknown_id"] = predictor.Vocabulary.UnknownId > 0 ? predictor.Vocabulary.UnknownId : null,
            }
        );
    }

    /// <summary>What the probabilities are of, and from where on a label is given.</summary>
    public static ExportPart LabelsOf(Predictor predictor) =>
        Json(
            Labels,
            new JsonObject
            {
                ["labels"] = new JsonArray([.. predictor.Labels.Select(l => (JsonNode)l)]),
                ["output"] = NameOf(predictor.Classifier.Options.Output),
                ["threshold"] = predictor.Threshold,
                ["unsure_below"] = predictor.AbstainBelow,
                ["neutral"] = predictor.Neutral is { } band
                    ? new JsonObject
                    {
                        ["low"] = band.Low,
                        ["high"] = band.High,
                        ["label"] = band.Label,
                    }
                    : null,
            }
        );

    /// <summary>Ids and the probabilities that the exported model must give them.</summary>
    /// <param name="predictor">Makes the ids.</param>
    /// <param name="model">The model that is exported.</param>
    /// <param name="emptyToo">Whether the exported model answers a text without words as this one does.</param>
    public static ExportPart GoldenOf(Predictor predictor, TextClassifier model, bool emptyToo)
    {
        int count = predictor.Vocabulary.Count;
        string[] texts =
        [
            .. Texts,
            Frequent(predictor.Vocabulary, 1, 24),
            Frequent(predictor.Vocabulary, count / 2, 12),
        ];
        RaggedIds encoded = predictor.Encode(texts);
        // Ids alone, without what the spelling of words that have none says.
        var ids = new RaggedIds(encoded.Ids, encoded.Offsets);
        int columns = model.Options.OutputSize;
        var probabilities = new float[ids.Count * columns];
        model.Predict(ids, probabilities);
        var list = new JsonArray();
        for (int i = 0; i < texts.Length; i++)
        {
            if (ids.LengthOf(i) == 0 && !emptyToo)
                continue;
            list.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["text"] = texts[i],
                        ["ids"] = new JsonArray([.. ids[i].ToArray().Select(id => (JsonNode)id)]),
                        ["probabilities"] = new JsonArray([
                            .. probabilities.AsSpan(i * columns, columns).ToArray().Select(p => (JsonNode)p),
                        ]),
                    }
            );
        }
        return Json(Golden, new JsonObject { ["tolerance"] = Tolerance, ["texts"] = list });
    }

    /// <summary>
    /// A function of Python from the words of a text to the ids that the bundle makes of them: unknown words as the
    /// vocabulary has them, and at most as many as the model uses.
    /// </summary>
    /// <param name="predictor">The model.</param>
    /// <param name="words">What the page calls the file from text to words.</param>
    public static string IdsInPython(Predictor predictor, string words)
    {
        string most = predictor.MaxTokens.ToString(CultureInfo.InvariantCulture);
        string end = (predictor.MaxTokens / 2).ToString(CultureInfo.InvariantCulture);
        string ids = predictor.Vocabulary.UnknownId is > 0 and var unknown
            ? string.Create(CultureInfo.InvariantCulture, $"id_of.get(w, {unknown}) for w in words")
            : "id_of[w] for w in words if w in id_of";
        string kept = predictor.Truncation switch
        {
            Truncation.Head => $"ids[:{most}]",
            Truncation.Middle => $"ids[max(0, len(ids) - {most}) // 2:][:{most}]",
            Truncation.Ends => $"ids if len(ids) <= {most} else ids[:{most} - {end}] + ids[len(ids) - {end}:]",
            _ => $"ids[-{most}:]",
        };
        return $"""
            def ids_of(words):  # the words of a text; {words} holds the rules
                ids = [{ids}]
                return {kept}
            """.ReplaceLineEndings("\n");
    }

    /// <summary>What becomes of unknown words, for the pages.</summary>
    public static string UnknownWordsOf(Predictor predictor) =>
        predictor.Vocabulary.UnknownId is > 0 and var id
            ? string.Create(CultureInfo.InvariantCulture, $"words that the vocabulary lacks have id {id}")
            : "words that the vocabulary lacks are left out";

    /// <summary>A text file.</summary>
    public static ExportPart Text(string name, string content) =>
        new(name, stream => stream.Write(Encoding.UTF8.GetBytes(content)));

    /// <summary>A JSON file.</summary>
    public static ExportPart Json(string name, JsonNode content) =>
        new(
            name,
            stream =>
            {
                using (var writer = new Utf8JsonWriter(stream, Readable))
                    content.WriteTo(writer);
                stream.Write("\n"u8);
            }
        );

    /// <summary>The name of an output's function in the files.</summary>
    public static string NameOf(OutputActivation output) =>
        output switch
        {
            OutputActivation.Softmax => "softmax",
            OutputActivation.Sigmoids => "sigmoids",
            _ => "sigmoid",
        };

    /// <summary>A model's layers without the linear part beside them; itself where there is none.</summary>
    public static TextClassifier LayersAlone(TextClassifier model) =>
        model.LinearBranch is null ? model : model.Copy(model.Embedding, linear: null);

    private static string Frequent(Vocabulary vocabulary, int from, int count) =>
        string.Join(
            ' ',
            Enumerable
                .Range(from, Math.Max(0, Math.Min(count, vocabulary.Count - from)))
                .Where(id => !KerasWords.IsUnused(vocabulary, id))
                .Select(id => vocabulary[id])
        );
}
