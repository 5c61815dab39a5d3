using Firn.Layers;
using Firn.Model;
using Firn.Text;
using Firn.Vectors;

namespace Firn.Tests.Model;

public class EmbeddingTableTests
{
    [Fact]
    public void Words_without_a_vector_share_the_zero_row()
    {
        EmbeddingTable table = EmbeddingTable.From(
            Words("sea", "telly", "sky"),
            new WordVectors(["sky", "moor", "sea"], [1, 2, 3, 4, 5, 6], 2)
        );
        Assert.Equal(3, table.RowCount); // zero, sea, sky
        Assert.Equal([0f, 0f], table.VectorOf(Vocabulary.Pad));
        Assert.Equal([5f, 6f], table.VectorOf(1));
        Assert.Equal([0f, 0f], table.VectorOf(2));
        Assert.Equal(0, table.RowOf[2]);
        Assert.Equal([1f, 2f], table.VectorOf(3));
    }

    [Fact]
    public void Rows_of_their_own_start_at_zero_and_only_the_pad_keeps_row_zero()
    {
        EmbeddingTable table = EmbeddingTable.From(
            Words("sea", "telly"),
            new WordVectors(["sea"], [5, 6], 2),
            ownRows: true
        );
        Assert.Equal([0, 1, 2], table.RowOf);
        Assert.Equal([0f, 0f], table.VectorOf(2));
    }

    [Fact]
    public void A_table_whose_row_zero_is_not_zero_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new EmbeddingTable([0], new float[] { 1, 0 }, 2));
        Assert.Throws<ArgumentException>(() => new EmbeddingTable([2], new float[4], 2));
    }

    [Fact]
    public void Fresh_weights_have_Keras_distributions()
    {
        var model = new TextClassifier(new ClassifierOptions { HiddenSize = 24 }, EmbeddingTable.Random(10, 40, 1), 9);
        double limit = Math.Sqrt(6.0 / (40 + 96));
        float[] kernel = model["lstm.kernel"].Values.ToArray();
        Assert.All(kernel, w => Assert.InRange(w, -limit, limit));
        Assert.Equal(limit * limit / 3, kernel.Average(w => (double)w * w), 0.05 * limit * limit);
        float[] bias = model["lstm.bias"].Values.ToArray();
        Assert.All(bias.Index(), b => Assert.Equal(b.Index is >= 24 and < 48 ? 1f : 0f, b.Item));
        float[] recurrent = model["lstm.recurrent_kernel"].Values.ToArray();
        for (int a = 0; a < 24; a++)
        {
            for (int b = 0; b < 24; b++)
            {
                double dot = Enumerable.Range(0, 96).Sum(j => (double)recurrent[a * 96 + j] * recurrent[b * 96 + j]);
                Assert.Equal(a == b ? 1 : 0, dot, 1e-6);
            }
        }
    }

    private static Vocabulary Words(params string[] words)
    {
        var builder = new VocabularyBuilder();
        foreach (string word in words)
            builder.Add(word, 1);
        return builder.Build();
    }
}
