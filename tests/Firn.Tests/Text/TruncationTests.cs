using Firn.Text;

namespace Firn.Tests.Text;

public sealed class TruncationTests
{
    [Theory]
    [InlineData(Truncation.Tail, 4, new[] { 6, 7, 8, 9 })]
    [InlineData(Truncation.Head, 4, new[] { 0, 1, 2, 3 })]
    [InlineData(Truncation.Middle, 4, new[] { 3, 4, 5, 6 })]
    [InlineData(Truncation.Ends, 4, new[] { 0, 1, 8, 9 })]
    [InlineData(Truncation.Ends, 5, new[] { 0, 1, 2, 8, 9 })]
    [InlineData(Truncation.Middle, 3, new[] { 3, 4, 5 })]
    [InlineData(Truncation.Ends, 1, new[] { 0 })]
    public void What_stays_of_ten_tokens(Truncation truncation, int most, int[] stays)
    {
        int[] text = [.. Enumerable.Range(0, 10)];
        var window = TokenWindow.Of(10, most, truncation);
        var copy = new int[window.Count];
        window.CopyTo(text, copy);
        Assert.Equal(stays, copy);

        List<int> behindAnother = [77, 78, .. text];
        window.Cut(behindAnother, 2);
        Assert.Equal([77, 78, .. stays], behindAnother);
    }

    [Fact]
    public void A_text_that_is_short_enough_stays_whole()
    {
        foreach (Truncation truncation in Enum.GetValues<Truncation>())
        {
            foreach (int length in new[] { 0, 1, 5 })
            {
                List<int> ids = [.. Enumerable.Range(0, length)];
                TokenWindow.Of(length, 5, truncation).Cut(ids, 0);
                Assert.Equal(Enumerable.Range(0, length), ids);
            }
        }
    }
}
