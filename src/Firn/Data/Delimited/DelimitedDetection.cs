using System.Globalization;

namespace Firn.Data;

/// <summary>Finds header and columns of a delimited file from its first rows.</summary>
internal static class DelimitedDetection
{
    private static readonly Dictionary<string, string> Sentiment140Names = new()
    {
        ["0"] = "negative",
        ["2"] = "neutral",
        ["4"] = "positive",
    };

    /// <summary>The source, or that of a tabbed format without header that is better read by lines.</summary>
    public static CorpusSource Open(CorpusFile file, CorpusOptions options, string head)
    {
        if (
            DialectDetection.Find(head, head.Length < CorpusFile.HeadLength, options) is not var (sample, skipped)
            || sample.Rows.Count == 0
        )
            throw Undivided(file, options, head);
        IReadOnlyList<string[]> rows = sample.Rows;
        bool chosen = options.TextColumn is not null || options.LabelColumn is not null;
        if (
            options.Format == CorpusFormat.Sentiment140
            || options.Format == CorpusFormat.Auto && !chosen && options.HasHeader is null && IsSentiment140(rows)
        )
            return Sentiment140(file, sample.Dialect);

        string[] first = rows[0];
        ColumnProfile[] below = Profiles(rows, 1);
        bool header =
            options.HasHeader
            ?? HeaderDetection.Find(first, below)
            ?? (
                AreNamedIn(first, options) ? true
                : ByNumbers(options, first.Length) ? (bool?)false
                : null
            )
            ?? throw new CorpusException(
                file.Path,
                1 + skipped,
                $"it is not clear whether the first row names the columns: {ColumnNames.List(first)}",
                "Say it with {HasHeader = true} or {HasHeader = false}."
            );
        var found = new Found(file, sample, header ? below : Profiles(rows, 0), skipped);
        if (
            (header || chosen)
            && DelimitedCells.Several(file, sample, skipped, header ? NamesOf(found) : null, found.Columns, options)
                is { } several
        )
            return several;
        return header ? WithHeader(found, options) : WithoutHeader(found, options);
    }

    /// <summary>What is known of a file before its columns are chosen.</summary>
    private sealed record Found(CorpusFile File, DelimitedSample Sample, ColumnProfile[] Columns, int Skipped)
    {
        public IReadOnlyList<string[]> Rows => Sample.Rows;

        public Dialect Dialect => Sample.Dialect;
    }

    private static DelimitedSource WithHeader(Found found, CorpusOptions options)
    {
        string[] names = NamesOf(found);
        ColumnRoles roles = ColumnRoles.Choose(found.File.Path, names, found.Columns, options);
        string label = names[roles.Label].Trim(),
            text = string.Join(", ", roles.Text.Select(i => names[i].Trim()));
        IEnumerable<string> targets = found
            .Rows.Skip(1)
            .Where(row => row.Length > roles.Label)
            .Select(row => row[roles.Label].Trim());
        bool isSentiment140 =
            label == "target" && targets.All(Sentiment140Names.ContainsKey) && targets.Any(value => value == "4");
        DelimitedLayout layout = Layout(found, roles, names);
        return new DelimitedSource(
            found.File,
            layout with
            {
                HasHeader = true,
                Columns = $"columns {label} and {text}",
                Remarks = LacksFirstName(found)
                    ? [.. layout.Remarks, "the header has no name for the first column, which numbers the rows"]
                    : layout.Remarks,
            },
            isSentiment140 ? Sentiment140Names : null
        );
    }

    /// <summary>The header's names: none for columns that only the rows have.</summary>
    private static string[] NamesOf(Found found)
    {
        string[] header = LacksFirstName(found) ? ["", .. found.Rows[0]] : found.Rows[0];
        return [.. header, .. Enumerable.Repeat("", Math.Max(0, found.Columns.Length - header.Length))];
    }

    // R and others write the numbers of rows without a name over them; pandas takes the column for an index then.
    private static bool LacksFirstName(Found found) =>
        found.Sample.Fields == found.Rows[0].Length + 1
        && found.Columns[^1].Filled > 0
        && found.Columns.Length == found.Sample.Fields
        && (found.Columns[0].IsIndex || found.Columns[0].Distinct == found.Columns[0].Count);

    private static CorpusSource WithoutHeader(Found found, CorpusOptions options)
    {
        int fields = found.Sample.Fields;
        string[] numbers = [.. Enumerable.Range(1, fields).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        bool chosen = options.TextColumn is not null || options.LabelColumn is not null;
        if (!chosen && ClassAtAnEnd(found) is { } classAt)
        {
            if (
                fields == 2
                && found.Dialect is { Separator: '\t', Quoted: false }
                && options.Format == CorpusFormat.Auto
            )
                return classAt == 0 ? LineSource.LabelFirst(found.File, '\t') : LineSource.LabelLast(found.File);
            int[] texts = [.. Enumerable.Range(0, fields).Where(i => i != classAt && found.Columns[i].Filled > 0)];
            return new DelimitedSource(
                found.File,
                Layout(found, texts, classAt, numbers) with
                {
                    LabelIsGuess = true,
                    Columns =
                        classAt > 0 ? "text and class"
                        : texts.Length == 1 ? "class and text"
                        : $"class and {texts.Length} columns of text",
                },
                classAt == 0 ? Classes(found.File, found.Rows) : null
            );
        }
        ColumnRoles roles = ColumnRoles.Choose(found.File.Path, numbers, found.Columns, options);
        return new DelimitedSource(
            found.File,
            Layout(found, roles, numbers) with
            {
                Columns = $"columns {roles.Label + 1} and {string.Join(", ", roles.Text.Select(i => i + 1))}",
            },
            null
        );
    }

    private static DelimitedLayout Layout(Found found, ColumnRoles roles, string[] names) =>
        Layout(found, roles.Text, roles.Label, names) with
        {
            LabelIsGuess = roles.LabelIsGuess,
            Remarks = [.. Remarks(found, roles.Label), .. roles.Remarks],
        };

    private static DelimitedLayout Layout(Found found, int[] text, int label, string[] names)
    {
        int fields = LacksFirstName(found)
            ? found.Sample.Fields
            : Math.Max(found.Rows[0].Length, Math.Min(found.Sample.Fields, names.Length));
        int least = fields;
        while (
            least > 1
            && found.Columns[Math.Min(least, found.Columns.Length) - 1].Filled == 0
            && found.Rows.Count > 2
            && least - 1 > label
            && least - 1 > text.Max()
        )
            least--;
        return new DelimitedLayout
        {
            Format = CorpusFormat.Delimited,
            Dialect = found.Dialect,
            Skipped = found.Skipped,
            HasHeader = false,
            Fields = Math.Max(least, found.Rows[0].Length),
            Least = least,
            Label = label,
            Text = text,
            Columns = "",
            TextName = string.Join(", ", text.Select(i => Name(names, i))),
            LabelName = Name(names, label),
            WholeNumbers = found.Columns[label].MixesWholeNumbers,
            Remarks = [.. Remarks(found, label)],
        };
    }

    private static string Name(string[] names, int column) =>
        names[column].Trim() is { Length: > 0 } name ? name : $"{column + 1}";

    private static IEnumerable<string> Remarks(Found found, int label)
    {
        if (found.Skipped > 0)
            yield return $"the first {(found.Skipped == 1 ? "line is" : $"{found.Skipped} lines are")} no row and "
                + $"passed over";
        if (found.Dialect.Remark is { } quotes)
            yield return quotes;
        if (found.Columns[label].MixesWholeNumbers)
            yield return "labels such as 0 and 0.0 are one number and read as one label, 0";
    }

    private static DelimitedSource Sentiment140(CorpusFile file, Dialect dialect) =>
        new(
            file,
            new DelimitedLayout
            {
                Format = CorpusFormat.Sentiment140,
                Dialect = dialect,
                HasHeader = false,
                Fields = 6,
                Least = 6,
                Label = 0,
                Text = [5],
                Columns = "target, ids, date, flag, user, text",
                TextName = "6",
                LabelName = "1",
            },
            Sentiment140Names
        );

    private static bool IsSentiment140(IReadOnlyList<string[]> rows) =>
        rows.All(row =>
            row.Length == 6
            && Sentiment140Names.ContainsKey(row[0])
            && row[1].Length > 0
            && row[1].All(char.IsAsciiDigit)
        );

    internal static ColumnProfile[] Profiles(IReadOnlyList<string[]> rows, int from)
    {
        int columns = Math.Max(rows[0].Length, rows.Skip(from).Select(row => row.Length).DefaultIfEmpty().Max());
        return
        [
            .. Enumerable
                .Range(0, columns)
                .Select(i => new ColumnProfile(
                    rows.Skip(from)
                        .Where(row => row.Any(field => field.Length > 0))
                        .Select(row => i < row.Length ? row[i] : "")
                )),
        ];
    }

    private static bool AreNamedIn(string[] first, CorpusOptions options) =>
        new[] { options.LabelColumn, options.TextColumn }.Any(name =>
            name is not null && first.Any(field => field.Trim().Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))
        );

    private static bool ByNumbers(CorpusOptions options, int columns) =>
        ColumnNames.ByNumber(options.LabelColumn, columns) >= 0
        && (options.TextColumn ?? "").Split(',').All(one => ColumnNames.ByNumber(one.Trim(), columns) >= 0);

    /// <summary>
    /// The first or the last column where it holds a class in every row and all others hold texts; null where that is
    /// not so.
    /// </summary>
    private static int? ClassAtAnEnd(Found found)
    {
        int fields = found.Sample.Fields;
        if (
            fields < 2
            || found.Rows.Any(row => row.Length != fields)
            || !found.Columns.Any(column => column.Spaced > 0)
        )
            return null;
        bool first = IsClass(found, 0),
            last = IsClass(found, fields - 1);
        if (first == last)
            return null;
        int at = first ? 0 : fields - 1;
        bool othersAreTexts = found
            .Columns.Where((column, i) => i != at)
            .All(column =>
                column.Filled == 0 || !column.AreNumbers && (fields == 2 || !column.AreClasses || column.AreTexts)
            );
        return othersAreTexts ? at : null;
    }

    // Without names a class is short, without spaces, and comes back.
    private static bool IsClass(Found found, int column)
    {
        ColumnProfile profile = found.Columns[column];
        return profile.Filled == profile.Count
            && profile.LongestValue <= 30
            && profile.Spaced == 0
            && !profile.IsIndex
            && !(profile.AreNumbers && profile.HasFractions)
            && profile.Distinct <= Math.Max(2, found.Rows.Count / (found.Rows.Count < 40 ? 2 : 5));
    }

    /// <summary>
    /// Names from <c>classes.txt</c> beside the file, line n for class n, where the classes are numbers.
    /// </summary>
    private static Dictionary<string, string>? Classes(CorpusFile file, IReadOnlyList<string[]> rows)
    {
        CorpusFile classes = file.Sibling(Path.Combine(Path.GetDirectoryName(file.Path) ?? "", "classes.txt"));
        if (!File.Exists(classes.Path) || !rows.All(row => row[0].All(char.IsAsciiDigit)))
            return null;
        var names = new Dictionary<string, string>();
        using var lines = new LineReader(classes);
        while (lines.Read(out ReadOnlySpan<char> line))
        {
            if (!line.IsWhiteSpace())
                names[$"{lines.Line}"] = line.Trim().ToString();
        }
        return names;
    }

    private static CorpusException Undivided(CorpusFile file, CorpusOptions options, string head)
    {
        string first = head.TrimStart('\uFEFF', '\r', '\n').Split('\n', 2)[0].TrimEnd('\r');
        return options.Separator is { } separator
            ? new CorpusException(
                file.Path,
                1,
                $"the first line has no {CorpusLayout.SeparatorName(separator)}: "
                    + $"{(first.Length <= 60 ? first : first[..60] + "...")}",
                "Leave {Separator} away to have it found."
            )
            : new CorpusException(
                file.Path,
                1,
                "no label can be seen in the first lines, since no comma, tab, semicolon or bar divides them alike",
                "Name the file of labels with {LabelsPath}, the layout with {Format}, or what divides the lines with "
                    + "{Separator}."
            );
    }
}
