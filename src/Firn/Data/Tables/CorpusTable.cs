namespace Firn.Data;

/// <summary>A value of a table.</summary>
/// <param name="Text">The value; null where there is none, or where there are several.</param>
/// <param name="List">The values of a cell that holds a list; null for others.</param>
internal readonly record struct TableCell(string? Text, IReadOnlyList<string>? List = null)
{
    /// <summary>Whether the cell holds nothing.</summary>
    public bool IsMissing => Text is null && List is null;

    /// <summary>All in one string, for a look at what a column holds.</summary>
    public string Shown => Text ?? (List is null ? "" : string.Join(SeveralLabels.Separator, List));
}

/// <summary>A row of a table.</summary>
/// <param name="Number">Where it stands: a line, or a row, from 1.</param>
/// <param name="Cells">The values of the columns that were asked for.</param>
internal readonly record struct TableRow(long Number, TableCell[] Cells);

/// <summary>A file of named columns, however it is stored.</summary>
internal abstract class CorpusTable
{
    public abstract CorpusFormat Format { get; }

    /// <summary>The kind of file in words: <c>Parquet</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The names of the columns; numbers from 1 where they have none.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>Whether the first row names the columns; null where the question has no sense.</summary>
    public virtual bool? HasHeader => null;

    /// <summary>What separates the fields; null where nothing does.</summary>
    public virtual string? Separator => null;

    /// <summary>What is unusual about how the file is read.</summary>
    public virtual IReadOnlyList<string> Remarks => [];

    /// <summary>Names of the classes that a column holds as numbers; null where none are told.</summary>
    public virtual IReadOnlyDictionary<string, string>? ClassNames(int column) => null;

    /// <summary>The rows, from the start.</summary>
    /// <param name="log">Takes rows that cannot be read.</param>
    /// <param name="columns">The columns whose cells are wanted, in that order.</param>
    public abstract IEnumerable<TableRow> Read(RowLog log, IReadOnlyList<int> columns);
}
