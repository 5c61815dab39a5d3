using System.Text.Json;
using CsCheck;
using Firn.Text;

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
            double share = size == "1-0.8" ? 1 - 0.8 : double.Parse(size, System.Globalization.CultureInfo.InvariantCulture);
            (int[] train, int[] test) = TrainTestSplit.Random(golden.GetProperty("n").GetInt32(), share, golden.GetProperty("seed").GetUInt32());
            Assert.Equal(golden.GetProperty("tests").GetInt32(), test.Length);
            Assert.Equal(golden.GetProperty("test_first").EnumerateArray().Select(i => i.GetInt32()), test.Take(5));
            Assert.Equal(golden.GetProperty("sha256").GetString(), TextGolden.Sha([string.Join(' ', test), string.Join(' ', train)]));
            cases++;
        }
        Assert.InRange(cases, 80, 1000);
    }

    [Fact]
    public void Stratified_gives_every_label_its_share_to_within_one_text()
    {
        Gen.Select(Gen.Int[0, 4].Array[2, 300], Gen.Double[0.05, 0.6], Gen.UInt).Sample((labels, share, seed) =>
        {
            int expected = (int)Math.Ceiling(share * labels.Length);
            if (expected == labels.Length)
                return;
            (int[] train, int[] test) = TrainTestSplit.Stratified(labels, share, seed);
            Assert.Equal(expected, test.Length);
            Assert.Equal(Enumerable.Range(0, labels.Length), train.Concat(test).Order());
            double actual = (double)expected / labels.Length;
            foreach (IGrouping<int, int> label in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]))
                Assert.InRange(test.Count(i => labels[i] == label.Key), label.Count() * actual - 1, label.Count() * actual + 1);
        });
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
}
