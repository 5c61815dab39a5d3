using System.Text;
using Firn.Vectors;
using Firn.Vectors.Formats;

namespace Firn.Tests.Vectors;

/// <summary>
/// Files that are odd or wrong: each is handled and counted, or refused in one line with place and remedy.
/// </summary>
public sealed class VectorFileErrorTests : IDisposable
{
    private readonly VectorFiles _files = new();

    [Theory]
    [InlineData("", "byte 0: the file is empty")]
    [InlineData("hello", "neither a header")]
    [InlineData("2 3\na 1 2 3\nb 1 2\n", "line 3: 2 numbers follow the word where 3 are expected")]
    [InlineData("2 3\na 1 2 3\nb 1 2 3 4\n", "line 3: 4 numbers follow the word where 3 are expected")]
    [InlineData("a 1 2 3\nb 1 2 3 4\n", "line 2: 4 numbers follow")]
    [InlineData("2 2\na 1 x\nb 1 2\n", "line 2: 'x' in column 5 is not a finite number")]
    [InlineData("2 2\na 1 2\nb nan 2\n", "line 3: 'nan' in column 3 is not a finite number")]
    [InlineData("2 2\na 1 2\nb 1 -inf\n", "line 3: '-inf' in column 5 is not a finite number")]
    [InlineData("2 2\na 1 2\nb 1 1e39\n", "line 3: '1e39' in column 5 is not a finite number")]
    [InlineData("3 2\na 1.25 2.25\nb 1.25 2.25\n", "line 1: the header promises 3 words and the file holds 2")]
    [InlineData("1 2\na 1 2\nb 1 2\n", "line 1: the header promises 1 words and the file holds 2")]
    [InlineData("2 2\na 1 2\nb 1", "line 3: 1 numbers follow the word where 2 are expected. The file ends here")]
    [InlineData("0 2\n", "line 1: the header promises 0 words")]
    [InlineData("2 0\na\nb\n", "line 1: the header promises 2 words of 0 numbers")]
    [InlineData("-1 2\n", "line 1: the header promises -1 words")]
    [InlineData("999999999999 300\na 1\n", "more than the file's length can hold")]
    [InlineData("2 1000000\na 1\n", "more than the file's length can hold")]
    [InlineData("9223372036854775807 9223372036854775807\na 1\n", "line 1: the header promises")]
    public void Wrong_text_is_refused(string content, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => WordVectors.Load(_files.Text("bad", content)));
        Assert.Contains(expected, error.Message);
        Assert.StartsWith(Path.Combine(_files.Folder, "bad") + ": ", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_short_row_among_the_first_is_the_one_that_is_blamed()
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            WordVectors.Load(_files.Text("g", "a 1 2 3\nb 1 2 3\nc 1 2\nd 1 2 3\n"))
        );
        Assert.Contains("line 3: 2 numbers follow the word where 3 are expected", error.Message);
        Assert.Equal(["a", "at x", "c"], WordVectors.Load(_files.Text("s", "a 1 2 3\nat x 1 2 3\nc 1 2 3\n")).Words);
    }

    [Theory]
    [InlineData("2 3\na 1 2 3\nb 1 2\nc 1 2 3\n", false)]
    [InlineData("a 1 2 3\nb 1 nan 3\nc 1 2 3\n", false)]
    [InlineData("a 1 2 3\nb 1 2 3 4\nc 1 2 3\n", true)]
    public void Bad_rows_are_left_out_where_that_is_asked_for(string content, bool trust)
    {
        WordVectors vectors = WordVectors.Load(
            _files.Text("t", content),
            new() { SkipBadRows = true, TrustHeader = trust }
        );
        Assert.Equal(["a", "c"], vectors.Words);
        Assert.Equal([1f, 2, 3, 1, 2, 3], vectors.Table);
        Assert.Equal(1, vectors.LoadReport!.BadRows);
        Assert.Contains("line ", vectors.LoadReport.FirstBadRow!);
    }

    [Fact]
    public void Bad_rows_of_a_binary_file_are_left_out_where_that_is_asked_for()
    {
        byte[] binary = VectorFiles.Binary(
            "3 2",
            ("a"u8.ToArray(), [1, 2]),
            ("b"u8.ToArray(), [3, float.NaN]),
            ("c"u8.ToArray(), [5, 6])
        );
        WordVectors vectors = WordVectors.Load(_files.Bytes("b", binary), new() { SkipBadRows = true });
        Assert.Equal(["a", "c"], vectors.Words);
        Assert.Equal([1f, 2, 5, 6], vectors.Table);
        Assert.Contains("number 2 of row 2", vectors.LoadReport!.FirstBadRow!);
    }

    [Fact]
    public void With_the_count_ignored_text_and_binary_give_all_rows_that_are_there()
    {
        byte[] a = "a"u8.ToArray(),
            b = "b"u8.ToArray();
        foreach (string header in new[] { "1 2", "3 2" })
        {
            string text = _files.Text("t", header + "\na 1 2\nb 3 4\n"),
                binary = _files.Bytes("b", VectorFiles.Binary(header, (a, [1, 2]), (b, [3, 4])));
            foreach (string path in new[] { text, binary })
                Assert.Equal(["a", "b"], WordVectors.Load(path, new() { TrustHeader = false }).Words);
        }
    }

    [Fact]
    public void Words_are_read_in_the_encoding_that_is_named()
    {
        byte[] word = [(byte)'n', 0xE4, (byte)'h'];
        string text = _files.Bytes("t", [.. "1 2\n"u8, .. word, .. " 1 2\n"u8]),
            binary = _files.Bytes("b", VectorFiles.Binary("1 2", (word, [1, 2])));
        foreach (string path in new[] { text, binary })
            Assert.Equal(["näh"], WordVectors.Load(path, new() { Encoding = Encoding.Latin1 }).Words);
    }

    [Fact]
    public void A_header_of_a_packed_file_allocates_nothing()
    {
        string path = _files.Gzip("huge.gz", Encoding.ASCII.GetBytes("90000 1000000\na 1 2 3\n"));
        long before = GC.GetAllocatedBytesForCurrentThread(); // other tests run beside this one
        Assert.Throws<InvalidDataException>(() => WordVectors.Load(path, new() { Threads = 1 }));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
    }

    [Fact]
    public void Duplicates_keep_the_first_row_and_are_counted()
    {
        WordVectors text = WordVectors.Load(_files.Text("t", "4 2\na 1 2\nb 3 4\na 5 6\nb 7 8\n"));
        byte[] a = "a"u8.ToArray(),
            b = "b"u8.ToArray();
        WordVectors binary = WordVectors.Load(
            _files.Bytes("b", VectorFiles.Binary("4 2", (a, [1, 2]), (b, [3, 4]), (a, [5, 6]), (b, [7, 8])))
        );
        foreach (WordVectors vectors in new[] { text, binary })
        {
            Assert.Equal(["a", "b"], vectors.Words);
            Assert.Equal([1f, 2, 3, 4], vectors.Table);
            Assert.Equal(2, vectors.LoadReport!.Duplicates);
            Assert.Equal("a", vectors.LoadReport.FirstDuplicate);
        }
    }

    [Fact]
    public void Words_with_spaces_inside_are_kept_whole()
    {
        WordVectors vectors = WordVectors.Load(
            _files.Text("glove", "the 1 2\n. . . 3 4\nat name@domain.com 5 6\n\u00A0 7 8\n1 9 10\n")
        );
        Assert.Equal(["the", ". . .", "at name@domain.com", "\u00A0", "1"], vectors.Words);
        Assert.Equal([5f, 6f], vectors[2]);
        Assert.Equal(2, vectors.LoadReport!.WordsWithSpaces);
    }

    [Fact]
    public void Tabs_line_ends_of_Windows_blank_lines_and_a_byte_order_mark_do_not_matter()
    {
        WordVectors vectors = WordVectors.Load(_files.Text("v", "\uFEFF2 2\r\na\t1  2 \r\n\r\nb 3\t4"));
        Assert.Equal(["a", "b"], vectors.Words);
        Assert.Equal([1f, 2, 3, 4], vectors.Table);
        WordVectors glove = WordVectors.Load(_files.Text("g", "\uFEFFa 1 2\r\nb 3 4\r\n 5 6\r\n"));
        Assert.Equal(["a", "b"], glove.Words);
        Assert.Equal(1, glove.LoadReport!.EmptyWords);
    }

    [Fact]
    public void Words_that_are_not_UTF8_follow_the_policy()
    {
        byte[] cut = [(byte)'x', 0xD0];
        byte[] text = [.. "2 2\n"u8, .. cut, .. " 1 2\nb 3 4\n"u8];
        byte[] binary = VectorFiles.Binary("2 2", (cut, [1, 2]), ("b"u8.ToArray(), [3, 4]));
        foreach ((byte[] content, string place) in new[] { (text, "line 2"), (binary, "byte 4") })
        {
            string path = _files.Bytes("v", content);
            var error = Assert.Throws<InvalidDataException>(() => WordVectors.Load(path));
            Assert.Contains($"{place}: the word 'x\uFFFD'", error.Message);
            Assert.Contains("encoding", error.Message);
            WordVectors replaced = WordVectors.Load(path, new() { InvalidUtf8 = InvalidUtf8Policy.Replace });
            Assert.Equal(["x\uFFFD", "b"], replaced.Words);
            Assert.Equal(1, replaced.LoadReport!.InvalidUtf8Words);
            Assert.Equal(["b"], WordVectors.Load(path, new() { InvalidUtf8 = InvalidUtf8Policy.Skip }).Words);
        }
    }

    [Fact]
    public void Wrong_binary_is_refused_with_its_offset()
    {
        byte[] a = "a"u8.ToArray(),
            b = "b"u8.ToArray();
        byte[] good = VectorFiles.Binary("2 3", (a, [1, 2, 3]), (b, [4, 5, 6]));
        Refused(good[..^1], "the file ends in row 2");
        Refused(good[..18], "the header promises 2 words of 3 numbers, more than the file's length can hold");
        Refused([.. good, 1, 2], $"byte {good.Length}: more bytes follow the 2 words");
        Refused(VectorFiles.Binary("2 3", (a, [1, 2, 3]), (b, [4, float.NaN, 6])), "byte 24: number 2 of row 2 is NaN");
        Refused(VectorFiles.Binary("1 2", (a, [1, 2]), (b, [4, 5])), "more bytes follow the 1 words");
        Refused([.. Encoding.ASCII.GetBytes("3 1\n"), .. new byte[100]], "no space ends the word of row 1");
        Assert.Equal(1, WordVectors.Load(_files.Bytes("v", good), new() { Limit = 1 }).Count);
    }

    [Fact]
    public void Truncated_files_yield_what_is_there_when_the_header_is_not_trusted()
    {
        byte[] a = "a"u8.ToArray();
        var options = new VectorLoadOptions { TrustHeader = false };
        Assert.Equal(["a"], WordVectors.Load(_files.Text("t", "9 2\na 1 2\n"), options).Words);
        Assert.Equal(["a"], WordVectors.Load(_files.Bytes("b", VectorFiles.Binary("9 2", (a, [1, 2]))), options).Words);
    }

    [Fact]
    public void A_cut_gzip_file_is_refused()
    {
        var text = new StringBuilder("500 3\n");
        for (int i = 0; i < 500; i++)
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"w{i} {i * 7919 % 1000 / 1000.0} 0.25 {i}\n"
            );
        byte[] packed = File.ReadAllBytes(_files.Gzip("v.gz", Encoding.ASCII.GetBytes(text.ToString())));
        Assert.Equal(500, WordVectors.Load(_files.Bytes("whole.gz", packed)).Count);
        byte[] glove = File.ReadAllBytes(
            _files.Gzip("g.gz", Encoding.ASCII.GetBytes(text.ToString()["500 3\n".Length..]))
        );
        foreach (byte[] whole in new[] { packed, glove })
        {
            foreach (int cut in new[] { 1, 3, 8, 9, 12, whole.Length / 2, whole.Length - 12 })
                Assert.Throws<InvalidDataException>(() => WordVectors.Load(_files.Bytes("cut.gz", whole[..^cut])));
        }
    }

    public void Dispose() => _files.Dispose();

    private void Refused(byte[] content, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => WordVectors.Load(_files.Bytes("bad", content)));
        Assert.Contains(expected, error.Message);
    }
}
