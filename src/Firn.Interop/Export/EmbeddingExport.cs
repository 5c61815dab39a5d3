using Firn.Layers;
using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Formats;

namespace Firn.Interop.Export;

/// <summary>
/// Writes the word vectors of a model, as training left them, in formats of other programs. Words without a vector are
/// left out; the most frequent word stands first.
/// </summary>
public static class EmbeddingExport
{
    /// <summary>
    /// Writes a word2vec file: binary where its name ends in <c>.bin</c> (also <c>.bin.gz</c>), else text.
    /// </summary>
    /// <param name="predictor">The model with its vocabulary.</param>
    /// <param name="path">The file.</param>
    /// <param name="settings">Null for the defaults.</param>
    /// <exception cref="ExportException">
    /// No word has a vector, or a word holds a blank, which the format cannot tell from its end.
    /// </exception>
    /// <exception cref="IOException">The place cannot be written to, or something stands there.</exception>
    public static ExportResult SaveWord2Vec(Predictor predictor, string path, ExportSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (settings?.ReplaceExisting != true && File.Exists(path))
            throw ExportTarget.Taken(path);
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        VectorFormat format = name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase)
            ? VectorFormat.Word2VecBinary
            : VectorFormat.Word2VecText;
        using WordVectors vectors = VectorsOf(predictor);
        if (vectors.Words.FirstOrDefault(word => word.AsSpan().ContainsAny(' ', '\t')) is { } blank)
        {
            string why = predictor.Tokenizer.Options.Keras is { Ngrams.Count: > 0 }
                ? " (its tokens are runs of words)"
                : "";
            throw new ExportException(
                $"word2vec: the model's token '{blank}' holds a blank{why}, and a blank ends a word in that format. "
                    + "Export to TensorBoard's projector, which holds any word."
            );
        }
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
        IReadOnlyList<string> files = target.Write([
            new ExportPart(ProjectorFiles.Vectors, stream => ProjectorFiles.WriteVectors(vectors, stream)),
            new ExportPart(ProjectorFiles.Metadata, stream => ProjectorFiles.WriteMetadata(vectors, stream)),
            new ExportPart(ProjectorFiles.Configuration, ProjectorFiles.WriteConfiguration),
        ]);
        return new ExportResult(files, NotesOf(predictor, vectors));
    }

    private static IReadOnlyList<string> NotesOf(Predictor predictor, WordVectors vectors)
    {
        int words = WordIdsOf(predictor).Count(),
            without = words - vectors.Count;
        return without == 0
            ? []
            : [FormattableString.Invariant($"{without:N0} of {words:N0} words have no vector and are left out.")];
    }

    /// <summary>The ids of words: not the pad's, the unknown word's, and those that no word has.</summary>
    private static IEnumerable<int> WordIdsOf(Predictor predictor)
    {
        Vocabulary words = predictor.Vocabulary;
        return Enumerable
            .Range(1, words.Count - 1)
            .Where(id => id != words.UnknownId && !KerasWords.IsUnused(words, id));
    }

    private static WordVectors VectorsOf(Predictor predictor)
    {
        EmbeddingTable table = predictor.Classifier.Embedding;
        int[] ids = [.. WordIdsOf(predictor).Where(id => table.VectorOf(id).ContainsAnyExcept(0f))];
        if (ids.Length == 0)
            throw new ExportException("No word of the model has a vector, so there is nothing to write.");
        var values = new float[checked(ids.Length * table.Dimension)];
        for (int i = 0; i < ids.Length; i++)
            table.VectorOf(ids[i]).CopyTo(values.AsSpan(i * table.Dimension));
        return new WordVectors([.. ids.Select(id => predictor.Vocabulary[id])], values, table.Dimension);
    }
}
