using System.Globalization;
using Firn.Cli.Output;
using Firn.Data;

namespace Firn.Cli.Commands;

/// <summary>The file of <c>audit --label-errors</c> after a person went through it.</summary>
internal static class CorrectionsFile
{
    private const string Drop = "drop";
    private static readonly string[] Columns = ["row", "label", "corrected", "suspect"];

    /// <summary>Reads the rows that say something.</summary>
    /// <param name="path">The file; columns row, label, corrected and suspect.</param>
    /// <param name="dropSuspects">Leaves out suspects that nobody corrected.</param>
    public static IReadOnlyDictionary<int, LabelCorrection> Read(string path, bool dropSuspects)
    {
        using TextTable table = TextTable.Open(path, new TextTableOptions { TextColumn = "text", Header = true });
        int[] places = [.. Columns.Select(name => Place(table, name, path))];
        var found = new Dictionary<int, LabelCorrection>();
        while (table.Read())
        {
            if (table.Problem is { } problem)
                throw new UserError($"{path}, line {table.Line}: {problem}");
            string[] cells = table.Fields();
            if (
                !int.TryParse(cells[places[0]], NumberStyles.None, CultureInfo.InvariantCulture, out int row)
                || row < 1
            )
                throw new UserError(
                    $"{path}, line {table.Line}: the column row holds '{cells[places[0]]}', which is no number of a "
                        + $"text; take the file as 'firn audit --label-errors' wrote it"
                );
            string corrected = cells[places[2]].Trim();
            if (
                corrected.Equals(Drop, StringComparison.OrdinalIgnoreCase)
                || (corrected.Length == 0 && dropSuspects && cells[places[3]] == "yes")
            )
                found[row] = new LabelCorrection(cells[places[1]], null);
            else if (corrected.Length > 0)
                found[row] = new LabelCorrection(cells[places[1]], corrected);
        }
        return found;
    }

    private static int Place(TextTable table, string column, string path)
    {
        int at = table.Columns.ToList().IndexOf(column);
        return at >= 0
            ? at
            : throw new UserError($"{path}: no column '{column}'; give a file that 'firn audit --label-errors' wrote");
    }
}
