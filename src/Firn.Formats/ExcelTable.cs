using System.Globalization;
using ExcelDataReader;
using Firn.Data;
using Firn.Files;

namespace Firn.Formats;

/// <summary>
/// A sheet of an Excel workbook, .xlsx or .xls: the only one with rows, or the one named behind a colon.
/// </summary>
internal sealed class ExcelTable : CorpusTable
{
    private readonly string _path;
    private readonly int _sheet;
    private readonly bool _hasHeader;

    private ExcelTable(string path, int sheet, IReadOnlyList<string[]> rows)
    {
        _path = path;
        _sheet = sheet;
        int width = rows.Max(row => row.Length);
        string[] first = [.. Enumerable.Range(0, width).Select(i => i < rows[0].Length ? rows[0][i] : "")];
        _hasHeader = rows.Count < 2 || (HeaderDetection.Find(rows[0], DelimitedDetection.Profiles(rows, 1)) ?? true);
        Columns = [.. first.Select((name, i) => _hasHeader && name.Length > 0 ? name : $"{i + 1}")];
    }

    public override CorpusFormat Format => CorpusFormat.Table;

    public override string Kind => "Excel workbook";

    public override bool? HasHeader => _hasHeader;

    public override IReadOnlyList<string> Columns { get; }

    public static CorpusTable Open(string path)
    {
        System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance); // old workbooks
        (string file, string? asked) = Place(path);
        using IExcelDataReader reader = OpenReader(path, file);
        var sheets = new List<(string Name, List<string[]> Rows)>();
        try
        {
            do sheets.Add((reader.Name, Sample(reader)));
            while (reader.NextResult());
        }
        catch (Exception error) when (GuardedStream.IsOfContent(error))
        {
            throw Damaged(path, error);
        }
        int[] full =
        [
            .. Enumerable
                .Range(0, sheets.Count)
                .Where(i => sheets[i].Rows.Count > 0 && (asked is null || sheets[i].Name == asked)),
        ];
        if (full.Length == 1)
            return new ExcelTable(path, full[0], sheets[full[0]].Rows);
        string names = string.Join(", ", sheets.Where(s => s.Rows.Count > 0).Select(s => s.Name));
        throw full.Length == 0
            ? new CorpusException(
                path,
                0,
                asked is null ? "the workbook has no rows" : $"the workbook has no sheet '{asked}' with rows",
                asked is null ? "Name another file." : $"There are {names}."
            )
            : new CorpusException(
                path,
                0,
                $"the workbook has {full.Length} sheets with rows: {names}",
                $"Name one as {file}:{sheets[full[0]].Name}."
            );
    }

    public override IEnumerable<TableRow> Read(RowLog log, IReadOnlyList<int> columns)
    {
        using IExcelDataReader reader = OpenReader(_path, Place(_path).File);
        for (int i = 0; i < _sheet; i++)
            reader.NextResult();
        bool header = _hasHeader;
        for (long number = 1; Next(reader) is { } row; number++)
        {
            if (row.All(string.IsNullOrEmpty))
                continue;
            if (!header)
                yield return new TableRow(
                    number,
                    [.. columns.Select(c => new TableCell(c < row.Length && row[c].Length > 0 ? row[c] : null))]
                );
            header = false;
        }
    }

    private static List<string[]> Sample(IExcelDataReader reader)
    {
        const int most = 1000;
        var rows = new List<string[]>();
        while (rows.Count < most && reader.Read())
        {
            string[] row = Cells(reader);
            if (row.Any(cell => cell.Length > 0))
                rows.Add(row);
        }
        return rows;
    }

    private string[]? Next(IExcelDataReader reader)
    {
        try
        {
            return reader.Read() ? Cells(reader) : null;
        }
        catch (Exception error) when (GuardedStream.IsOfContent(error))
        {
            throw Damaged(_path, error);
        }
    }

    private static string[] Cells(IExcelDataReader reader)
    {
        var cells = new string[reader.FieldCount];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = reader.GetValue(i) switch
            {
                null => "",
                string text => text,
                bool truth => truth ? "true" : "false",
                DateTime time => time.ToString(
                    time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "s",
                    CultureInfo.InvariantCulture
                ),
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                object other => other.ToString() ?? "",
            };
        }
        return cells;
    }

    /// <summary>
    /// The workbook, and the sheet that is named behind a colon; behind the colon of an archive stands the workbook.
    /// </summary>
    private static (string File, string? Sheet) Place(string path)
    {
        (string file, string? sheet) = InputFile.Split(path);
        return sheet is null || InputFile.StoredKindOf(file).IsPacked() ? (path, null) : (file, sheet);
    }

    private static IExcelDataReader OpenReader(string path, string file)
    {
        Stream stream = InputFile.OpenSeekable(file);
        try
        {
            return ExcelReaderFactory.CreateReader(stream);
        }
        catch (Exception error) when (GuardedStream.IsOfContent(error))
        {
            stream.Dispose();
            throw Damaged(path, error);
        }
    }

    private static CorpusException Damaged(string path, Exception error) =>
        new(
            path,
            0,
            $"the workbook is damaged, encrypted or no table ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})",
            "Open it and save it as CSV.",
            error
        );
}
