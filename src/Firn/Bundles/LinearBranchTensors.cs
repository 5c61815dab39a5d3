using System.Runtime.InteropServices;
using Firn.Linear;
using Firn.Safetensors;

namespace Firn.Bundles;

/// <summary>
/// The linear part as tensors: <c>wide.keys</c> [D,2], the 64-bit keys of the n-grams as two integers, low half first;
/// <c>wide.frequencies</c> [D], their inverse text frequencies; <c>wide.weights</c> [D,K]; <c>wide.intercepts</c> [K].
/// Where characters of words are features, <c>wide.word_scores</c> [V,K] and <c>wide.word_squares</c> [V] beside them,
/// and for words without an id <c>wide.run_keys</c> [R,2], <c>wide.run_values</c> [R], <c>wide.run_weights</c> [R,K]
/// and <c>wide.run_longest</c> [1]; bundles from before lack these.
/// </summary>
internal static class LinearBranchTensors
{
    private const string Keys = "wide.keys",
        Frequencies = "wide.frequencies",
        Weights = "wide.weights",
        Intercepts = "wide.intercepts";
    private const string WordScores = "wide.word_scores",
        WordSquares = "wide.word_squares";
    private const string RunKeys = "wide.run_keys",
        RunValues = "wide.run_values",
        RunWeights = "wide.run_weights",
        RunLongest = "wide.run_longest";

    public static IReadOnlyList<Tensor> Of(NgramClassifier linear)
    {
        int d = linear.Vectorizer.ColumnCount,
            k = linear.OutputSize;
        List<Tensor> tensors =
        [
            Tensor.Of(Keys, MemoryMarshal.Cast<ulong, int>(linear.Vectorizer.Keys).ToArray(), d, 2),
            Tensor.Of(Frequencies, linear.Vectorizer.Weights.ToArray(), d),
            Tensor.Of(Weights, linear.Weights, d, k),
            Tensor.Of(Intercepts, linear.Intercepts, k),
        ];
        if (linear.Characters is { } characters)
        {
            tensors.Add(Tensor.Of(WordScores, characters.Scores, characters.Squares.Length, k));
            tensors.Add(Tensor.Of(WordSquares, characters.Squares, characters.Squares.Length));
        }
        if (linear.Characters?.Spelling is { } spelling)
        {
            tensors.Add(
                Tensor.Of(RunKeys, MemoryMarshal.Cast<ulong, int>(spelling.Keys).ToArray(), spelling.Keys.Length, 2)
            );
            tensors.Add(Tensor.Of(RunValues, spelling.Values, spelling.Keys.Length));
            tensors.Add(Tensor.Of(RunWeights, spelling.Weights, spelling.Keys.Length, k));
            tensors.Add(Tensor.Of(RunLongest, new[] { spelling.Longest }, 1));
        }
        return tensors;
    }

    /// <summary>
    /// Reads the part for a model with <paramref name="k"/> outputs and <paramref name="words"/> words.
    /// </summary>
    /// <exception cref="InvalidDataException">A tensor is absent or of another shape.</exception>
    public static NgramClassifier Read(string path, NgramOptions options, int k, int words)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        int[] keys = file.ReadArray<int>(file.Require(Keys, TensorType.Int32, -1, 2));
        int d = keys.Length / 2;
        float[] frequencies = file.ReadArray<float>(file.Require(Frequencies, TensorType.Float32, d));
        float[] weights = file.ReadArray<float>(file.Require(Weights, TensorType.Float32, d, k));
        float[] intercepts = file.ReadArray<float>(file.Require(Intercepts, TensorType.Float32, k));
        var vectorizer = new NgramVectorizer(options, MemoryMarshal.Cast<int, ulong>(keys).ToArray(), frequencies);
        CharacterScores? characters =
            file.TryGet(WordScores, out _) || file.TryGet(WordSquares, out _)
                ? new CharacterScores(
                    file.ReadArray<float>(file.Require(WordScores, TensorType.Float32, words, k)),
                    file.ReadArray<float>(file.Require(WordSquares, TensorType.Float32, words)),
                    ReadSpelling(file, k)
                )
                : null;
        return new NgramClassifier(vectorizer, weights, intercepts, characters);
    }

    private static CharacterSpelling? ReadSpelling(SafetensorsFile file, int k)
    {
        if (!file.TryGet(RunKeys, out _))
            return null;
        int[] keys = file.ReadArray<int>(file.Require(RunKeys, TensorType.Int32, -1, 2));
        int runs = keys.Length / 2;
        float[] values = file.ReadArray<float>(file.Require(RunValues, TensorType.Float32, runs));
        float[] weights = file.ReadArray<float>(file.Require(RunWeights, TensorType.Float32, runs, k));
        int longest = file.ReadArray<int>(file.Require(RunLongest, TensorType.Int32, 1))[0];
        return new CharacterSpelling(MemoryMarshal.Cast<int, ulong>(keys).ToArray(), values, weights, longest);
    }
}
