using Firn.Kernels;
using Firn.Text;
using Firn.Vectors.Training;

namespace Firn.Tests.Vectors;

public class TrainingPartsTests
{
    [Fact]
    public void The_alias_table_draws_each_row_by_its_weight()
    {
        double[] weights = [5, 0, 1, 1, 3, 10, 0.001];
        var table = new AliasTable(weights);
        var random = new CounterRandom(3);
        var seen = new int[weights.Length];
        const int draws = 1_000_000;
        for (ulong i = 0; i < draws; i++)
            seen[table.Draw(random.Bits(i))]++;
        double sum = weights.Sum();
        for (int i = 0; i < weights.Length; i++)
            Assert.Equal(weights[i] / sum, (double)seen[i] / draws, 0.002);
        Assert.Equal(0, seen[1]);
    }

    [Fact]
    public void Shared_negatives_are_distinct_and_weigh_as_many_as_asked_for()
    {
        var negatives = new SharedNegatives(new AliasTable([100, 1, 1]), 5, 8);
        ulong counter = 0;
        negatives.Draw(new CounterRandom(1), ref counter);
        Assert.Equal(negatives.Rows.Length, negatives.Rows.ToArray().Distinct().Count());
        Assert.Equal(5f, negatives.Weights.ToArray().Sum(), 1e-5f);
    }

    [Theory]
    [InlineData(new long[] { 1 })]
    [InlineData(new long[] { 5, 5 })]
    [InlineData(new long[] { 50, 30, 10, 5, 3, 1, 1 })]
    [InlineData(new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    public void Huffman_codes_are_free_of_prefixes_and_as_short_as_can_be(long[] counts)
    {
        var tree = new HuffmanTree(counts);
        string[] codes =
        [
            .. Enumerable
                .Range(0, counts.Length)
                .Select(row => string.Concat(tree.CodeOf(row).ToArray().Select(bit => bit ? '1' : '0'))),
        ];
        for (int i = 0; i < codes.Length; i++)
        {
            Assert.Equal(codes[i].Length, tree.PathOf(i).Length);
            for (int j = 0; j < codes.Length; j++)
                Assert.True(
                    i == j || !codes[j].StartsWith(codes[i], StringComparison.Ordinal),
                    $"{codes[i]} begins {codes[j]}"
                );
            // The root is the last inner node made, and the nodes of a path are distinct rows.
            Assert.All(tree.PathOf(i).ToArray(), node => Assert.InRange(node, 0, tree.InnerNodes - 1));
            Assert.True(codes[i].Length == 0 || tree.PathOf(i)[0] == tree.InnerNodes - 1);
        }
        Assert.Equal(OptimalLength(counts), counts.Zip(codes, (count, code) => count * code.Length).Sum());
    }

    [Fact]
    public void Subsampling_keeps_words_with_gensims_probability()
    {
        // gensim 4.2, prepare_vocab with sample 0.01 on these counts: sample_int / (2^32 - 1).
        int[] ids = [.. Enumerable.Repeat(1, 900), .. Enumerable.Repeat(2, 90), .. Enumerable.Repeat(3, 9), 4];
        TrainingWords words = TrainingWords.From(
            RaggedIds.From([ids]),
            5,
            new Word2VecOptions { MinCount = 2, Sample = 0.01 }
        );
        Assert.Equal([1, 2, 3], words.Ids);
        Assert.Equal(-1, words.Entries[4].Row);
        Assert.Equal(0.11645654, words.Entries[1].Keep / (double)uint.MaxValue, 6);
        Assert.Equal(0.44416662, words.Entries[2].Keep / (double)uint.MaxValue, 6);
        Assert.Equal(uint.MaxValue, words.Entries[3].Keep);
    }

    [Fact]
    public void Blocks_cover_every_token_once_and_know_their_text()
    {
        int[] lengths = [3, 0, 60_000, 7, 9_990, 2, 2, 0, 25_000, 1, 0];
        RaggedIds corpus = RaggedIds.From([.. lengths.Select(length => new int[length])]);
        CorpusBlock[] blocks = CorpusBlock.Cut(corpus);
        int at = 0;
        foreach (CorpusBlock block in blocks)
        {
            Assert.Equal(at, block.Start);
            Assert.InRange(block.End - block.Start, 1, 20_000);
            Assert.True(corpus.Offsets[block.Text] <= block.Start && block.Start <= corpus.Offsets[block.Text + 1]);
            at = block.End;
        }
        Assert.Equal(corpus.TotalTokens, at);
    }

    [Fact]
    public void Windows_shrink_at_random_and_never_leave_the_text()
    {
        int[][] texts = [.. Enumerable.Range(0, 480).Select(t => Enumerable.Repeat(1 + t % 3, 1 + t % 40).ToArray())];
        RaggedIds corpus = RaggedIds.From(texts);
        TrainingWords words = TrainingWords.From(corpus, 4, new Word2VecOptions { MinCount = 1, Sample = 0 });
        var stream = new WindowStream(words, 5, shrink: true);
        CorpusBlock block = Assert.Single(CorpusBlock.Cut(corpus));
        stream.Fill(corpus, block, new CounterRandom(1));
        Assert.Equal(corpus.TotalTokens, stream.Count);
        var reaches = new int[6];
        for (int text = 0; text < corpus.Count; text++)
        {
            for (int i = corpus.Offsets[text]; i < corpus.Offsets[text + 1]; i++)
            {
                Assert.InRange(stream.Low[i], corpus.Offsets[text], i);
                Assert.InRange(stream.High[i], i + 1, corpus.Offsets[text + 1]);
                if (i - corpus.Offsets[text] >= 5 && corpus.Offsets[text + 1] - i > 5)
                {
                    Assert.Equal(i - stream.Low[i], stream.High[i] - i - 1);
                    reaches[i - stream.Low[i]]++;
                }
            }
        }
        Assert.Equal(0, reaches[0]);
        Assert.All(reaches[1..], n => Assert.Equal(0.2, (double)n / reaches.Sum(), 0.03));
    }

    private static long OptimalLength(long[] counts)
    {
        var queue = new PriorityQueue<long, long>(counts.Select(count => (count, count)));
        long total = 0;
        while (queue.Count > 1)
        {
            long joined = queue.Dequeue() + queue.Dequeue();
            total += joined;
            queue.Enqueue(joined, joined);
        }
        return total;
    }
}
