using Firn.Drift;
using Firn.Layers;
using Firn.Text;

namespace Firn.Tests.Study;

/// <summary>Small tables whose drift is known.</summary>
internal static class DriftSample
{
    public static DriftReport Measure(DriftTable table, DriftOptions? options = null) =>
        DriftReport.Measure(table, options, null, TestContext.Current.CancellationToken);

    /// <summary>Two values a word, before and after, and how often training saw it.</summary>
    public static DriftTable Of(params (string Word, float[] Before, float[] After, int Count)[] words)
    {
        var builder = new VocabularyBuilder();
        foreach (var word in words)
            builder.Add(word.Word, 1);
        Vocabulary vocabulary = builder.Build();
        return DriftTable.Of(
            vocabulary,
            Table(vocabulary, words.Select(w => w.Before)),
            Table(vocabulary, words.Select(w => w.After)),
            [0, .. words.Select(w => w.Count)]
        );
    }

    /// <summary>
    /// tv and telly are seen and turn by a right angle; television, near tv, is not; radio is far from all and stays;
    /// was has no vector.
    /// </summary>
    public static DriftTable Television() =>
        Of(
            ("tv", [1, 0], [0, 1], 12),
            ("telly", [2, 0.4f], [-0.4f, 2], 3),
            ("television", [1, 0.1f], [1, 0.1f], 0),
            ("radio", [-1, -1], [-1, -1], 1),
            ("was", [0, 0], [0, 0], 7)
        );

    /// <summary>Random words of which the first <paramref name="seen"/> move by a known linear map.</summary>
    public static DriftTable Linear(int words, int seen, int dimension, Func<float[], float[]> map, int seed = 1)
    {
        var random = new Random(seed);
        return Of([
            .. Enumerable
                .Range(0, words)
                .Select(i =>
                {
                    float[] before =
                    [
                        .. Enumerable.Range(0, dimension).Select(_ => (float)(random.NextDouble() - 0.5)),
                    ];
                    return ($"w{i}", before, i < seen ? map(before) : before, i < seen ? 1 + i % 7 : 0);
                }),
        ]);
    }

    private static EmbeddingTable Table(Vocabulary vocabulary, IEnumerable<float[]> vectors)
    {
        float[] rows = [.. vectors.SelectMany(v => v)];
        int dimension = rows.Length / (vocabulary.Count - 1);
        return new EmbeddingTable(
            [.. Enumerable.Range(0, vocabulary.Count)],
            (float[])[.. new float[dimension], .. rows],
            dimension
        );
    }
}
