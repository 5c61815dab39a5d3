using System.Text.Json;

namespace Firn.Data;

/// <summary>One text or one JSON object a line.</summary>
internal sealed class LineTable : TextTable
{
    private readonly LineReader _lines;
    private readonly bool _json;
    private string _line = "";
    private string _text = "";
    private byte[] _raw = [];
    private int _rawLength;
    private bool _isObject;

    private LineTable(TableInput input, bool json)
        : base(input)
    {
        _json = json;
        _lines = new LineReader(input.File, input.OpenText());
    }

    public override TextTableFormat Format => _json ? TextTableFormat.JsonLines : TextTableFormat.Lines;

    public override long Line => _lines.Line;

    public override ReadOnlySpan<byte> Raw => _raw.AsSpan(0, _rawLength);

    public override string Text => _text;

    public static LineTable Plain(TableInput input) => new(input, json: false);

    /// <summary>Finds the property of the text by the first line.</summary>
    public static LineTable Json(TableInput input, TextTableOptions options)
    {
        string path = input.File.Path;
        string first =
            input.Head.Split('\n').FirstOrDefault(line => !string.IsNullOrWhiteSpace(line))
            ?? throw new CorpusException(path, 0, "the file is empty", "Name a file that holds texts.");
        string[] names;
        try
        {
            using JsonDocument document = JsonDocument.Parse(first);
            names = [.. document.RootElement.EnumerateObject().Select(p => p.Name)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CorpusException(
                path,
                1,
                "the line is not a JSON object",
                "Write one object a line, with a property for the text.",
                error
            );
        }
        return new LineTable(input, json: true)
        {
            HasHeader = true,
            Columns = names,
            TextColumns = ColumnNames.FindText(path, names, options.TextColumn),
        };
    }

    public override bool Read()
    {
        Problem = null;
        ReadOnlySpan<char> line;
        do
        {
            if (!_lines.Read(out line))
                return false;
        } while (_json && line.IsWhiteSpace());
        Row++;
        int most = System.Text.Encoding.UTF8.GetMaxByteCount(line.Length);
        if (_raw.Length < most)
            _raw = new byte[most];
        _rawLength = System.Text.Encoding.UTF8.GetBytes(line, _raw);
        _text = _line = line.ToString();
        if (_json)
            Problem = ParseText();
        return true;
    }

    public override string[] Fields()
    {
        if (!_json)
            return [_line];
        var fields = new string[Columns.Count];
        Array.Fill(fields, "");
        if (!_isObject)
        {
            fields[TextColumns[0]] = _line;
            return fields;
        }
        using JsonDocument document = JsonDocument.Parse(_line);
        for (int i = 0; i < fields.Length; i++)
        {
            if (document.RootElement.TryGetProperty(Columns[i], out JsonElement value))
                fields[i] = Text(value);
        }
        return fields;

        static string Text(JsonElement value)
        {
            try
            {
                return value.ValueKind switch
                {
                    JsonValueKind.Null => "",
                    JsonValueKind.String => value.GetString()!,
                    _ => value.GetRawText(),
                };
            }
            catch (InvalidOperationException)
            {
                return value.GetRawText(); // half of a surrogate pair, which no text can hold
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _lines.Dispose();
    }

    private string? ParseText()
    {
        _text = "";
        _isObject = false;
        try
        {
            using JsonDocument document = JsonDocument.Parse(_raw.AsMemory(0, _rawLength));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return "the line is not a JSON object";
            _isObject = true;
            var parts = new string[TextColumns.Count];
            for (int i = 0; i < parts.Length; i++)
            {
                string name = Columns[TextColumns[i]];
                if (
                    !document.RootElement.TryGetProperty(name, out JsonElement value)
                    || value.ValueKind != JsonValueKind.String
                )
                    return $"the object has no string '{name}'";
                parts[i] = value.GetString()!;
            }
            _text = string.Join(' ', parts);
            return null;
        }
        catch (JsonException error)
        {
            return $"the line is not JSON (byte {error.BytePositionInLine})";
        }
        catch (InvalidOperationException)
        {
            return "a string holds half of a surrogate pair";
        }
    }
}
