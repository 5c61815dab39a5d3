using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary>The word vectors inside a bundle, so that a trained model can be asked as a file of vectors is.</summary>
internal static class BundleVectors
{
    /// <summary>Copies the vectors of the words that have one, the most frequent word first.</summary>
    public static WordVectors Load(string bundle)
    {
        using var predictor = Predictor.Load(bundle);
        var embedding = predictor.Classifier.Embedding;
        var words = new List<string>();
        var table = new List<float>();
        for (int id = 1; id < predictor.Vocabulary.Count; id++)
        {
            var vector = embedding.VectorOf(id);
            if (id == predictor.Vocabulary.UnknownId || vector.IndexOfAnyExcept(0f) < 0)
                continue;
            words.Add(predictor.Vocabulary[id]);
            table.AddRange(vector);
        }
        return new WordVectors(words, [.. table], embedding.Dimension);
    }
}
