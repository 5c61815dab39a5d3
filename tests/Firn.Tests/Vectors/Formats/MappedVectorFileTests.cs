using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Storage;

namespace Firn.Tests.Vectors.Formats;

public class MappedVectorFileTests
{
    [Theory]
    [InlineData(VectorPrecision.Float32)]
    [InlineData(VectorPrecision.Float16)]
    [InlineData(VectorPrecision.Int8)]
    public void What_is_saved_is_mapped_bit_for_bit(VectorPrecision precision)
    {
        using var files = new VectorFiles();
        string path = Path.Combine(files.Folder, "v");
        foreach ((int count, int dimension) in new[] { (1, 1), (7, 3), (300, 50) })
        {
            WordVectors saved = VectorFiles.Sample(count, dimension).ToPrecision(precision);
            saved.Save(path, VectorFormat.Safetensors);
            using WordVectors mapped = WordVectors.Load(path);
            Assert.True(mapped.IsMapped);
            Assert.Equal((precision, VectorFormat.Safetensors), (mapped.Precision, mapped.LoadReport!.Format));
            Assert.Equal(saved.Words, mapped.Words);
            Assert.True(saved.Table.SequenceEqual(mapped.Table));
            for (int row = 0; row < count; row++)
            {
                Assert.True(mapped.TryGetRow(saved.Words[row], out int found));
                Assert.Equal(row, found);
            }
            Assert.False(mapped.TryGetRow("absent", out _));
            Assert.False(mapped.TryGetRow("\uD800", out _));
            Assert.Single(Directory.GetFiles(files.Folder));
        }
    }

    [Fact]
    public void Any_word_can_be_stored_and_found()
    {
        using var files = new VectorFiles();
        string[] words = ["", " ", "a b", "new\nline", "héllo", "日本", "😀", "</s>", new string('x', 5000), "\uFFFD"];
        string path = Path.Combine(files.Folder, "v");
        new WordVectors(words, [.. Enumerable.Range(0, words.Length).Select(i => (float)i)], 1).Save(
            path,
            VectorFormat.Safetensors
        );
        using WordVectors mapped = WordVectors.Load(path);
        Assert.Equal(words, mapped.Words);
        Assert.All(words, word => Assert.Equal(word, mapped.Words[mapped.TryGetRow(word, out int row) ? row : 0]));
        var error = Assert.Throws<ArgumentException>(() =>
            new WordVectors(["\uD800"], [1], 1).Save(path, VectorFormat.Safetensors)
        );
        Assert.Contains("half a surrogate", error.Message);
    }

    [Fact]
    public void Equal_rows_are_stored_once()
    {
        using var files = new VectorFiles();
        string path = Path.Combine(files.Folder, "v");
        new WordVectors(["a", "b", "c", "d"], [1, 2, 0, 0, 1, 2, 0, 0], 2).Save(path, VectorFormat.Safetensors);
        using (WordVectors mapped = WordVectors.Load(path))
        {
            Assert.Equal((4, 2, 2 * 2 * 4 + 4 * 4L), (mapped.Count, mapped.StoredRows, mapped.StoredBytes));
            Assert.Equal([1f, 2, 0, 0, 1, 2, 0, 0], mapped.Table.ToArray());
        }
        using WordVectors first = WordVectors.Load(path, new VectorLoadOptions { Limit = 3 });
        Assert.Equal([1f, 2, 0, 0, 1, 2], first.Table.ToArray());
        Assert.False(first.TryGetRow("d", out _));
    }

    [Fact]
    public void Limit_and_words_asked_for_are_kept()
    {
        using var files = new VectorFiles();
        string path = Path.Combine(files.Folder, "v");
        WordVectors all = VectorFiles.Sample(100, 7);
        all.ToPrecision(VectorPrecision.Float16).Save(path, VectorFormat.Safetensors);
        WordVectors some = WordVectors.Load(path, new VectorLoadOptions { Only = ["w99", "absent", "w3"] });
        Assert.False(some.IsMapped);
        Assert.Equal(["w3", "w99"], some.Words);
        Assert.Equal(98, some.LoadReport!.Filtered);
        Assert.Equal((float)(Half)Math.Clamp(all[99][0], -65504f, 65504f), some[1][0]);
        using WordVectors first = WordVectors.Load(path, new VectorLoadOptions { Limit = 10 });
        Assert.Equal(all.Words.Take(10), first.Words);
        Assert.Equal(10, first.Count);
        Assert.False(first.TryGetRow("w10", out _));
        var error = Assert.Throws<InvalidDataException>(() =>
            WordVectors.Load(path, new VectorLoadOptions { Only = ["absent"] })
        );
        Assert.Contains("none of the words asked for", error.Message);
    }

    [Fact]
    public void The_file_is_plain_safetensors_that_a_stranger_can_read()
    {
        using var files = new VectorFiles();
        string path = Path.Combine(files.Folder, "v");
        new WordVectors(["sea", "é"], [1, -2, 0.5f, 3], 2).Save(path, VectorFormat.Safetensors);
        byte[] bytes = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, length));
        ReadOnlySpan<byte> Data(string name, string type)
        {
            JsonElement tensor = header.RootElement.GetProperty(name);
            Assert.Equal(type, tensor.GetProperty("dtype").GetString());
            JsonElement range = tensor.GetProperty("data_offsets");
            return bytes.AsSpan()[(8 + length + range[0].GetInt32())..(8 + length + range[1].GetInt32())];
        }
        Assert.Equal("seaé", Encoding.UTF8.GetString(Data("words.bytes", "U8")));
        Assert.Equal([3, 0, 0, 0, 5, 0, 0, 0], Data("words.ends", "I32").ToArray());
        Assert.Equal(
            [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F, 0, 0, 0x40, 0x40],
            Data("vectors.rows", "F32").ToArray()
        );
        // FNV-1a of "a" is E40C292C (the function's published test values).
        Assert.Equal(0xE40C292Cu ^ (0xE40C292Cu >> 15), WordSlots.Hash("a"u8));
    }

    [Fact]
    public void Damage_is_named_and_never_followed()
    {
        using var files = new VectorFiles();
        string path = Path.Combine(files.Folder, "v");
        VectorFiles.Sample(40, 5).ToPrecision(VectorPrecision.Int8).Save(path, VectorFormat.Safetensors);
        byte[] good = File.ReadAllBytes(path);
        for (int length = 0; length < good.Length; length += 7)
            Refused(files.Bytes("cut", good[..length]), touch: false);
        string text = Encoding.UTF8.GetString(good, 8, (int)BinaryPrimitives.ReadUInt64LittleEndian(good));
        Refused(files.Bytes("name", Replace(good, "words.ends", "words.endx")), touch: false);
        Refused(files.Bytes("type", Replace(good, "\"I8\"", "\"U8\"")), touch: false);
        Refused(files.Bytes("format", Replace(good, "firn-vectors-1", "firn-vectors-2")), touch: false);
        Refused(files.Bytes("shape", Replace(good, "[40,5]", "[20,5]")), touch: false);
        Assert.Contains("\"I8\"", text);
        // The ends of words and the slots are read when asked for, so damage in them shows then.
        byte[] ends = [.. good];
        int at = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(good) + 128 * 4 + 3 * 4;
        ends.AsSpan(at, 4).Fill(0xFF);
        Refused(files.Bytes("ends", ends), touch: true);
        Assert.Contains(
            "gunzip",
            Assert.Throws<InvalidDataException>(() => WordVectors.Load(files.Gzip("packed", good))).Message
        );
        Assert.Throws<ArgumentException>(() => VectorFiles.Sample(2, 2).Save(path + ".gz", VectorFormat.Safetensors));
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_found_by_the_search()
    {
        using var files = new VectorFiles();
        string path = Path.Combine(files.Folder, "v");
        new WordVectors(["good", "bad"], [1, 2, 3, float.NaN], 2).Save(path, VectorFormat.Safetensors);
        using WordVectors mapped = WordVectors.Load(path);
        Assert.Contains("'bad' (row 2)", Assert.Throws<InvalidDataException>(() => new Similarity(mapped)).Message);
    }

    private static byte[] Replace(byte[] bytes, string from, string to)
    {
        byte[] changed = [.. bytes];
        int at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(from));
        Assert.True(at > 0, from);
        Encoding.ASCII.GetBytes(to).CopyTo(changed, at);
        return changed;
    }

    private static void Refused(string path, bool touch)
    {
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            using WordVectors vectors = WordVectors.Load(path);
            if (touch)
                _ = vectors.Words.Count(word => vectors.TryGetRow(word, out _));
        });
        Assert.StartsWith(path, error.Message);
    }
}
