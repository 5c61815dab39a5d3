using System.Text;
using CsCheck;
using Firn.Data;

namespace Firn.Tests.Text;

/// <summary>
/// Whatever a file holds, it is read or refused with a <see cref="CorpusException"/>; nothing else comes out.
/// </summary>
public sealed class CorpusReaderFuzzTests : IDisposable
{
    private static readonly string[] Pieces =
    [
        "label,text\n",
        "text\tlabel\n",
        "{\"text\":\"a\",\"label\":1}\n",
        "{\"text\":",
        "\"label\":null}",
        "[",
        "]",
        "{",
        "}",
        "__label__",
        "__label__x ",
        "0 ",
        "1 text\n",
        "12 ",
        "\"",
        "\"\"",
        ",",
        "\t",
        ";",
        "|",
        "\n",
        "\r\n",
        "\r",
        " ",
        "a",
        "word word",
        "\"0\",\"1\",\"d\",\"q\",\"u\",\"t\"\n",
        "\0",
        "\u0085",
        "é",
        "😀",
        "\uFEFF",
        "target",
        "sentiment",
        "null",
        "1e999",
        "\\u12",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firn-fuzz-");

    public void Dispose() => _folder.Delete(recursive: true);

    private void IsReadOrRefused(string name, byte[] content)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        foreach (CorpusFormat format in Enum.GetValues<CorpusFormat>())
        {
            foreach (RowErrorPolicy policy in Enum.GetValues<RowErrorPolicy>())
            {
                try
                {
                    var corpus = CorpusReader.Open(path, new CorpusOptions { Format = format, OnError = policy });
                    foreach (LabeledText row in corpus)
                        Assert.True(
                            row.Text is not null && (row.Label.Length > 0 || corpus.Format == CorpusFormat.Lines)
                        );
                }
                catch (CorpusException error)
                {
                    Assert.DoesNotContain('\n', error.Message);
                    Assert.Contains(error.Message[^1], ".?");
                }
            }
        }
    }

    [Fact]
    public void Files_of_pieces_of_every_layout() =>
        Gen.Int[0, Pieces.Length - 1]
            .Array[0, 20]
            .Sample(
                chosen =>
                    IsReadOrRefused("pieces.txt", Encoding.UTF8.GetBytes(string.Concat(chosen.Select(i => Pieces[i])))),
                iter: 200,
                threads: 1
            );

    [Theory]
    [InlineData("\n\uFEFF")]
    [InlineData(" \t\r\n")]
    public void Blank_files_are_refused_in_every_format(string text) =>
        IsReadOrRefused("blank.txt", Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Files_of_any_bytes() =>
        Gen.Byte.Array[0, 200].Sample(bytes => IsReadOrRefused("bytes.bin", bytes), iter: 60, threads: 1);

    [Fact]
    public void Compressed_files_with_a_byte_changed()
    {
        var packed = new MemoryStream();
        using (
            var gzip = new System.IO.Compression.GZipStream(
                packed,
                System.IO.Compression.CompressionLevel.Fastest,
                leaveOpen: true
            )
        )
            gzip.Write(
                Encoding.UTF8.GetBytes(
                    "label,text\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i % 2},text {i * 7919}\n"))
                )
            );
        byte[] whole = packed.ToArray();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte)
            .Sample(
                (at, value) =>
                {
                    byte[] changed = [.. whole];
                    changed[at] = value;
                    IsReadOrRefused("changed.csv.gz", changed);
                },
                iter: 60,
                threads: 1
            );
    }
}
