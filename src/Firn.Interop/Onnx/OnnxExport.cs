using System.Text.Json.Nodes;
using Firn.Interop.Export;
using Firn.Model;

namespace Firn.Interop.Onnx;

/// <summary>
/// Writes a classifier as an ONNX model, token ids to probabilities, which ONNX Runtime computes in any language. Opset
/// 13 and IR version 7: ONNX Runtime 1.7 and later. Everything that makes the probabilities is inside: layers as ONNX'
/// own operators with sequence lengths, the linear part over n-grams, the calibration (which a bundle keeps in its
/// weights), and the prior of texts without words.
/// </summary>
public static class OnnxExport
{
    // A message of protocol buffers is below 2 GiB.
    private const long MaxBytes = int.MaxValue;

    internal const string OutputName = "probabilities";

    /// <summary>
    /// Writes the model and, beside it, the vocabulary, the cleaning rules, the labels, ids with the probabilities that
    /// they must give (<c>golden.json</c>), and a page of code.
    /// </summary>
    /// <param name="predictor">The model with its vocabulary and cleaning.</param>
    /// <param name="path">
    /// A folder to be made, or a file in <c>.onnx</c>, beside which the others stand, their names beginning with its.
    /// </param>
    /// <param name="settings">Null for the defaults.</param>
    /// <exception cref="ExportException">The model cannot be expressed; nothing is written.</exception>
    /// <exception cref="IOException">The place cannot be written to, or something stands there.</exception>
    public static ExportResult Save(Predictor predictor, string path, ExportSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentException.ThrowIfNullOrEmpty(path);
        settings ??= new ExportSettings();
        var target = ExportTarget.Of(path, [".onnx"], settings.ReplaceExisting);
        target.Check([
            target.ModelName,
            .. new[]
            {
                Companions.Vocabulary,
                Companions.Cleaning,
                Companions.Labels,
                Companions.Golden,
                Companions.Readme,
            },
        ]);
        TextClassifier model = settings.WithoutLinear
            ? Companions.LayersAlone(predictor.Classifier)
            : predictor.Classifier;
        ProtoMessage message = Message(model, Properties(predictor));
        IReadOnlyList<string> notes = [.. Notes(predictor, settings)];
        IReadOnlyList<string> files = target.Write([
            new ExportPart(target.ModelName, message.Write),
            Companions.VocabularyOf(predictor),
            Companions.CleaningOf(predictor),
            Companions.LabelsOf(predictor),
            Companions.GoldenOf(predictor, model, emptyToo: true),
            Companions.Text(Companions.Readme, OnnxReadme.Of(predictor, target, notes)),
        ]);
        return new ExportResult(files, notes);
    }

    /// <summary>Writes the model alone.</summary>
    /// <param name="model">The classifier, its linear part included.</param>
    /// <param name="destination">Takes the file's bytes.</param>
    /// <exception cref="ExportException">The model cannot be expressed; nothing is written.</exception>
    public static void Write(TextClassifier model, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(destination);
        Message(model, []).Write(destination);
    }

    /// <summary>
    /// Writes a model without a linear part for texts of one length alone, [time,batch], none of them empty: without
    /// masks and lengths, as fast as a runtime can be.
    /// </summary>
    internal static void WriteUniform(TextClassifier model, Stream destination)
    {
        var view = ModelView.Of(model, withLinear: false);
        var graph = new OnnxGraph("firn_classifier");
        graph.Output(
            Probabilities(graph, view, new OnnxLayers(graph, view).Logits(OnnxInputs.Bare(graph))),
            OutputName,
            view.Outputs
        );
        graph.ToModel(Bundle.FirnVersion, "Text classifier for texts of one length.", []).Write(destination);
    }

    private static string Probabilities(OnnxGraph graph, ModelView model, string logits) =>
        model.Output == OutputActivation.Softmax
            ? graph.Node("Softmax", [logits], OnnxAttribute.Of("axis", 1))
            : graph.Node("Sigmoid", logits);

    private static ProtoMessage Message(TextClassifier classifier, IEnumerable<KeyValuePair<string, string>> properties)
    {
        var model = ModelView.Of(classifier, withLinear: true);
        var graph = new OnnxGraph("firn_classifier");
        var inputs = OnnxInputs.Of(graph, model.Padding, fills: !model.SkipsPads && !OnnxLayers.PadsLeadToState(model));
        string logits = new OnnxLayers(graph, model).Logits(inputs);
        if (model.Linear is { } linear)
            logits = new OnnxLinear(graph, inputs, linear, model.Table.VocabularySize).AddTo(logits);
        string probabilities = Probabilities(graph, model, logits);
        if (model.Prior is { } prior)
            probabilities = graph.Node(
                "Where",
                inputs.HasWords,
                probabilities,
                graph.Tensor("prior", new ExportTensor(prior.ToArray(), 1, prior.Count))
            );
        graph.Output(probabilities, OutputName, model.Outputs);
        ProtoMessage message = graph.ToModel(
            Bundle.FirnVersion,
            "Text classifier: token ids to probabilities.",
            properties
        );
        if (message.Length > MaxBytes)
        {
            throw new ExportException(
                $"ONNX: the model takes {message.Length:N0} bytes, and a file of ONNX holds at most {MaxBytes:N0};"
                    + " train with fewer words or narrower vectors."
            );
        }
        return message;
    }

    private static IEnumerable<KeyValuePair<string, string>> Properties(Predictor predictor) =>
        [
            new("labels", new JsonArray([.. predictor.Labels.Select(l => (JsonNode)l)]).ToJsonString()),
            new("output", Companions.NameOf(predictor.Classifier.Options.Output)),
            new("max_tokens", predictor.MaxTokens.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new("truncation", predictor.Truncation.ToString()),
            new("vocabulary_sha256", predictor.Vocabulary.Hash),
        ];

    private static IEnumerable<string> Notes(Predictor predictor, ExportSettings settings)
    {
        if (settings.WithoutLinear && predictor.Classifier.HasLinearBranch)
            yield return "The linear part over n-grams is left out, so scores differ from the bundle's.";
        else if (predictor.Classifier.LinearBranch?.Characters?.Spelling is not null)
            yield return "Words that have no id say nothing here; the bundle also reads their spelling.";
    }
}
