using Firn.Training;

namespace Firn.Tests.Training;

public class BatcherTests
{
    [Fact]
    public void A_batch_larger_than_any_corpus_holds_all_texts()
    {
        var batcher = new Batcher(5, int.MaxValue, 1);
        batcher.Begin(1);
        Assert.Equal(1, batcher.Batches);
        Assert.Equal(5, batcher[0].Length);
    }

    [Theory]
    [InlineData(10, 4, 3)]
    [InlineData(8, 4, 2)]
    [InlineData(3, 1024, 1)]
    public void Each_epoch_deals_every_text_once(int texts, int size, int batches)
    {
        var batcher = new Batcher(texts, size, seed: 1);
        Assert.Equal(batches, batcher.Batches);
        for (int epoch = 1; epoch <= 3; epoch++)
            Assert.Equal(Enumerable.Range(0, texts), Deal(batcher, epoch).Order());
    }

    [Fact]
    public void Order_depends_on_seed_and_epoch_alone()
    {
        var a = new Batcher(100, 7, seed: 1);
        int[] third = Deal(a, 3);
        Assert.NotEqual(third, Deal(a, 2));
        Assert.Equal(third, Deal(a, 3));
        Assert.NotEqual(third, Deal(new Batcher(100, 7, seed: 2), 3));
    }

    private static int[] Deal(Batcher batcher, int epoch)
    {
        batcher.Begin(epoch);
        var all = new List<int>();
        for (int b = 0; b < batcher.Batches; b++)
            all.AddRange(batcher[b]);
        return [.. all];
    }
}
