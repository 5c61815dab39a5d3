using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Firn.Data;
using Firn.Evaluation;

namespace Firn.Cli.Scoring;

/// <summary>JSON lines. An object is copied as it stands and the prediction put before its closing brace.</summary>
internal sealed class JsonRowEncoder : RowEncoder
{
    private readonly byte[][] _columns;
    private readonly byte[][] _names;
    private readonly FrozenDictionary<string, byte[]> _labels;

    public JsonRowEncoder(TextTable table, Additions additions)
        : base(additions)
    {
        NeedsFields = table.Format != TextTableFormat.JsonLines;
        _columns = [.. table.Columns.Select(name => Quoted(name))];
        _names = [.. additions.Names.Select(name => Quoted(name))];
        _labels = additions.Labels.Distinct().ToFrozenDictionary(label => label, Quoted);
    }

    public override bool NeedsFields { get; }

    public override void WriteHeader(IBufferWriter<byte> output) { }

    public override void WriteRow(RowBatch batch, int row, Prediction? prediction, IBufferWriter<byte> output)
    {
        Byte(output, (byte)'{');
        bool empty = NeedsFields ? !Fields(batch.Fields(row), output) : !Members(batch.Raw(row), output);
        if (!empty)
            Byte(output, (byte)',');
        if (prediction is { } known)
            Added(known, output);
        else
        {
            Name(0, output);
            output.Write("null"u8);
        }
        output.Write("}\n"u8);
    }

    private bool Fields(string[] fields, IBufferWriter<byte> output)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (i > 0)
                Byte(output, (byte)',');
            // A row may have more fields than the header names.
            output.Write(i < _columns.Length ? _columns[i] : Quoted($"field_{i + 1}"));
            Byte(output, (byte)':');
            output.Write(Quoted(fields[i]));
        }
        return fields.Length > 0;
    }

    /// <summary>What stands between an object's braces; a line that is no object becomes the member "line".</summary>
    private static bool Members(ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> trimmed = line.Trim(" \t\r\uFEFF"u8);
        if (!IsObject(trimmed))
        {
            output.Write("\"line\":"u8);
            output.Write(Quoted(Encoding.UTF8.GetString(line)));
            return true;
        }
        ReadOnlySpan<byte> inside = trimmed[1..^1].Trim(" \t\r"u8);
        output.Write(inside);
        return inside.Length > 0;
    }

    private static bool IsObject(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("{"u8) || !line.EndsWith("}"u8))
            return false;
        var reader = new Utf8JsonReader(line);
        try
        {
            return reader.Read() && reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Added(in Prediction prediction, IBufferWriter<byte> output)
    {
        Name(0, output);
        output.Write(_labels.TryGetValue(prediction.Label, out byte[]? label) ? label : Quoted(prediction.Label));
        Byte(output, (byte)',');
        Name(1, output);
        Number(output, prediction.Score);
        int at = 2;
        foreach (int c in Likeliest.Of(prediction, Additions.Labels.Count, Additions.Top))
        {
            Byte(output, (byte)',');
            Name(at++, output);
            output.Write(_labels[Additions.Labels[c]]);
            Byte(output, (byte)',');
            Name(at++, output);
            Number(output, LabelRule.ProbabilityOf(c, prediction.Probabilities));
        }
        for (int c = 0; Additions.All && c < Additions.Labels.Count; c++)
        {
            Byte(output, (byte)',');
            Name(at++, output);
            Number(output, LabelRule.ProbabilityOf(c, prediction.Probabilities));
        }
        Byte(output, (byte)',');
        Name(at, output);
        Number(output, prediction.KnownTokens);
    }

    /// <summary>The name of an added member, by its place among them.</summary>
    private void Name(int addition, IBufferWriter<byte> output)
    {
        output.Write(_names[addition]);
        Byte(output, (byte)':');
    }

    private static byte[] Quoted(string value) =>
        Encoding.UTF8.GetBytes($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value)}\"");
}
