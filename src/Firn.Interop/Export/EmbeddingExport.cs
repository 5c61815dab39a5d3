using Firn.Layers;
using Firn.Vectors;
using Firn.Vectors.Formats;

namespace Firn.Interop.Export;

/// <summary>
/// Writes the word vectors of a model, as training left them, in formats of other programs. Words without a vector are
/// left out; the most frequent word stands first.
/// </summary>
public static class EmbeddingExport
{
    /// <summary>Writes a word2vec file: binary where its name ends in <c>.bin</c> (also <c>.bin.gz</c>), else text.</summary>
    /// <param name="predictor">The model with its vocabulary.</param>
    /// <param name="path">The file.</param>
    /// <param name="settings">Null for the defaults.</param>
    /// <exception cref="ExportException">No word has a vector.</exception>
    /// <exception cref="ArgumentException">A word holds a space, which the format cannot tell from its end.</exception>
    /// <exception cref="IOException">The place cannot be written to, or something stands there.</exception>
    public static ExportResult SaveWord2Vec(Predictor predictor, string path, ExportSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (settings?.ReplaceExisting != true && File.Exists(path))
            throw ExportTarget.Taken(path);
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        VectorFormat format = name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) ? VectorFormat.Word2VecBinary : VectorFormat.Word2VecText;
        using WordVectors vectors = VectorsOf(predictor);
        vectors.Save(path, format);
        return new ExportResult([Path.GetFullPath(path)], NotesOf(predictor, vectors));
    }

    /// <summary>Writes the files of TensorBoard's Embedding Projector into a folder that is made for them.</summary>
    /// <param name="predictor">The model with its vocabulary.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="settings">Null for the defaults.</param>
    /// <exception cref="ExportException">No word has a vector.</exception>
    /// <exception cref="IOException">The place cannot be written to, or something stands there.</exception>
    public static ExportResult SaveProjector(Predictor predictor, string folder, ExportSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var target = ExportTarget.Of(folder, [], settings?.ReplaceExisting == true);
        using WordVectors vectors = VectorsOf(predictor);
        IReadOnlyList<string> files = target.Write(
        [
            new ExportPart(ProjectorFiles.Vectors, stream => ProjectorFiles.WriteVectors(vectors, stream)),
            new ExportPart(ProjectorFiles.Metadata, stream => ProjectorFiles.WriteMetadata(vectors, stream)),
            new ExportPart(ProjectorFiles.Configuration, ProjectorFiles.WriteConfiguration),
        ]);
        return new ExportResult(files, NotesOf(predictor, vectors));
    }

    private static IReadOnlyList<string> NotesOf(Predictor predictor, WordVectors vectors)
    {
        int without = predictor.Vocabulary.Count - 1 - vectors.Count;
        return without == 0 ? [] : [FormattableString.Invariant($"{without:N0} of {predictor.Vocabulary.Count - 1:N0} words have no vector and are left out.")];
    }

    private static WordVectors VectorsOf(Predictor predictor)
    {
        EmbeddingTable table = predictor.Classifier.Embedding;
        int[] ids = [.. Enumerable.Range(1, predictor.Vocabulary.Count - 1)
            .Where(id => id != predictor.Vocabulary.UnknownId && table.VectorOf(id).ContainsAnyExcept(0f))];
        if (ids.Length == 0)
            throw new ExportException("No word of the model has a vector, so there is nothing to write.");
        var values = new float[checked(ids.Length * table.Dimension)];
        for (int i = 0; i < ids.Length; i++)
            table.VectorOf(ids[i]).CopyTo(values.AsSpan(i * table.Dimension));
        return new WordVectors([.. ids.Select(id => predictor.Vocabulary[id])], values, table.Dimension);
    }
}
