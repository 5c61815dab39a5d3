using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Training;

/// <summary>
/// A task that is learnt in a second: a text is positive when it holds more ids above the middle than below.
/// </summary>
internal static class SmallTask
{
    public const int VocabularySize = 41;

    public static (RaggedIds Texts, int[] Labels) Make(int texts, int seed, int classes = 2)
    {
        var random = new Random(seed);
        var ids = new int[texts][];
        var labels = new int[texts];
        for (int i = 0; i < texts; i++)
        {
            labels[i] = random.Next(classes);
            int share = (VocabularySize - 1) / classes;
            ids[i] = new int[random.Next(1, 12)];
            for (int t = 0; t < ids[i].Length; t++)
                ids[i][t] =
                    random.NextDouble() < 0.8
                        ? 1 + labels[i] * share + random.Next(share)
                        : random.Next(1, VocabularySize);
        }
        return (RaggedIds.From(ids), labels);
    }

    public static TextClassifier Model(int classes = 2)
    {
        var table = EmbeddingTable.Random(VocabularySize, 12, 3);
        foreach (ref float value in table.Rows.Span)
            value *= 20; // as far apart as trained word vectors are
        return new(
            new ClassifierOptions
            {
                HiddenSize = 8,
                Classes = classes,
                EmbeddingDropout = 0.1,
                InputDropout = 0.1,
                RecurrentDropout = 0.1,
            },
            table,
            seed: 5
        );
    }

    public static float[] Weights(TextClassifier model) => [.. model.Parameters.SelectMany(p => p.Values.ToArray())];
}
