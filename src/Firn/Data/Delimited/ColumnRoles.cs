namespace Firn.Data;

/// <summary>
/// Which columns are the text and which is the label: as the options say, by usual names, by what the columns hold.
/// </summary>
internal sealed record ColumnRoles
{
    /// <summary>So few rows tell little of what their columns hold.</summary>
    private const int FewRows = 20;

    private ColumnRoles() { }

    public required int[] Text { get; init; }

    public required int Label { get; init; }

    /// <summary>Whether the label was not named by an option.</summary>
    public bool LabelIsGuess { get; init; }

    /// <summary>What was not read and could be.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Chooses among the columns of a table.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="names">The columns' names; their numbers from 1 where they have none.</param>
    /// <param name="columns">What the first rows hold; empty where that is not known.</param>
    /// <param name="options">Columns that are named.</param>
    /// <exception cref="CorpusException">A named column is absent, or there is no choice or more than one.</exception>
    public static ColumnRoles Choose(
        string path,
        IReadOnlyList<string> names,
        IReadOnlyList<ColumnProfile> columns,
        CorpusOptions options
    )
    {
        int[]? text = options.TextColumn is { } t ? ColumnNames.AllNamed(path, names, t, "text") : null;
        int? label = options.LabelColumn is { } l ? ColumnNames.Named(path, names, l, "label") : null;
        var remarks = new List<string>();
        if (text is not null && label is { } both && text.Contains(both))
            throw new CorpusException(
                path,
                1,
                $"column {names[both]} cannot be both text and label",
                "Name two columns."
            );
        int found = label ?? FindLabel(path, names, columns, text ?? [], remarks);
        text ??= [FindText(path, names, columns, found, remarks)];
        return new ColumnRoles
        {
            Text = text,
            Label = found,
            LabelIsGuess = label is null,
            Remarks = remarks,
        };
    }

    private static int FindLabel(
        string path,
        IReadOnlyList<string> names,
        IReadOnlyList<ColumnProfile> columns,
        int[] text,
        List<string> remarks
    )
    {
        int[] usual = [.. ColumnNames.LabelsIn(names).Where(i => !text.Contains(i))];
        int[] fit = [.. usual.Where(i => i >= columns.Count || columns[i].Count == 0 || Against(columns[i]) is null)];
        int[] strong = [.. fit.Where(i => !ColumnNames.IsWeak(names[i]))];
        if (strong.Length > 0)
        {
            if (
                strong.Length > 1
                && names[strong[1]].Trim().Equals(names[strong[0]].Trim(), StringComparison.OrdinalIgnoreCase)
            )
                remarks.Add(
                    $"two columns are called {names[strong[0]].Trim()}; the first, column {strong[0] + 1}, is read"
                );
            return strong[0];
        }
        if (fit.Length == 1)
            return fit[0];
        if (fit.Length > 1)
            throw Several(path, names, fit, "label", "{LabelColumn}");
        if (usual.Length > 0)
        {
            throw new CorpusException(
                path,
                1,
                $"column {names[usual[0]]} cannot be the label: {Against(columns[usual[0]])}",
                $"Name the label with {{LabelColumn}}, this one too if it is meant; the columns are: "
                    + $"{ColumnNames.List(names)}."
            );
        }
        int[] classes =
        [
            .. Enumerable
                .Range(0, columns.Count)
                .Where(i =>
                    columns[i].AreClasses && columns[i].Distinct > 1 && !columns[i].IsIndex && !text.Contains(i)
                ),
        ];
        if (classes.Length > 1 && classes.Where(i => columns[i].AreUsualLabels).ToArray() is [int sure])
            return sure;
        return classes.Length switch
        {
            1 => classes[0],
            0 => throw new CorpusException(
                path,
                1,
                "no column has a usual name for the label, and none holds classes",
                $"Name one with {{LabelColumn}}; the columns are: {ColumnNames.List(names)}."
            ),
            _ => throw Several(path, names, classes, "label", "{LabelColumn}"),
        };
    }

    private static int FindText(
        string path,
        IReadOnlyList<string> names,
        IReadOnlyList<ColumnProfile> columns,
        int label,
        List<string> remarks
    )
    {
        int[] usual =
        [
            .. ColumnNames
                .TextsIn(names)
                .Where(i => i != label && (i >= columns.Count || !columns[i].AreNumbers || columns[i].Count < FewRows)),
        ];
        if (usual.Length > 0)
        {
            int[] more = [.. usual.Skip(1).Where(i => i < columns.Count && columns[i].AreTexts)];
            if (more.Length > 0)
                remarks.Add(
                    $"not read: {ColumnNames.List([.. more.Select(i => names[i])])}; several columns of text can be "
                        + $"joined, with commas between their names"
                );
            return usual[0];
        }
        int[] texts =
        [
            .. Enumerable
                .Range(0, columns.Count)
                .Where(i => i != label && columns[i].AreTexts)
                .OrderByDescending(i => columns[i].MeanLength),
        ];
        if (texts.Length == 0)
        {
            throw new CorpusException(
                path,
                1,
                "no column has a usual name for the text, and none holds texts",
                $"Name one with {{TextColumn}}; the columns are: {ColumnNames.List(names)}."
            );
        }
        int[] alike = [.. texts.Where(i => columns[i].MeanLength >= columns[texts[0]].MeanLength / 2)];
        return alike.Length == 1
            ? alike[0]
            : throw Several(
                path,
                names,
                [.. alike.Order()],
                "text",
                "{TextColumn}",
                " (several, with commas between, are joined)"
            );
    }

    private static string? Against(ColumnProfile column) =>
        // The name says label: a file may be sorted, or have many classes, so that a part of its rows decides only what
        // no class can be.
        column.AreNumbers && column.HasFractions
        || column.Filled == 0
            ? column.AgainstClasses
            : null;

    private static CorpusException Several(
        string path,
        IReadOnlyList<string> names,
        int[] candidates,
        string role,
        string option,
        string more = ""
    ) =>
        new(
            path,
            1,
            $"more than one column can be the {role}: "
                + ColumnNames.List([.. candidates.Select(i => names[i].Trim().Length > 0 ? names[i] : $"{i + 1}")]),
            $"Name one with {option}{more}; the columns are: {ColumnNames.List(names)}."
        );
}
