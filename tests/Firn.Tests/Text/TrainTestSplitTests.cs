using System.Text.Json;
using CsCheck;
using Firn.Data;

namespace Firn.Tests.Text;

public class TrainTestSplitTests
{
    [Fact]
    public void Random_splits_as_scikit_learn_does()
    {
        int cases = 0;
        foreach (JsonElement golden in TextGolden.Read("split.json").EnumerateArray())
        {
            string size = golden.GetProperty("size").GetString()!;
            double share =
                size == "1-0.8" ? 1 - 0.8 : double.Parse(size, System.Globalization.CultureInfo.InvariantCulture);
            (int[] train, int[] test) = TrainTestSplit.Random(
                golden.GetProperty("n").GetInt32(),
                share,
                golden.GetProperty("seed").GetUInt32()
            );
            Assert.Equal(golden.GetProperty("tests").GetInt32(), test.Length);
            Assert.Equal(golden.GetProperty("test_first").EnumerateArray().Select(i => i.GetInt32()), test.Take(5));
            Assert.Equal(
                golden.GetProperty("sha256").GetString(),
                TextGolden.Sha([string.Join(' ', test), string.Join(' ', train)])
            );
            cases++;
        }
        Assert.InRange(cases, 80, 1000);
    }

    [Fact]
    public void Stratified_gives_every_label_its_share_to_within_one_text()
    {
        Gen.Select(Gen.Int[0, 4].Array[2, 300], Gen.Double[0.05, 0.6], Gen.UInt)
            .Sample(
                (labels, share, seed) =>
                {
                    int expected = (int)Math.Ceiling(share * labels.Length);
                    if (expected == labels.Length)
                        return;
                    (int[] train, int[] test) = TrainTestSplit.Stratified(labels, share, seed);
                    Assert.Equal(expected, test.Length);
                    Assert.Equal(Enumerable.Range(0, labels.Length), train.Concat(test).Order());
                    double actual = (double)expected / labels.Length;
                    foreach (IGrouping<int, int> label in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]))
                        Assert.InRange(
                            test.Count(i => labels[i] == label.Key),
                            label.Count() * actual - 1,
                            label.Count() * actual + 1
                        );
                }
            );
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(10, 0.0)]
    [InlineData(10, 1.0)]
    [InlineData(10, double.NaN)]
    [InlineData(2, 0.9)]
    public void A_split_without_two_parts_is_refused(int n, double share)
    {
        Assert.ThrowsAny<ArgumentException>(() => TrainTestSplit.Random(n, share, 42));
        Assert.ThrowsAny<ArgumentException>(() => TrainTestSplit.Stratified(new int[n], share, 42));
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(42u)]
    public void Equal_texts_fall_on_one_side_and_classes_keep_their_shares(uint seed)
    {
        var random = new Random((int)seed);
        int[] labels = [.. Enumerable.Range(0, 2000).Select(_ => random.NextDouble() < 0.9 ? 0 : 1)];
        int[] groups = [.. Enumerable.Range(0, 2000).Select(i => random.NextDouble() < 0.5 ? i : random.Next(300))];
        (int[] train, int[] test) = TrainTestSplit.Grouped(labels, groups, 0.2, seed);
        Assert.Empty(train.Select(i => groups[i]).Intersect(test.Select(i => groups[i])));
        Assert.Equal(Enumerable.Range(0, 2000), train.Concat(test).Order());
        Assert.InRange(test.Length, 395, 400);
        Assert.InRange(
            test.Count(i => labels[i] == 1),
            labels.Count(l => l == 1) / 5 - 5,
            labels.Count(l => l == 1) / 5 + 1
        );
        Assert.Equal(test, TrainTestSplit.Grouped(labels, groups, 0.2, seed).Test);
    }

    [Fact]
    public void Without_equal_texts_a_grouped_split_is_the_stratified_one()
    {
        int[] labels = [.. Enumerable.Range(0, 500).Select(i => i % 7 == 0 ? 1 : 0)];
        SplitRows plain = TrainTestSplit.Stratified(labels, 0.15, 3),
            grouped = TrainTestSplit.Grouped(labels, [.. Enumerable.Range(0, 500)], 0.15, 3);
        Assert.Equal(plain.Train, grouped.Train);
        Assert.Equal(plain.Test, grouped.Test);
    }

    [Fact]
    public void One_large_group_trains_and_a_lone_one_leaves_no_test()
    {
        int[] groups = [.. Enumerable.Range(0, 50).Select(i => i < 45 ? 0 : i)];
        (int[] train, int[] test) = TrainTestSplit.Grouped(new int[50], groups, 0.3, 42);
        Assert.Equal(5, test.Length);
        Assert.DoesNotContain(test, i => groups[i] == 0);
        Assert.Equal(45, train.Length);
        Assert.Empty(TrainTestSplit.Grouped(new int[50], new int[50], 0.3, 42).Test);
    }
}
