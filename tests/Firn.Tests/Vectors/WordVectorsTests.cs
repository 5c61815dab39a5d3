using System.Text;
using Firn.Vectors;
using Firn.Vectors.Formats;

namespace Firn.Tests.Vectors;

public class WordVectorsTests
{
    [Fact]
    public void Rows_are_found_by_word()
    {
        var vectors = new WordVectors(["cat", "dog"], [1, 2, 3, 4], 2);
        Assert.True(vectors.TryGetRow("dog".AsSpan(), out int row));
        Assert.Equal([3f, 4f], vectors[row]);
        Assert.False(vectors.TryGetVector("Dog", out var none));
        Assert.True(none.IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => vectors[2].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => vectors[-1].Length);
    }

    [Fact]
    public void A_word_that_comes_twice_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new WordVectors(["a", "b", "a"], new float[3], 1));
        Assert.Contains("'a' stands in rows 0 and 2", error.Message);
    }

    [Theory]
    [InlineData(VectorFormat.Word2VecText, "v.txt")]
    [InlineData(VectorFormat.Word2VecText, "v.txt.gz")]
    [InlineData(VectorFormat.Word2VecBinary, "v.bin")]
    [InlineData(VectorFormat.Word2VecBinary, "v.bin.gz")]
    [InlineData(VectorFormat.GloVe, "v")]
    [InlineData(VectorFormat.GloVe, "v.gz")]
    public void What_is_saved_reads_back_bit_for_bit(VectorFormat format, string name)
    {
        using var files = new VectorFiles();
        foreach ((int count, int dimension) in new[] { (1, 2), (7, 3), (300, 50), (40, 300) })
        {
            WordVectors saved = VectorFiles.Sample(count, dimension);
            string path = Path.Combine(files.Folder, name);
            saved.Save(path, format);
            WordVectors loaded = WordVectors.Load(path);
            Assert.Equal(format, loaded.LoadReport!.Format);
            Assert.Equal(saved.Words, loaded.Words);
            Assert.True(saved.Table.SequenceEqual(loaded.Table));
            Assert.Single(Directory.GetFiles(files.Folder));
        }
    }

    [Fact]
    public void Blocks_parsed_in_parallel_keep_the_order_and_the_line_numbers()
    {
        using var files = new VectorFiles();
        var text = new StringBuilder();
        const int rows = 150_000;
        for (int i = 0; i < rows; i++)
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"word{i} {i} {i * 0.5} -1e-3 0.000000000000000000000000000001\n"
            );
        string path = files.Text("long.txt", text.ToString());
        foreach (int threads in new[] { 1, 3 })
        {
            WordVectors vectors = WordVectors.Load(path, new VectorLoadOptions { Threads = threads });
            Assert.Equal(rows, vectors.Count);
            for (int i = 0; i < rows; i += 997)
            {
                Assert.Equal($"word{i}", vectors.Words[i]);
                Assert.Equal([i, i * 0.5f, -1e-3f, 1e-30f], vectors[i]);
            }
        }
        string broken = files.Text("broken.txt", text.Append("word x 2 3 4\n").ToString());
        var error = Assert.Throws<InvalidDataException>(() => WordVectors.Load(broken));
        Assert.Contains($"line {rows + 1}: 'x' in column 6 is not a finite number", error.Message);
        Assert.Equal(rows, WordVectors.Load(broken, new VectorLoadOptions { Limit = rows }).Count);
    }

    [Fact]
    public void Only_the_words_asked_for_are_kept()
    {
        using var files = new VectorFiles();
        foreach (
            VectorFormat format in new[] { VectorFormat.Word2VecText, VectorFormat.Word2VecBinary, VectorFormat.GloVe }
        )
        {
            WordVectors all = VectorFiles.Sample(100, 7);
            string path = Path.Combine(files.Folder, "v");
            all.Save(path, format);
            WordVectors some = WordVectors.Load(path, new VectorLoadOptions { Only = ["w99", "absent", "w3"] });
            Assert.Equal(["w3", "w99"], some.Words);
            Assert.Equal(all[99], some[1]);
            Assert.Equal(98, some.LoadReport!.Filtered);
            WordVectors first = WordVectors.Load(path, new VectorLoadOptions { Limit = 10 });
            Assert.Equal(all.Words.Take(10), first.Words);
        }
    }

    [Theory]
    [InlineData("a b", VectorFormat.Word2VecText)]
    [InlineData("a b", VectorFormat.Word2VecBinary)]
    [InlineData("a\nb", VectorFormat.GloVe)]
    [InlineData("", VectorFormat.GloVe)]
    public void Words_that_could_not_be_read_back_are_refused(string word, VectorFormat format)
    {
        using var files = new VectorFiles();
        var vectors = new WordVectors([word], [1, 2], 2);
        string path = Path.Combine(files.Folder, "v");
        Assert.Throws<ArgumentException>(() => vectors.Save(path, format));
        Assert.Empty(Directory.GetFiles(files.Folder));
    }
}
