using System.IO.Compression;
using System.Text;
using Firn.Data;
using Firn.Formats;
using Parquet;
using Parquet.Schema;

namespace Firn.Tests.Formats;

public sealed class TableFormatsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-tables-").FullName;

    public TableFormatsTests() => DataFormats.Add();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Parquet_is_read_by_row_groups_with_names_of_classes()
    {
        string path = await Parquet(
            "train.parquet",
            """{"info":{"features":{"text":{"dtype":"string","_type":"Value"},"label":{"names":["neg","pos"],"_type":"ClassLabel"}}}}"""
        );
        var corpus = CorpusReader.Open(path);
        Assert.Equal(CorpusFormat.Table, corpus.Format);
        Assert.Equal("Parquet, columns label and text", corpus.Description);
        Assert.Equal("pos", corpus.LabelNames["1"]);
        LabeledText[] rows = [.. corpus];
        Assert.Equal(60, rows.Length);
        Assert.Equal(new LabeledText("some text 0", "0"), rows[0]);
        Assert.Equal(new LabeledText("some text 59", "1"), rows[^1]);

        string packed = Path.Combine(_folder, "train.parquet.gz");
        await using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
            gzip.Write(File.ReadAllBytes(path));
        Assert.Equal(rows, CorpusReader.Open(packed));
    }

    [Fact]
    public async Task Lists_of_labels_in_Parquet_are_several_labels()
    {
        string path = await Parquet("many.parquet", null);
        var corpus = CorpusReader.Open(path, new CorpusOptions { LabelColumn = "labels" });
        Assert.True(corpus.HasSeveralLabels);
        Assert.Equal(["|", "a", "a|b"], corpus.Select(row => row.Label).Distinct());
        Assert.Equal(
            "source",
            CorpusReader.Open(path, new CorpusOptions { LabelColumn = "meta.source" }).First().Label[..6]
        );
    }

    [Fact]
    public async Task Damaged_Parquet_is_refused_with_one_line()
    {
        byte[] whole = File.ReadAllBytes(await Parquet("whole.parquet", null));
        foreach (int length in (int[])[4, 8, 12, 40, whole.Length / 2, whole.Length - 1])
        {
            string path = Path.Combine(_folder, $"cut{length}.parquet");
            File.WriteAllBytes(path, whole[..length]);
            string message = Assert.Throws<CorpusException>(() => CorpusReader.Open(path).Count()).Message;
            Assert.StartsWith($"{path}: the Parquet file is damaged", message, StringComparison.Ordinal);
        }
        string wrong = Path.Combine(_folder, "wrong.parquet");
        File.WriteAllBytes(wrong, [.. "PAR1"u8, .. new byte[100], 0x9C, 0xD9, 0xB7, 0xF3, .. "PAR1"u8]);
        Assert.Contains(
            "its metadata is said to have 4,088,912,284 bytes, and the whole file has 112 bytes",
            Assert.Throws<CorpusException>(() => CorpusReader.Open(wrong)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Of_an_Excel_workbook_the_sheet_with_rows_is_read_or_the_one_that_is_named()
    {
        string path = Excel(
            "one.xlsx",
            (
                "Data",
                [
                    ["text", "label"],
                    ["a good film", "1"],
                    ["", ""],
                    ["a bad film", "0"],
                ]
            ),
            ("Notes", [])
        );
        var corpus = CorpusReader.Open(path);
        Assert.Equal("Excel workbook, columns label and text", corpus.Description);
        Assert.Equal([new LabeledText("a good film", "1"), new LabeledText("a bad film", "0")], corpus);
        string two = Excel(
            "two.xlsx",
            (
                "Train",
                [
                    ["text", "label"],
                    ["a b", "1"],
                    ["c d", "0"],
                ]
            ),
            (
                "Test",
                [
                    ["text", "label"],
                    ["e f", "1"],
                    ["g h", "1"],
                ]
            )
        );
        Assert.Contains(
            $"2 sheets with rows: Train, Test. Name one as {two}:Train.",
            Assert.Throws<CorpusException>(() => CorpusReader.Open(two)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal([new LabeledText("e f", "1"), new LabeledText("g h", "1")], CorpusReader.Open(two + ":Test"));
        string cut = Path.Combine(_folder, "cut.xlsx");
        File.WriteAllBytes(cut, File.ReadAllBytes(path)[..300]);
        Assert.StartsWith(
            $"{cut}: ",
            Assert.Throws<CorpusException>(() => CorpusReader.Open(cut)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void One_file_of_several_in_an_archive_may_be_text_or_a_workbook()
    {
        string book = Excel(
            "book.xlsx",
            (
                "Data",
                [
                    ["text", "label"],
                    ["a good film", "1"],
                    ["a bad film", "0"],
                ]
            )
        );
        string path = Path.Combine(_folder, "several.zip");
        using (var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
        {
            archive.CreateEntryFromFile(book, "book.xlsx");
            foreach (string name in (string[])["train.csv", "test.csv"])
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes($"text,label\n{name} one,1\n{name} two,0\n"));
            }
        }
        Assert.Equal(
            [new LabeledText("test.csv one", "1"), new LabeledText("test.csv two", "0")],
            CorpusReader.Open(path + ":test.csv")
        );
        Assert.Equal(
            [new LabeledText("a good film", "1"), new LabeledText("a bad film", "0")],
            CorpusReader.Open(path + ":book.xlsx")
        );
        Assert.Contains(
            "this archive holds 3 files",
            Assert.Throws<CorpusException>(() => CorpusReader.Open(path)).Message,
            StringComparison.Ordinal
        );
    }

    private async Task<string> Parquet(string name, string? features)
    {
        string path = Path.Combine(_folder, name);
        var text = new DataField<string>("text");
        var label = new DataField<long>("label");
        var labels = new ListField("labels", new DataField<string>("element"));
        var source = new DataField<string>("source");
        var schema = new ParquetSchema(text, label, labels, new StructField("meta", source));
        await using FileStream file = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file);
        if (features is not null)
            writer.CustomMetadata = new Dictionary<string, string> { ["huggingface"] = features };
        for (int group = 0; group < 3; group++)
        {
            int[] numbers = [.. Enumerable.Range(20 * group, 20)];
            using ParquetRowGroupWriter rows = writer.CreateRowGroup();
            await rows.WriteAsync(text, numbers.Select(i => (string?)$"some text {i}").ToArray());
            await rows.WriteAsync<long>(label, numbers.Select(i => (long)(i % 2)).ToArray());
            // Lists of no, one and two labels in turn: the repetition level is 1 within a list.
            string?[] items =
            [
                .. numbers.SelectMany(i =>
                    (i % 3) switch
                    {
                        0 => new string?[] { null },
                        1 => ["a"],
                        _ => ["a", "b"],
                    }
                ),
            ];
            int[] levels = [.. numbers.SelectMany(i => i % 3 == 2 ? new[] { 0, 1 } : [0])];
            await rows.WriteAsync((DataField)labels.Item, items, levels);
            await rows.WriteAsync(source, numbers.Select(i => (string?)$"source{i % 2}").ToArray());
        }
        return path;
    }

    private string Excel(string name, params (string Name, string[][] Rows)[] sheets)
    {
        string path = Path.Combine(_folder, name);
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        const string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        string numbered = string.Concat(
            sheets.Select((s, i) => $"<sheet name=\"{s.Name}\" sheetId=\"{i + 1}\" r:id=\"rId{i + 1}\"/>")
        );
        Add(
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default "
                + "Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
        );
        Add(
            "_rels/.rels",
            $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
                + $"Id=\"r\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        );
        Add(
            "xl/workbook.xml",
            $"<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>{numbered}</sheets></workbook>"
        );
        Add(
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
                + string.Concat(
                    sheets.Select(
                        (_, i) =>
                            $"<Relationship Id=\"rId{i + 1}\" Type=\"{relations}/worksheet\" "
                            + $"Target=\"worksheets/sheet{i + 1}.xml\"/>"
                    )
                )
                + "</Relationships>"
        );
        for (int s = 0; s < sheets.Length; s++)
        {
            string rows = string.Concat(
                sheets[s]
                    .Rows.Select(
                        (row, r) =>
                            $"<row r=\"{r + 1}\">"
                            + string.Concat(row.Select((cell, c) => Cell(cell, $"{(char)('A' + c)}{r + 1}")))
                            + "</row>"
                    )
            );
            Add(
                $"xl/worksheets/sheet{s + 1}.xml",
                $"<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"
            );
        }
        return path;

        void Add(string entry, string xml)
        {
            using Stream stream = archive.CreateEntry(entry).Open();
            stream.Write(Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + xml));
        }

        static string Cell(string value, string place) =>
            value.Length == 0 ? ""
            : int.TryParse(value, out _) ? $"<c r=\"{place}\"><v>{value}</v></c>"
            : $"<c r=\"{place}\" t=\"inlineStr\"><is><t>{value}</t></is></c>";
    }
}
