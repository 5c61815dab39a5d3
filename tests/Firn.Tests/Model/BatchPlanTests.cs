using CsCheck;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Model;

public class BatchPlanTests
{
    [Fact]
    public void Every_text_is_in_one_shard_by_falling_length_and_shards_follow_from_the_lengths()
    {
        Gen.Int[0, 40]
            .Array[0, 300]
            .Sample(
                lengths =>
                {
                    RaggedIds texts = RaggedIds.From([.. lengths.Select(n => new int[n])]);
                    int[] batch = [.. Enumerable.Range(0, lengths.Length).Reverse()];
                    var plan = new BatchPlan(16, 64, 8);
                    plan.Build(texts, batch);
                    Assert.Equal(lengths.Length, plan.Count);
                    Assert.Equal(lengths.Sum(), plan.Tokens);
                    int at = 0,
                        tokens = 0;
                    for (int shard = 0; shard < plan.Shards; shard++)
                    {
                        Assert.Equal((at, tokens), (plan.RangeOf(shard).Start.Value, plan.FirstToken(shard)));
                        for (; at < plan.RangeOf(shard).End.Value; at++)
                            tokens += plan.Length[at];
                    }
                    Assert.Equal((lengths.Length, lengths.Sum()), (at, tokens));
                    Assert.Equal(Enumerable.Range(0, lengths.Length), plan.Position.Take(plan.Count).Order());
                    for (int i = 0; i < plan.Count; i++)
                    {
                        Assert.Equal(batch[plan.Position[i]], plan.Text[i]);
                        Assert.Equal(lengths[plan.Text[i]], plan.Length[i]);
                        Assert.True(i == 0 || plan.Length[i] <= plan.Length[i - 1]);
                    }
                },
                iter: 300,
                threads: 1
            );
    }

    [Fact]
    public void Shards_hold_about_equal_tokens_and_long_texts_make_more_of_them()
    {
        var plan = new BatchPlan(16, 64, 8);
        plan.Build(
            RaggedIds.From([.. Enumerable.Range(0, 1024).Select(i => new int[1 + i % 30])]),
            [.. Enumerable.Range(0, 1024)]
        );
        Assert.Equal(16, plan.Shards);
        for (int shard = 1; shard < 16; shard++)
            Assert.Equal(plan.Tokens / 16.0, plan.FirstToken(shard) - plan.FirstToken(shard - 1), 31.0);
        plan.Build(
            RaggedIds.From([.. Enumerable.Range(0, 1024).Select(_ => new int[230])]),
            [.. Enumerable.Range(0, 1024)]
        );
        Assert.Equal(64, plan.Shards);
    }

    [Fact]
    public void A_ragged_layout_has_a_row_for_each_token_in_both_directions()
    {
        Gen.Int[0, 12]
            .Array[1, 40]
            .Sample(
                unsorted =>
                {
                    int[] lengths = [.. unsorted.OrderDescending()];
                    var layout = new RaggedLayout();
                    layout.Build(lengths);
                    Assert.Equal(lengths.Sum(), layout.Tokens);
                    foreach (bool reversed in new[] { false, true })
                    {
                        var rows = lengths.SelectMany(
                            (n, i) => Enumerable.Range(0, n).Select(p => layout.RowOf(i, p, reversed))
                        );
                        Assert.Equal(Enumerable.Range(0, layout.Tokens), rows.Order());
                    }
                    for (int step = 0; step <= layout.Steps; step++)
                        Assert.Equal(lengths.Count(n => n > step), layout.AliveAt(step));
                },
                iter: 200,
                threads: 1
            );
    }
}
