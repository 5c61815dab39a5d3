using System.Text;
using Firn.Data;
using Firn.Files;
using Firn.Formats;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.ZStandard;

namespace Firn.Tests.Formats;

public sealed class PackedFormatsTests : IDisposable
{
    private const string Xz =
        "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AIoAMZdADYYSHP8EnVuh/fdxeQPevt5s7ChOLgT5K2l66TwlJgHgkXd3dc15cUmf35u"
        + "Bku/s8bSfa9HlEYD0MVNnIiVLv49ng+0dYyriwHQPGcoNoFsy9zwctsRse6j3FjDWBsjXeUVvGrkTdUSVeKXMelzavA+wfW72WZv"
        + "4AkZzuOXnlRtKylK0TAlBwiD7Rsvroy7YAWMb/9cpd12z26SnKFYHKARYtruxqe/Q1/0zu+bOiNwGiywyu1DZUa1wfk/7k1F1Emp"
        + "OkGAAAAAAPQUnECg55kBAAHiAakEAAC3udOSscRn+wIAAAAABFla";

    private static readonly string Content =
        "label,text\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i % 2},text {i * 7919}\n"));

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-packed-").FullName;

    public PackedFormatsTests() => DataFormats.Add();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, FileKind> Kinds =>
        new()
        {
            { "a.bz2", FileKind.Bzip2 },
            { "a.xz", FileKind.Xz },
            { "a.zst", FileKind.Zstandard },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Packed_files_are_read_whatever_their_name(string name, FileKind kind)
    {
        string path = Save("data.csv", Packed(name));
        Assert.Equal(kind, FileKinds.Recognize(File.ReadAllBytes(path)));
        LabeledText[] rows = [.. CorpusReader.Open(path)];
        Assert.Equal(40, rows.Length);
        Assert.Equal(new LabeledText("text 308841", "1"), rows[^1]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Packed_files_that_are_cut_are_refused_with_one_line(string name, FileKind kind)
    {
        byte[] whole = Packed(name);
        for (int length = 12; length < whole.Length - 1; length += 7)
        {
            string path = Save($"cut{length}-{kind}", whole[..length]);
            string message = Assert.ThrowsAny<Exception>(() => Read(path)) is InvalidDataException error
                ? error.Message
                : "another exception";
            Assert.StartsWith($"{path}: ", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void A_second_part_behind_the_first_is_read_too()
    {
        foreach ((string name, _) in new[] { ("a.bz2", 0), ("a.zst", 0) })
            Assert.Equal(Content + Content, Read(Save("two-" + name, [.. Packed(name), .. Packed(name)])));
    }

    private static string Read(string path)
    {
        using var reader = new StreamReader(InputFile.Open(path));
        return reader.ReadToEnd();
    }

    private static byte[] Packed(string name)
    {
        if (name == "a.xz")
            return Convert.FromBase64String(Xz);
        using var bytes = new MemoryStream();
        using (
            Stream stream =
                name == "a.bz2"
                    ? BZip2Stream.Create(bytes, CompressionMode.Compress, false, true, false)
                    : new CompressionStream(bytes, 3, 0, true)
        )
            stream.Write(Encoding.UTF8.GetBytes(Content));
        return bytes.ToArray();
    }

    private string Save(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
