using CsvHelper;

namespace Firn.Text;

/// <summary>Finds separator, quoting, header and columns of a delimited file from its first characters.</summary>
internal static class DelimitedDetection
{
    private const int SampleRows = 100;

    private static readonly Dictionary<string, string> Sentiment140Names = new() { ["0"] = "negative", ["2"] = "neutral", ["4"] = "positive" };

    /// <summary>The source, or that of a tabbed format without header that is better read by lines.</summary>
    public static CorpusSource Open(CorpusFile file, CorpusOptions options, string head)
    {
        char separator = SeparatorOf(file.Path, head);
        bool quoted = options.Quoted ?? (separator != '\t' || HasWholeFieldsInQuotes(head));
        List<string[]> rows = Sample(head, separator, quoted);
        if (options.Format == CorpusFormat.Sentiment140 || options.Format == CorpusFormat.Auto && options.TextColumn is null && options.LabelColumn is null && IsSentiment140(rows))
            return Sentiment140(file, separator, quoted);

        string[] first = rows[0];
        bool chosen = options.TextColumn is not null || options.LabelColumn is not null;
        if (ByNumbers(options, first.Length) is var (textAt, labelAt) && !ColumnNames.LookLikeHeader(first))
            return Source(file, separator, quoted, header: false, first.Length, labelAt, textAt..(textAt + 1), $"columns {labelAt + 1} and {textAt + 1}", null);
        if (!chosen && !ColumnNames.HasUsualName(first) && WithoutHeader(file, rows, separator, quoted) is { } source)
            return source;

        (int text, int label) = ColumnNames.Find(file.Path, first, options);
        bool targets = Plain(first[label]) == "target" && rows.Skip(1).All(row => row.Length > label && Sentiment140Names.ContainsKey(row[label]))
            && rows.Skip(1).Any(row => row[label] == "4");
        return Source(file, separator, quoted, header: true, first.Length, label, text..(text + 1),
            $"columns {Plain(first[label])} and {Plain(first[text])}", targets ? Sentiment140Names : null);
    }

    private static DelimitedSource Sentiment140(CorpusFile file, char separator, bool quoted) => new(file, new DelimitedLayout
    {
        Format = CorpusFormat.Sentiment140,
        Separator = separator,
        Quoted = quoted,
        HasHeader = false,
        Fields = 6,
        Label = 0,
        Text = 5..6,
        Columns = "target, ids, date, flag, user, text",
    }, Sentiment140Names);

    private static DelimitedSource Source(CorpusFile file, char separator, bool quoted, bool header, int fields, int label, Range text, string columns, IReadOnlyDictionary<string, string>? names) => new(file, new DelimitedLayout
    {
        Format = CorpusFormat.Delimited,
        Separator = separator,
        Quoted = quoted,
        HasHeader = header,
        Fields = fields,
        Label = label,
        Text = text,
        Columns = columns,
    }, names);

    private static bool IsSentiment140(List<string[]> rows) => rows.All(row =>
        row.Length == 6 && Sentiment140Names.ContainsKey(row[0]) && row[1].Length > 0 && row[1].All(char.IsAsciiDigit));

    private static (int Text, int Label)? ByNumbers(CorpusOptions options, int columns)
    {
        int text = ColumnNames.ByNumber(options.TextColumn, columns), label = ColumnNames.ByNumber(options.LabelColumn, columns);
        return text >= 0 && label >= 0 && text != label ? (text, label) : null;
    }

    /// <summary>Rows whose first or last field is a class in every row of the sample, or null.</summary>
    private static CorpusSource? WithoutHeader(CorpusFile file, List<string[]> rows, char separator, bool quoted)
    {
        int fields = rows[0].Length;
        if (fields < 2 || rows.Any(row => row.Length != fields) || !rows.Any(row => row.Any(field => field.Contains(' '))))
            return null;
        bool classFirst = AreClasses(rows.Select(row => row[0])), classLast = AreClasses(rows.Select(row => row[^1]));
        if (classFirst == classLast)
            return null;
        if (fields == 2 && separator == '\t' && !quoted)
            return classFirst ? LineSource.LabelFirst(file, '\t') : LineSource.LabelLast(file);
        return classFirst
            ? Source(file, separator, quoted, header: false, fields, 0, 1..fields, fields == 2 ? "class and text" : $"class and {fields - 1} columns of text", Classes(file, rows))
            : Source(file, separator, quoted, header: false, fields, fields - 1, 0..(fields - 1), "text and class", null);
    }

    // Short, without spaces, and repeated: a column of numbers of rows, or one under a header, is none.
    private static bool AreClasses(IEnumerable<string> column)
    {
        string[] fields = [.. column];
        return fields.All(field => field.Length is > 0 and <= 30 && !field.Contains(' '))
            && fields.Distinct().Count() <= Math.Max(2, fields.Length / 2);
    }

    /// <summary>Names from <c>classes.txt</c> beside the file, line n for class n, where the classes are numbers.</summary>
    private static Dictionary<string, string>? Classes(CorpusFile file, List<string[]> rows)
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

    private static List<string[]> Sample(string head, char separator, bool quoted)
    {
        var rows = new List<string[]>();
        using CsvReader csv = CsvReader.FromText(head, DelimitedLayout.OptionsFor(separator, quoted));
        while (rows.Count <= SampleRows && csv.Read())
            rows.Add(csv.Current.ToArray());
        // The head ends somewhere in a row.
        if (rows.Count is > 1 and <= SampleRows && !head.EndsWith('\n'))
            rows.RemoveAt(rows.Count - 1);
        return rows;
    }

    private static char SeparatorOf(string path, string head)
    {
        string line = FirstLine(head);
        if (line.Contains('\t') && (!path.Contains(".csv", StringComparison.OrdinalIgnoreCase) || !line.Contains(',')))
            return '\t';
        return ",;|".MaxBy(separator => CountOutsideQuotes(line, separator));
    }

    private static int CountOutsideQuotes(string line, char separator)
    {
        int count = 0;
        bool inside = false;
        foreach (char c in line)
        {
            inside ^= c == '"';
            if (c == separator && !inside)
                count++;
        }
        return count;
    }

    private static bool HasWholeFieldsInQuotes(string head)
    {
        int whole = 0;
        foreach (string line in head.Split('\n').SkipLast(1))
        {
            foreach (string field in line.TrimEnd('\r').Split('\t'))
            {
                if (!field.StartsWith('"'))
                    continue;
                if (field.Length < 2 || !field.EndsWith('"'))
                    return false;
                whole++;
            }
        }
        return whole > 0;
    }

    private static string FirstLine(string head) => head.TrimStart('\r', '\n').Split('\n', 2)[0].TrimEnd('\r');

    private static string Plain(string name) => name.Trim();
}
