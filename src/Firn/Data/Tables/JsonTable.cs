using System.Text.Json;

namespace Firn.Data;

/// <summary>
/// Objects of JSON as rows: one a line, one after another in any layout, in one array, in an array under one key, or an
/// object of columns as pandas writes it.
/// </summary>
internal sealed class JsonTable : CorpusTable
{
    private const int SampleRows = 100;
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true };

    private readonly CorpusFile _file;
    private readonly Shape _shape;
    private readonly string? _key; // of the array inside of one object

    private JsonTable(CorpusFile file, Shape shape, string? key, IReadOnlyList<string> columns)
    {
        _file = file;
        _shape = shape;
        _key = key;
        Columns = columns;
    }

    private enum Shape
    {
        /// <summary>One object a line.</summary>
        Lines,

        /// <summary>Objects one after another, over any number of lines.</summary>
        Sequence,

        /// <summary>One array of objects, or of arrays.</summary>
        Array,

        /// <summary>One object with the array under a key.</summary>
        Keyed,

        /// <summary>One object of columns, each an object by row names or an array.</summary>
        Columns,
    }

    public override CorpusFormat Format => _shape == Shape.Lines ? CorpusFormat.JsonLines : CorpusFormat.Json;

    public override string Kind =>
        _shape switch
        {
            Shape.Lines => "JSON lines",
            Shape.Sequence => "JSON objects",
            Shape.Array => "JSON array",
            Shape.Keyed => $"JSON array under '{_key}'",
            _ => "JSON columns",
        };

    public override IReadOnlyList<string> Columns { get; }

    /// <summary>Finds out how the objects are laid out.</summary>
    /// <param name="file">The file, which begins with a brace or a bracket.</param>
    /// <param name="head">Its first characters.</param>
    /// <exception cref="CorpusException">There is no object that can be a row.</exception>
    public static JsonTable Open(CorpusFile file, string head)
    {
        if (BeginsWithLines(head))
            return Of(file, Shape.Lines, null);
        ReadOnlySpan<char> seen = head.AsSpan().TrimStart("\uFEFF \t\r\n");
        if (seen.IsEmpty)
        {
            throw new CorpusException(
                file.Path,
                1,
                "the file is blank where JSON is expected",
                "Check that this is the file, or leave the format to be found."
            );
        }
        if (seen[0] == '[')
            return Of(file, Shape.Array, null);
        using var values = new JsonValues(file);
        string first = values.Next(inArray: false)!;
        if (values.Next(inArray: false) is not null)
            return Of(file, Shape.Sequence, null);
        using JsonDocument whole = Parse(file, first, 1);
        return Single(file, whole.RootElement);
    }

    public override IEnumerable<TableRow> Read(RowLog log, IReadOnlyList<int> columns)
    {
        string[] names = [.. columns.Select(column => Columns[column])];
        foreach ((long line, JsonElement row, string? problem) in Rows())
        {
            string? wrong = problem;
            TableCell[] cells = wrong is null ? Cells(row, names, out wrong) : [];
            if (wrong is null)
                yield return new TableRow(line, cells);
            else
                log.Bad(_file.Path, line, wrong);
        }
    }

    private static TableCell[] Cells(JsonElement row, string[] names, out string? problem)
    {
        problem = null;
        try
        {
            return [.. names.Select(name => JsonCells.Find(row, name))];
        }
        catch (InvalidOperationException)
        {
            problem = "a string holds half of a surrogate pair";
            return [];
        }
    }

    private static JsonTable Of(CorpusFile file, Shape shape, string? key)
    {
        var names = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        string? problem = null;
        long at = 0;
        foreach (
            (long line, JsonElement row, string? wrong) in new JsonTable(file, shape, key, []).Rows().Take(SampleRows)
        )
        {
            (problem, at) = problem is null && wrong is not null ? (wrong, line) : (problem, at);
            if (wrong is null)
                JsonCells.AddNames(row, "", names, known);
        }
        if (names.Count == 0)
            throw new CorpusException(
                file.Path,
                Math.Max(at, 1),
                problem ?? "there is no JSON object with properties",
                "Write objects with a property for the text and one for the label."
            );
        return new JsonTable(file, shape, key, names);
    }

    private static JsonTable Single(CorpusFile file, JsonElement whole)
    {
        JsonProperty[] members = [.. whole.EnumerateObject()];
        string[] lists =
        [
            .. members
                .Where(m =>
                    m.Value.ValueKind == JsonValueKind.Array
                    && m.Value.GetArrayLength() > 0
                    && m.Value[0].ValueKind is JsonValueKind.Object or JsonValueKind.Array
                )
                .Select(m => m.Name),
        ];
        if (lists.Length == 1)
            return Of(file, Shape.Keyed, lists[0]);
        if (lists.Length > 1)
        {
            throw new CorpusException(
                file.Path,
                1,
                $"the file is one JSON object with {lists.Length} lists: {ColumnNames.List(lists)}",
                $"Write the one that is meant to a file of its own, for instance with: jq -c '.[\"{lists[0]}\"][]' "
                    + $"{file.Path}"
            );
        }
        JsonProperty[] columns =
        [
            .. members.Where(m => m.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array),
        ];
        if (
            columns.Length < 2
            || columns.Select(c => Length(c.Value)).Distinct().Count() > 1
            || Length(columns[0].Value) < 2
        )
        {
            return members.Any(m => m.Value.ValueKind is JsonValueKind.String)
                ? Of(file, Shape.Sequence, null)
                : throw new CorpusException(
                    file.Path,
                    1,
                    "the file is one JSON object and neither a list of rows nor columns of one length are in it",
                    "Write one object for each text, with a property for the text and one for the label."
                );
        }
        return new JsonTable(file, Shape.Columns, null, [.. columns.Select(c => c.Name)]);
    }

    private static int Length(JsonElement column) =>
        column.ValueKind == JsonValueKind.Array ? column.GetArrayLength() : column.EnumerateObject().Count();

    /// <summary>Whether the first line is a whole object and another begins the next line.</summary>
    private static bool BeginsWithLines(string head)
    {
        string[] lines =
        [
            .. head.Split('\n')
                .Select(line => line.Trim('\uFEFF', ' ', '\t', '\r'))
                .Where(line => line.Length > 0)
                .Take(2),
        ];
        if (lines.Length < 2 || lines[0][0] != '{')
            return false;
        // A first line that is damaged is told by the line behind it.
        return IsWhole(lines[0]) || (lines[1][0] == '{' && IsWhole(lines[1]));
    }

    private static bool IsWhole(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Lenient);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private IEnumerable<(long Line, JsonElement Row, string? Problem)> Rows() =>
        _shape switch
        {
            Shape.Lines => Lines(),
            Shape.Keyed or Shape.Columns => Inside(),
            _ => Values(),
        };

    private IEnumerable<(long Line, JsonElement Row, string? Problem)> Lines()
    {
        using var lines = new LineReader(_file);
        while (NextLine(lines) is { } line)
        {
            using JsonDocument? document = TryParse(line, out string? problem);
            yield return (lines.Line, document?.RootElement ?? default, problem);
        }
    }

    private IEnumerable<(long Line, JsonElement Row, string? Problem)> Values()
    {
        using var values = new JsonValues(_file);
        bool inArray = _shape == Shape.Array && values.EnterArray();
        while (values.Next(inArray) is { } value)
        {
            using JsonDocument? document = TryParse(value, out string? problem);
            yield return (values.Line, document?.RootElement ?? default, problem);
        }
    }

    private IEnumerable<(long Line, JsonElement Row, string? Problem)> Inside()
    {
        using var values = new JsonValues(_file);
        using JsonDocument whole = Parse(_file, values.Next(inArray: false)!, 1);
        if (_shape == Shape.Keyed)
        {
            long number = 0;
            foreach (JsonElement row in whole.RootElement.GetProperty(_key!).EnumerateArray())
                yield return (
                    ++number,
                    row,
                    row.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? null : "the value is no JSON object"
                );
            yield break;
        }
        JsonElement[][] columns = [.. Columns.Select(name => Cells(whole.RootElement.GetProperty(name)))];
        for (int i = 0; i < columns[0].Length; i++)
        {
            using JsonDocument row = JsonDocument.Parse(
                "{"
                    + string.Join(
                        ',',
                        Columns.Select((name, c) => $"\"{JsonEncodedText.Encode(name)}\":{columns[c][i].GetRawText()}")
                    )
                    + "}"
            );
            yield return (i + 1, row.RootElement, null);
        }
    }

    private static JsonElement[] Cells(JsonElement column) =>
        column.ValueKind == JsonValueKind.Array
            ? [.. column.EnumerateArray()]
            : [.. column.EnumerateObject().Select(p => p.Value)];

    private static string? NextLine(LineReader lines)
    {
        while (lines.Read(out ReadOnlySpan<char> line))
        {
            if (!line.IsWhiteSpace())
                return line.ToString();
        }
        return null;
    }

    private static JsonDocument? TryParse(string value, out string? problem)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(value.TrimStart('\uFEFF'), Lenient);
            problem = document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                ? null
                : "the line is not a JSON object";
            return document;
        }
        catch (JsonException error)
        {
            problem = $"the line is not JSON (byte {error.BytePositionInLine})";
            return null;
        }
    }

    private static JsonDocument Parse(CorpusFile file, string value, long line)
    {
        try
        {
            return JsonDocument.Parse(value, Lenient);
        }
        catch (JsonException error)
        {
            throw new CorpusException(
                file.Path,
                line + (error.LineNumber ?? 0),
                $"the text is not JSON (byte {error.BytePositionInLine} of the line)",
                "Correct it, or write one object a line.",
                error
            );
        }
    }
}
