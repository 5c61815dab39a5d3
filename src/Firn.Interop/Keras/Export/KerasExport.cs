using Firn.Interop.Export;
using Firn.Model;

namespace Firn.Interop.Keras.Export;

/// <summary>
/// Writes a classifier as a model of Keras, <c>.keras</c> (Keras 3) or <c>.h5</c> (Keras 2, which Keras 3 reads, too),
/// with its vocabulary as a Keras <c>Tokenizer</c>. The weights are the same bits. Firn's texts have no padding: pads
/// are masked, or, for a model that was trained with them, the input has its length.
/// </summary>
public static class KerasExport
{
    /// <summary>
    /// Writes the model and, beside it, the tokenizer, the cleaning rules, the labels, ids with the probabilities that
    /// they must give, and a page of code.
    /// </summary>
    /// <param name="predictor">The model with its vocabulary and cleaning.</param>
    /// <param name="path">
    /// A folder to be made, which gets a <c>model.keras</c>; or a file in <c>.keras</c>, <c>.h5</c> or <c>.hdf5</c>,
    /// beside which the other files stand, their names beginning with its.
    /// </param>
    /// <param name="settings">Null for the defaults.</param>
    /// <exception cref="ExportException">Keras has no layer for one of the model's; nothing is written.</exception>
    /// <exception cref="IOException">The place cannot be written to, or something stands there.</exception>
    public static ExportResult Save(Predictor predictor, string path, ExportSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentException.ThrowIfNullOrEmpty(path);
        settings ??= new ExportSettings();
        var target = ExportTarget.Of(path, [".keras", ".h5", ".hdf5"], settings.ReplaceExisting);
        target.Check([
            target.ModelName,
            KerasTokenizerJson.Name,
            Companions.Cleaning,
            Companions.Labels,
            Companions.Golden,
            Companions.Readme,
        ]);
        var view = ModelView.Of(predictor.Classifier, withLinear: !settings.WithoutLinear);
        bool archive = target.ModelName.EndsWith(".keras", StringComparison.OrdinalIgnoreCase);
        IReadOnlyList<KerasExportLayer> layers = KerasLayerList.Of(view, archive);
        bool answersEmpty =
            view.Prior is null
            && (
                view.Padding is { Length: > 0, Masked: false }
                || view.Steps.Any(s => s is PoolStep { Pooling: Pooling.LastState })
            );
        IReadOnlyList<string> notes = [.. Notes(predictor, settings, answersEmpty)];
        IReadOnlyList<string> files = target.Write([
            new ExportPart(target.ModelName, stream => Write(layers, archive, stream)),
            KerasTokenizerJson.Of(predictor),
            Companions.CleaningOf(predictor),
            Companions.LabelsOf(predictor),
            Companions.GoldenOf(
                predictor,
                settings.WithoutLinear ? Companions.LayersAlone(predictor.Classifier) : predictor.Classifier,
                answersEmpty
            ),
            Companions.Text(Companions.Readme, KerasReadme.Of(predictor, target, notes)),
        ]);
        return new ExportResult(files, notes);
    }

    private static void Write(IReadOnlyList<KerasExportLayer> layers, bool archive, Stream stream)
    {
        if (archive)
            KerasFiles.WriteArchive(layers, stream);
        else
            KerasFiles.WriteHdf5(layers, stream);
    }

    private static IEnumerable<string> Notes(Predictor predictor, ExportSettings settings, bool answersEmpty)
    {
        if (settings.WithoutLinear && predictor.Classifier.HasLinearBranch)
            yield return "The linear part over n-grams is left out, so scores differ from the bundle's.";
        if (!answersEmpty)
            yield return "What Keras answers to a text without words means nothing; the bundle gives it the shares "
                + "of the classes among its training texts.";
    }
}
