using Firn.Text;

namespace Firn.Data;

/// <summary>All columns of a delimited file, for labels that stand in several columns or several in a cell.</summary>
internal sealed class DelimitedCells : CorpusTable
{
    private readonly CorpusFile _file;
    private readonly Dialect _dialect;
    private readonly int _skipped;
    private readonly bool _header;

    private DelimitedCells(CorpusFile file, Dialect dialect, int skipped, bool header, IReadOnlyList<string> columns)
    {
        _file = file;
        _dialect = dialect;
        _skipped = skipped;
        _header = header;
        Columns = columns;
    }

    public override CorpusFormat Format => CorpusFormat.Delimited;

    public override string Kind => _dialect.Kind;

    public override string? Separator => CorpusLayout.SeparatorName(_dialect.Separator);

    public override bool? HasHeader => _header;

    public override IReadOnlyList<string> Columns { get; }

    public override IReadOnlyList<string> Remarks => _dialect.Remark is { } quotes ? [quotes] : [];

    /// <summary>
    /// The file as one whose texts have several labels, where its columns or cells show that; null for others.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="sample">Its dialect and first rows.</param>
    /// <param name="skipped">Lines before the first row.</param>
    /// <param name="header">The names in the first row; null where it holds none.</param>
    /// <param name="profiles">What the columns hold.</param>
    /// <param name="options">What the user named.</param>
    public static TableSource? Several(
        CorpusFile file,
        DelimitedSample sample,
        int skipped,
        string[]? header,
        ColumnProfile[] profiles,
        CorpusOptions options
    )
    {
        string[] names =
        [
            .. header?.Select(name => name.Trim()) ?? Enumerable.Range(1, profiles.Length).Select(i => $"{i}"),
        ];
        if (OneHotColumns.Find(names, profiles, options).Length == 0)
        {
            if (options.SeveralLabels == false)
                return null;
            int label = ColumnRoles.Choose(file.Path, names, profiles, options).Label;
            string[] cells =
            [
                .. sample.Rows.Skip(header is null ? 0 : 1).Where(row => row.Length > label).Select(row => row[label]),
            ];
            if (SeveralLabels.Find(cells, options.SeveralLabels == true) is null)
                return null;
        }
        return new TableSource(
            file.Path,
            new DelimitedCells(file, sample.Dialect, skipped, header is not null, names),
            options
        );
    }

    public override IEnumerable<TableRow> Read(RowLog log, IReadOnlyList<int> columns)
    {
        using var rows = new DelimitedRows(_file, _dialect, _file.OpenText());
        int least = Columns.Count; // columns without a name may be left out at the end of a row
        while (least > 1 && Columns[least - 1].Length == 0)
            least--;
        rows.Skip(_skipped + (_header ? 1 : 0));
        while (rows.Read())
        {
            string[] row = rows.Csv.Current.ToArray();
            int fields = row.Length;
            while (fields > Columns.Count && row[fields - 1].Length == 0)
                fields--;
            if (row.All(cell => cell.Length == 0))
                log.Blank++;
            else if (rows.Problem is { } problem)
                log.Bad(_file.Path, rows.Csv.LineNumber, problem);
            else if (fields > Columns.Count || fields < least)
                log.Bad(
                    _file.Path,
                    rows.Csv.LineNumber,
                    $"the row has {Counted.Of(row.Length, "field")} where {Columns.Count} are expected"
                );
            else
                yield return new TableRow(
                    rows.Csv.LineNumber,
                    [.. columns.Select(column => new TableCell(column < row.Length ? row[column] : ""))]
                );
        }
    }
}
