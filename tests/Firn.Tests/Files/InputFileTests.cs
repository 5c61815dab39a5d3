using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Firn.Files;

namespace Firn.Tests.Files;

public sealed class InputFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-input-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Gzip_of_one_member_or_many_is_unpacked_whole()
    {
        byte[] one = Gzip("a line\n"),
            two = Gzip(string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i * 7919}\n"))),
            empty = Gzip("");
        Assert.Equal("a line\n", Read(Save("one.csv", one)));
        string all = Read(Save("many", [.. one, .. two, .. one, .. empty]));
        Assert.StartsWith("a line\nline 0\n", all, StringComparison.Ordinal);
        Assert.EndsWith("line 39587081\na line\n", all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data.csv", "data.csv")]
    [InlineData("data.csv.gz", "data.csv")]
    [InlineData("data.tsv.ZST", "data.tsv")]
    [InlineData("data.zip:in/train.csv", "data.zip:in/train.csv")]
    [InlineData("", "")]
    public void A_packed_file_tells_by_its_name_what_is_in_it(string path, string expected) =>
        Assert.Equal(expected, FileKinds.UnpackedName(path));

    [Fact]
    public void Gzip_cut_anywhere_is_refused_whether_of_one_member_or_many()
    {
        string text = string.Concat(Enumerable.Range(0, 300).Select(i => $"line {i * 7919}\n"));
        byte[] single = Gzip(text),
            many = [.. Gzip(text), .. Gzip("more\n"), .. Gzip(text)];
        foreach (byte[] whole in new[] { single, many })
        {
            int ends = whole == many ? Gzip(text).Length : 0,
                second = ends + Gzip("more\n").Length;
            for (int length = 2; length < whole.Length; length += 3)
            {
                if (whole == many && (length == ends || length == second))
                    continue; // whole members, which nobody can tell from a whole file
                string path = Save($"cut{length}", whole[..length]);
                string message = Assert.Throws<InvalidDataException>(() => Read(path)).Message;
                Assert.StartsWith($"{path}: the gzip data is damaged or cut short", message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_zip_archive_gives_its_only_file_with_data_or_the_one_that_is_named()
    {
        string single = SaveZip(
            "single.zip",
            ("data/", ""),
            ("data/train.csv", "label,text\n"),
            ("data/README.txt", "about"),
            ("__MACOSX/data/._train.csv", "x"),
            ("LICENSE", "free")
        );
        Assert.Equal("label,text\n", Read(single));
        string several = SaveZip("glove.zip", ("g/a.50d.txt", "fifty"), ("g/a.100d.txt", "hundred"));
        string message = Assert.Throws<InvalidDataException>(() => Read(several)).Message;
        Assert.Equal(
            $"{several}: this archive holds 2 files. Name one as {several}:g/a.50d.txt; there are g/a.50d.txt, "
                + $"g/a.100d.txt.",
            message
        );
        Assert.Equal("hundred", Read(several + ":g/a.100d.txt"));
        Assert.Equal("fifty", Read(several + ":a.50d.txt"));
        Assert.Contains(
            "there is no file 'b.txt'",
            Assert.Throws<InvalidDataException>(() => Read(several + ":b.txt")).Message,
            StringComparison.Ordinal
        );
        Assert.True(InputFile.Exists(several + ":b.txt"));
        Assert.False(InputFile.Exists(Path.Combine(_folder, "no.zip:b.txt")));
        string inside = Save("inside.zip.gz", GzipOf(File.ReadAllBytes(several)));
        Assert.Equal("hundred", Read(inside + ":g/a.100d.txt"));
    }

    [Fact]
    public void A_cut_or_damaged_zip_archive_is_refused()
    {
        byte[] whole = File.ReadAllBytes(
            SaveZip("a.zip", ("train.csv", string.Concat(Enumerable.Range(0, 300).Select(i => $"line {i * 7919}\n"))))
        );
        for (int length = 30; length < whole.Length; length += 50)
        {
            string path = Save($"cut{length}.zip", whole[..length]);
            Assert.StartsWith(
                $"{path}: ",
                Assert.Throws<InvalidDataException>(() => Read(path)).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_tar_archive_packed_or_not_gives_its_file(bool packed)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (
                (string name, string content) in new[]
                {
                    ("d/readme.md", "about"),
                    ("d/train.csv", "label,text\n1,a\n"),
                }
            )
                writer.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, name)
                    {
                        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                    }
                );
        }
        string path = Save(packed ? "a.tar.gz" : "a.tar", packed ? GzipOf(bytes.ToArray()) : bytes.ToArray());
        Assert.Equal("label,text\n1,a\n", Read(path));
        Assert.Equal("about", Read(path + ":d/readme.md"));
        string cut = Save("cut.tar", bytes.ToArray()[..1500]);
        Assert.StartsWith(
            $"{cut}: the tar archive is damaged",
            Assert.Throws<InvalidDataException>(() => Read(cut)).Message,
            StringComparison.Ordinal
        );
        byte[] huge = bytes.ToArray();
        // the second file's user in binary, a number beyond what .NET's reader holds
        (huge[1132], huge[1133]) = (0xFF, 0x7F);
        string overflow = Save("huge.tar", huge);
        Assert.StartsWith(
            $"{overflow}: the tar archive is damaged",
            Assert.Throws<InvalidDataException>(() => Read(overflow)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_cannot_be_unpacked_is_named_with_its_remedy()
    {
        string path = Save("x.csv", [0x04, 0x22, 0x4D, 0x18, 0x64, 0x40]);
        Assert.Equal(
            $"{path}: this is an LZ4 file, which cannot be read here. Unpack it first: unlz4 {path}.",
            Assert.Throws<InvalidDataException>(() => Read(path)).Message
        );
        string plain = Save("y.csv", "a,b\n"u8.ToArray());
        Assert.Contains(
            "not an archive with a file 'z'",
            Assert.Throws<InvalidDataException>(() => Read(plain + ":z")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_pipe_is_read_as_often_as_asked_packed_or_not()
    {
        Assert.SkipUnless(Shell.Exists, "needs mkfifo");
        foreach (
            (string name, byte[] content) in new[] { ("plain", "a line\n"u8.ToArray()), ("packed", Gzip("a line\n")) }
        )
        {
            string path = Path.Combine(_folder, name);
            Shell.Run("mkfifo", path);
            Task writing = Task.Run(() => File.WriteAllBytes(path, content), TestContext.Current.CancellationToken);
            Assert.True(InputFile.Exists(path));
            Assert.True(InputFile.IsPipe(path));
            Assert.Equal("a line\n", Read(path));
            Assert.Equal("a line\n", Read(path));
            Assert.Equal(FileKind.Text, InputFile.KindOf(path));
            await writing;
        }
        Assert.False(InputFile.IsPipe(Save("regular", "x"u8.ToArray())));
    }

    private static string Read(string path)
    {
        using var reader = new StreamReader(InputFile.Open(path));
        return reader.ReadToEnd();
    }

    private static byte[] Gzip(string text) => GzipOf(Encoding.UTF8.GetBytes(text));

    private static byte[] GzipOf(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        // .NET writes nothing for nothing; gzip writes a member.
        return bytes.Length > 0 ? packed.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    private string SaveZip(string name, params (string Name, string Content)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string entry, string content) in entries)
            {
                using Stream stream = archive.CreateEntry(entry).Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }
        return Save(name, bytes.ToArray());
    }

    private string Save(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
