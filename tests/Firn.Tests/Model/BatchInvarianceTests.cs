using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Model;

/// <summary>A text's score has the same bits alone and in any company: a server may batch as it likes.</summary>
[Trait("Kernels", "all")]
public class BatchInvarianceTests
{
    public static TheoryData<int, Pooling, bool, int> Shapes
    {
        get
        {
            var data = new TheoryData<int, Pooling, bool, int>();
            foreach (int hidden in (int[])[1, 5, 16, 33, 100])
                data.Add(hidden, Pooling.LastState, false, 2);
            data.Add(100, Pooling.Attention, true, 3);
            data.Add(64, Pooling.Attention, true, 2); // the preset of tweets
            data.Add(24, Pooling.Mean, true, 2);
            data.Add(24, Pooling.Max, false, 4);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ScoresDoNotDependOnTheCompany(int hidden, Pooling pooling, bool bidirectional, int classes)
    {
        const int vocabulary = 200;
        var random = new Random(hidden);
        var options = new ClassifierOptions
        {
            HiddenSize = hidden,
            Pooling = pooling,
            Bidirectional = bidirectional,
            Classes = classes,
        };
        var model = new TextClassifier(options, EmbeddingTable.Random(vocabulary, 31, 7), 3);
        int[][] texts =
        [
            .. Enumerable
                .Range(0, 70)
                .Select(i => Enumerable.Range(0, i % 61).Select(_ => random.Next(1, vocabulary)).ToArray()),
        ];
        var scorer = new Scorer(model);
        var unfolded = new Scorer(model, FoldPrecision.None);
        ScoringWorkspace workspace = scorer.CreateWorkspace();
        int k = options.OutputSize;
        float[] alone = new float[texts.Length * k];
        for (int i = 0; i < texts.Length; i++)
            scorer.Score(texts[i], workspace, alone.AsSpan(i * k, k));
        foreach (int size in (int[])[1, 2, 3, 7, 70])
        {
            for (int first = 0; first < texts.Length; first += size)
            {
                int count = Math.Min(size, texts.Length - first);
                var batch = RaggedIds.From(texts[first..(first + count)]);
                float[] together = new float[count * k];
                foreach (Scorer way in (Scorer[])[scorer, unfolded])
                {
                    way.Score(batch, together, 1);
                    Assert.Equal(Bits(alone.AsSpan(first * k, count * k)), Bits(together));
                }
            }
        }
    }

    private static uint[] Bits(ReadOnlySpan<float> values) =>
        [.. values.ToArray().Select(BitConverter.SingleToUInt32Bits)];
}
