using System.IO.Compression;
using System.Text;
using Firn.Files;

namespace Firn.Tests.Files;

public sealed class FileKindsTests
{
    public static TheoryData<FileKind, byte[]> Heads =>
        new()
        {
            { FileKind.Empty, [] },
            { FileKind.Text, "label,text\n1,good\n"u8.ToArray() },
            { FileKind.Text, "2 3\nthe 0.1 0.2 0.3\nof 0.3 0.2 0.1\n"u8.ToArray() },
            { FileKind.Text, Encoding.Latin1.GetBytes("Stra\u00DFe;gr\u00FCn\n") },
            { FileKind.Text, "1,one \0 zero byte in a line of text that is else as texts are\n"u8.ToArray() },
            { FileKind.Utf16LittleEndian, [0xFF, 0xFE, (byte)'a', 0] },
            { FileKind.Utf16BigEndian, [0xFE, 0xFF, 0, (byte)'a'] },
            { FileKind.Utf32LittleEndian, [0xFF, 0xFE, 0, 0, (byte)'a', 0, 0, 0] },
            { FileKind.Utf16LittleEndian, Encoding.Unicode.GetBytes("label,text\n1,good film\n") },
            { FileKind.Utf16BigEndian, Encoding.BigEndianUnicode.GetBytes("label,text\n1,good film\n") },
            {
                FileKind.Utf16LittleEndian,
                Encoding.Unicode.GetBytes("\u597D,\u7535\u5F71\u5F88\u597D\n\u574F,\u7535\u5F71\u4E0D\u597D\n")
            },
            { FileKind.Utf32LittleEndian, Encoding.UTF32.GetBytes("label,text\n1,good film\n") },
            { FileKind.Gzip, [0x1F, 0x8B, 8, 0] },
            { FileKind.Bzip2, [.. "BZh91AY&SY"u8, 1, 2, 3] },
            { FileKind.Text, "BZhang,is a name\n"u8.ToArray() },
            { FileKind.Text, "PARENT_ID,text\n1,good\n"u8.ToArray() },
            { FileKind.Text, "RDA,text\n1,good\n"u8.ToArray() },
            { FileKind.Xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4] },
            { FileKind.Zstandard, [0x28, 0xB5, 0x2F, 0xFD, 4, 0] },
            { FileKind.Lz4, [0x04, 0x22, 0x4D, 0x18, 0x64] },
            { FileKind.SevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4] },
            { FileKind.Rar, [.. "Rar!"u8, 0x1A, 0x07, 0x01, 0] },
            { FileKind.Parquet, [.. "PAR1"u8, 0x15, 4] },
            { FileKind.Arrow, [.. "ARROW1\0\0"u8, 0xFF, 0xFF] },
            { FileKind.Arrow, [0xFF, 0xFF, 0xFF, 0xFF, 0x78, 1, 0, 0, 0x10, 0, 0, 0] },
            { FileKind.Ole, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0] },
            { FileKind.Pdf, "%PDF-1.7\n"u8.ToArray() },
            { FileKind.Html, "\uFEFF\n  <!DOCTYPE HTML><html><body>Sign in</body></html>"u8.ToArray() },
            { FileKind.Xml, "<?xml version=\"1.0\"?><reviews/>"u8.ToArray() },
            {
                FileKind.GitLfsPointer,
                "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 123\n"u8.ToArray()
            },
            { FileKind.Pickle, [0x80, 4, 0x95, 0x10, 0, 0, 0, 0, 0, 0, 0] },
            { FileKind.Pickle, [0x80, 2, (byte)'}', (byte)'q', 0] },
            { FileKind.Pickle, "(dp0\nS'text'\np1\n"u8.ToArray() },
            { FileKind.PyTorch, [0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A] },
            { FileKind.NumPy, [0x93, .. "NUMPY"u8, 1, 0] },
            { FileKind.Hdf5, [0x89, .. "HDF\r\n"u8, 0x1A, 0x0A, 0] },
            { FileKind.Safetensors, [0x40, 0, 0, 0, 0, 0, 0, 0, .. "{\"a\":{}}"u8] },
            { FileKind.ProtocolBuffers, [0x08, 7, 0x12, 7, .. "pytorch"u8, 0x1A, 3, .. "2.1"u8, 0x3A, 0, 0] },
            { FileKind.Gguf, [.. "GGUF"u8, 3, 0, 0, 0] },
            { FileKind.Sqlite, "SQLite format 3\0"u8.ToArray() },
            { FileKind.FastText, [0xBA, 0x16, 0x4F, 0x2F, 12, 0, 0, 0] },
            { FileKind.Image, [0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A] },
            { FileKind.Image, [0xFF, 0xD8, 0xFF, 0xE0] },
            { FileKind.Program, [0x7F, .. "ELF"u8, 2, 1, 1] },
            { FileKind.Binary, [.. Enumerable.Range(0, 512).Select(i => (byte)(i * 37 % 251))] },
        };

    [Theory]
    [MemberData(nameof(Heads))]
    public void First_bytes_tell_the_kind(FileKind expected, byte[] head) =>
        Assert.Equal(expected, FileKinds.Recognize(head));

    [Theory]
    [InlineData(FileKind.Zip, "train.csv", "readme.txt")]
    [InlineData(FileKind.Excel, "docProps/app.xml", "xl/workbook.xml")]
    [InlineData(FileKind.Excel, "[Content_Types].xml", "xl/worksheets/sheet1.xml")]
    [InlineData(FileKind.OfficeDocument, "[Content_Types].xml", "word/document.xml")]
    [InlineData(FileKind.OfficeDocument, "mimetype", "content.xml")]
    [InlineData(FileKind.NumPyArchive, "arr_0.npy", "arr_1.npy")]
    [InlineData(FileKind.PyTorch, "archive/data.pkl", "archive/data/0")]
    [InlineData(FileKind.Keras, "metadata.json", "model.weights.h5")]
    public void Of_formats_in_a_zip_archive_the_entries_tell_which(FileKind expected, params string[] names)
    {
        byte[] head = Zip(CompressionLevel.Optimal, [.. names.Select(name => (name, "content"u8.ToArray()))]);
        Assert.Equal(expected, FileKinds.Recognize(head));
    }

    [Fact]
    public void An_archive_that_holds_a_workbook_as_it_is_stays_an_archive()
    {
        byte[] book = Zip(CompressionLevel.NoCompression, ("xl/workbook.xml", "content"u8.ToArray()));
        Assert.Equal(FileKind.Excel, FileKinds.Recognize(book));
        Assert.Equal(
            FileKind.Zip,
            FileKinds.Recognize(
                Zip(CompressionLevel.NoCompression, ("book.xlsx", book), ("train.csv", "text,label\n"u8.ToArray()))
            )
        );
    }

    private static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    [Fact]
    public void Every_kind_has_a_name_and_a_remedy_of_one_line()
    {
        foreach (FileKind kind in Enum.GetValues<FileKind>())
        {
            Assert.DoesNotContain('\n', kind.InWords() + kind.Remedy("a b"));
            Assert.EndsWith(".", kind.Remedy("x"), StringComparison.Ordinal);
        }
        Assert.Contains("git lfs pull", FileKind.GitLfsPointer.Remedy("x"), StringComparison.Ordinal);
        Assert.Equal("Unpack it first: unrar x 'my data.rar'.", FileKind.Rar.Remedy("my data.rar"));
    }
}
