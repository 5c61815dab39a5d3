namespace Firn.Data;

/// <summary>
/// Rows of a table as labeled texts: one label from a column, or several from a list, from columns of 0 and 1, or from
/// one cell.
/// </summary>
internal sealed class TableSource : CorpusSource
{
    private const int SampleRows = 1000;

    private readonly string _path;
    private readonly CorpusTable _table;
    private readonly int[] _text;
    private readonly int[] _labels;
    private readonly string[] _classes; // of columns of 0 and 1
    private readonly LabelWriting? _writing;
    private readonly int _answer; // Prodigy's column, or -1
    private readonly List<string> _remarks = [];

    public TableSource(string path, CorpusTable table, CorpusOptions options)
    {
        _path = path;
        _table = table;
        string[] names = [.. table.Columns];
        TableRow[] sample =
        [
            .. table.Read(new RowLog(RowErrorPolicy.Skip), [.. Enumerable.Range(0, names.Length)]).Take(SampleRows),
        ];
        if (sample.Length == 0)
            throw new CorpusException(path, 0, $"the {table.Kind} file has no rows", "Name a file that holds texts.");
        ColumnProfile[] profiles =
        [
            .. names.Select((_, i) => new ColumnProfile(sample.Select(row => row.Cells[i].Shown))),
        ];
        options = Intents(names, options);
        int[] oneHot = OneHotColumns.Find(names, profiles, options);
        if (oneHot.Length > 0)
        {
            _text = Texts(path, names, profiles, oneHot, options);
            _labels = oneHot;
            _classes = OneHotColumns.ClassNames(oneHot.Select(i => names[i]));
            HasSeveralLabels =
                options.SeveralLabels
                ?? sample.Any(row => oneHot.Count(i => OneHotColumns.IsSet(row.Cells[i].Text) == true) != 1);
            _remarks.Add($"each of {_classes.Length} columns is a class: {ColumnNames.List(_classes)}");
        }
        else
        {
            ColumnRoles roles = ColumnRoles.Choose(path, names, profiles, options);
            _text = roles.Text;
            _labels = [roles.Label];
            _classes = [];
            LabelIsGuess = roles.LabelIsGuess;
            _remarks.AddRange(roles.Remarks);
            bool lists = sample.Any(row => row.Cells[roles.Label].List is not null);
            _writing =
                lists || options.SeveralLabels == false
                    ? null
                    : SeveralLabels.Find(
                        [.. sample.Select(row => row.Cells[roles.Label].Text ?? "")],
                        options.SeveralLabels == true
                    );
            HasSeveralLabels =
                options.SeveralLabels
                ?? (
                    lists
                        ? sample.Any(row => (row.Cells[roles.Label].List?.Count ?? 0) != 1)
                        : _writing is { HasSets: true }
                );
            if (lists || _writing is not null)
                _remarks.Add(lists ? "lists of labels" : _writing!.InWords);
            LabelNames = table.ClassNames(roles.Label) ?? NoNames;
        }
        LabelIsGuess &= !HasSeveralLabels;
        _answer =
            Array.FindIndex(names, name => name == "answer") is var at and >= 0
            && sample.All(row => row.Cells[at].Text is "accept" or "reject" or "ignore")
                ? at
                : -1;
        if (_answer >= 0)
            _remarks.Add("rows whose answer is reject or ignore are left out, as Prodigy means them");
        TextName = string.Join(", ", _text.Select(i => names[i].Trim()));
        LabelName = string.Join(", ", _labels.Select(i => names[i].Trim()));
    }

    public override CorpusFormat Format => _table.Format;

    public override string Description =>
        $"{_table.Kind}, {(_table.Format is CorpusFormat.Json or CorpusFormat.JsonLines ? "properties" : "columns")} "
        + $"{(_labels.Length > 4 ? $"{_table.Columns[_labels[0]]}, ... ({_labels.Length})" : LabelName)} and "
        + $"{TextName}";

    public override CorpusLayout Layout =>
        new(_table.Kind)
        {
            Separator = _table.Separator,
            HasHeader = _table.HasHeader,
            TextColumn = TextName,
            LabelColumn = LabelName,
            Remarks = [.. _table.Remarks, .. _remarks],
        };

    public override bool LabelIsGuess { get; }

    public override bool HasSeveralLabels { get; }

    public override IReadOnlyDictionary<string, string> LabelNames { get; } = NoNames;

    private string TextName { get; }

    private string LabelName { get; }

    public override IEnumerable<LabeledText> Read(RowLog log)
    {
        var pool = new LabelPool();
        int[] columns = _answer < 0 ? [.. _text, .. _labels] : [.. _text, .. _labels, _answer];
        foreach (TableRow row in _table.Read(log, columns))
        {
            if (row.Cells.All(cell => cell.IsMissing))
            {
                log.Blank++;
                continue;
            }
            if (_answer >= 0 && row.Cells[^1].Text != "accept")
                continue;
            string? problem = LabelOf(row.Cells.AsSpan(_text.Length, _labels.Length), out string label);
            TableCell[] texts = row.Cells[.._text.Length];
            if (problem is null && texts.Any(cell => cell.IsMissing))
                problem =
                    $"there is no text in {_table.Columns[_text[Array.FindIndex(texts, cell => cell.IsMissing)]]}";
            if (problem is not null)
            {
                log.Bad(_path, row.Number, problem);
                continue;
            }
            label = pool.Get(label);
            // A list of texts, such as the patterns of an intent, is a row each.
            if (texts is [{ List: { } many }])
            {
                foreach (string one in many)
                    yield return new LabeledText(one, label);
            }
            else
                yield return new LabeledText(
                    string.Join(' ', texts.Select(cell => cell.Text ?? string.Join(' ', cell.List!))),
                    label
                );
        }
    }

    /// <summary>What is wrong with the label, or null.</summary>
    private string? LabelOf(ReadOnlySpan<TableCell> cells, out string label)
    {
        label = "";
        List<string>? found = _classes.Length > 0 ? Classes(cells) : ListOf(cells[0]);
        if (found is null)
        {
            return _classes.Length > 0 ? "a column of a class holds neither 0 nor 1"
                : _writing is null ? $"there is no label in {_table.Columns[_labels[0]]}"
                : $"the label is no list: {cells[0].Text}";
        }
        if (HasSeveralLabels)
            label = SeveralLabels.Join(found);
        else if (found.Count == 1 && found[0].Trim().Length > 0)
            label = found[0].Trim();
        else
            return found.Count > 1 ? $"the text has {found.Count} labels where one is expected" : "the label is empty";
        return null;
    }

    private List<string>? Classes(ReadOnlySpan<TableCell> cells)
    {
        var found = new List<string>();
        for (int i = 0; i < cells.Length; i++)
        {
            if (OneHotColumns.IsSet(cells[i].Text) is not { } set)
                return null;
            if (set)
                found.Add(_classes[i]);
        }
        return found;
    }

    private List<string>? ListOf(TableCell cell)
    {
        if (cell.List is { } list)
            return [.. list];
        if (_writing is not null)
            return _writing.Parse(cell.Text ?? "") is { } parts ? [.. parts] : null;
        if (cell.Text is null)
            return HasSeveralLabels ? [] : null;
        return [cell.Text];
    }

    private static int[] Texts(
        string path,
        string[] names,
        ColumnProfile[] profiles,
        int[] oneHot,
        CorpusOptions options
    )
    {
        int[] others = [.. Enumerable.Range(0, names.Length).Where(i => !oneHot.Contains(i))];
        if (options.TextColumn is { } asked)
            return ColumnNames.AllNamed(path, names, asked, "text");
        int[] usual = [.. ColumnNames.TextsIn(names).Where(others.Contains)];
        if (usual.Length > 0)
            return [usual[0]];
        int[] texts = [.. others.Where(i => profiles[i].AreTexts).OrderByDescending(i => profiles[i].MeanLength)];
        return texts.Length == 1
            ? [texts[0]]
            : throw new CorpusException(
                path,
                1,
                texts.Length == 0 ? "no column holds texts" : "more than one column can be the text",
                $"Name one with {{TextColumn}}; the columns are: {ColumnNames.List(names)}."
            );
    }

    /// <summary>The file of intents that tutorials of chat bots share: a tag and a list of patterns.</summary>
    private static CorpusOptions Intents(string[] names, CorpusOptions options) =>
        options.TextColumn is null && options.LabelColumn is null && names.Contains("patterns") && names.Contains("tag")
            ? options with
            {
                TextColumn = "patterns",
                LabelColumn = "tag",
            }
            : options;
}
