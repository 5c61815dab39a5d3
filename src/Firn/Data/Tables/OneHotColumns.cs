namespace Firn.Data;

/// <summary>
/// A column for each class with 1 where a text has it: Jigsaw's <c>toxic,severe_toxic,obscene,...</c>.
/// </summary>
internal static class OneHotColumns
{
    /// <summary>
    /// The columns of classes: those that an option names, or all that hold 0 and 1 alone where no other column is the
    /// label; empty where there are none.
    /// </summary>
    /// <param name="names">The columns' names.</param>
    /// <param name="columns">What the first rows hold.</param>
    /// <param name="options">Columns that are named.</param>
    public static int[] Find(IReadOnlyList<string> names, IReadOnlyList<ColumnProfile> columns, CorpusOptions options)
    {
        if (options.LabelColumn is { } asked)
            return asked.Contains(',', StringComparison.Ordinal) && !names.Any(name => name.Trim() == asked.Trim())
                ? Named(names, asked)
                : [];
        if (ColumnNames.LabelsIn(names).Any(i => !ColumnNames.IsWeak(names[i]) || !IsBinary(columns, i)))
            return [];
        int[] binary =
        [
            .. Enumerable.Range(0, columns.Count).Where(i => IsBinary(columns, i) && !IsNamedText(names, i, options)),
        ];
        // A single question of yes and no is the label; where nothing is ever 1 there are no classes.
        int named = binary.Count(i => ColumnNames.LabelsIn(names).Contains(i));
        bool classes =
            binary.Length >= 2
            && (named == 0 || (named == binary.Length && named > 2))
            && binary.Any(i =>
                columns[i].Has("1") || columns[i].Has("1.0") || columns[i].Has("true") || columns[i].Has("True")
            );
        return classes ? binary : [];
    }

    /// <summary>Whether a cell says that the text has the class; null where it is neither yes nor no.</summary>
    public static bool? IsSet(string? cell) =>
        cell?.Trim() switch
        {
            "1" or "1.0" or "true" or "True" or "TRUE" => true,
            "0" or "0.0" or "false" or "False" or "FALSE" => false,
            _ => null,
        };

    /// <summary>The classes' names: those of the columns without what all begin with up to a dot.</summary>
    public static string[] ClassNames(IEnumerable<string> columns)
    {
        string[] names = [.. columns.Select(name => name.Trim())];
        int dot = names[0].LastIndexOf('.');
        return dot >= 0 && names.All(name => name.StartsWith(names[0][..(dot + 1)], StringComparison.Ordinal))
            ? [.. names.Select(name => name[(dot + 1)..])]
            : names;
    }

    private static bool IsNamedText(IReadOnlyList<string> names, int column, CorpusOptions options) =>
        options
            .TextColumn?.Split(',')
            .Any(one => one.Trim().Equals(names[column].Trim(), StringComparison.OrdinalIgnoreCase)) == true;

    private static bool IsBinary(IReadOnlyList<ColumnProfile> columns, int column) =>
        column < columns.Count && columns[column].AreBinary;

    private static int[] Named(IReadOnlyList<string> names, string asked)
    {
        int[] found =
        [
            .. asked
                .Split(',')
                .Select(one =>
                    Enumerable
                        .Range(0, names.Count)
                        .FirstOrDefault(i => names[i].Trim().Equals(one.Trim(), StringComparison.OrdinalIgnoreCase), -1)
                ),
        ];
        return found.Contains(-1) ? [] : found;
    }
}
