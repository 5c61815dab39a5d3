using Firn.Cli.Output;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary>The word vectors inside a bundle, so that a trained model can be asked as a file of vectors is.</summary>
internal static class BundleVectors
{
    /// <summary>Copies the vectors of the words that have one, the most frequent word first.</summary>
    /// <param name="bundle">The folder.</param>
    /// <param name="only">Keep only these words; null keeps all.</param>
    /// <param name="limit">Look at the first so many words only; null looks at all.</param>
    public static WordVectors Load(string bundle, IEnumerable<string>? only, int? limit)
    {
        HashSet<string>? asked = only?.ToHashSet(StringComparer.Ordinal);
        using var predictor = Predictor.Load(bundle);
        var embedding = predictor.Classifier.Embedding;
        var words = new List<string>();
        var table = new List<float>();
        for (int id = 1; id < predictor.Vocabulary.Count && words.Count < (limit ?? int.MaxValue); id++)
        {
            var vector = embedding.VectorOf(id);
            if (
                id == predictor.Vocabulary.UnknownId
                || vector.IndexOfAnyExcept(0f) < 0
                || asked?.Contains(predictor.Vocabulary[id]) == false
            )
                continue;
            words.Add(predictor.Vocabulary[id]);
            table.AddRange(vector);
        }
        if (words.Count == 0)
            throw new UserError($"{bundle}: no word vector was kept; check --vocabulary");
        return new WordVectors(words, [.. table], embedding.Dimension);
    }
}
