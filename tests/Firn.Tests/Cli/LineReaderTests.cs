using Firn.Cli.Output;

namespace Firn.Tests.Cli;

public sealed class LineReaderTests
{
    /// <summary>Hands out what was written piece by piece, as a slow producer does.</summary>
    private sealed class Pieces(params string[] pieces) : TextReader
    {
        private int _next;

        public override int Read(char[] buffer, int index, int count)
        {
            if (_next == pieces.Length)
                return 0;
            string piece = pieces[_next++];
            Assert.True(piece.Length <= count);
            piece.CopyTo(0, buffer, index, piece.Length);
            return piece.Length;
        }
    }

    private static List<string[]> Batches(LineReader reader, int most = 100)
    {
        var batches = new List<string[]>();
        var lines = new List<string>();
        while (reader.ReadBatch(lines, most))
            batches.Add([.. lines]);
        return batches;
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\n\n", new[] { "a", "" })]
    [InlineData("\n", new[] { "" })]
    [InlineData("a\r\nb\rc\n", new[] { "a", "b\rc" })]
    [InlineData("a\u2028b\u0085c\nd", new[] { "a\u2028b\u0085c", "d" })]
    public void Only_a_line_feed_ends_a_line(string text, string[] expected) =>
        Assert.Equal(expected, Batches(new LineReader(new StringReader(text))).SelectMany(b => b));

    [Fact]
    public void A_batch_ends_where_the_producer_waits()
    {
        var reader = new LineReader(new Pieces("one\ntwo\nth", "ree\n", "four"));
        Assert.Equal(
            [
                ["one", "two"],
                ["three"],
                ["four"],
            ],
            Batches(reader)
        );
    }

    [Fact]
    public void A_batch_is_bounded_and_a_long_line_grows_the_buffer()
    {
        string longLine = new('x', 1000);
        var reader = new LineReader(new StringReader($"1\n2\n3\n{longLine}\n4\n"), bufferSize: 16);
        var batches = Batches(reader, most: 2);
        Assert.All(batches, batch => Assert.True(batch.Length <= 2));
        Assert.Equal(["1", "2", "3", longLine, "4"], batches.SelectMany(b => b));
    }
}
