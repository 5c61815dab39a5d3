using System.Buffers;
using Firn.Data;

namespace Firn.Cli.Scoring;

/// <summary>
/// Rows of a table on their way from the reader to the writer, as they were read and as they are to be written; used
/// again when they are written.
/// </summary>
internal sealed class RowBatch(bool keepsFields)
{
    private const int MaxRows = 1024,
        MaxBytes = 1 << 20;
    private readonly ArrayBufferWriter<byte> _raw = new(1 << 17);
    private readonly List<int> _ends = [];
    private readonly List<string> _texts = [];
    private readonly List<bool> _broken = [];
    private readonly List<int> _missing = [];
    private readonly List<string[]>? _fields = keepsFields ? [] : null;

    public int Count => _texts.Count;

    public bool IsFull => Count >= MaxRows || _raw.WrittenCount >= MaxBytes;

    /// <summary>The texts; empty where a row is broken.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>All rows, a line feed behind each.</summary>
    public ReadOnlySpan<byte> Bytes => _raw.WrittenSpan;

    /// <summary>The hash of the input up to the end of this batch.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>The rows with what the model says.</summary>
    public ArrayBufferWriter<byte> Scored { get; } = new(1 << 17);

    /// <summary>Texts without a word that the model knows.</summary>
    public int Unknown { get; private set; }

    /// <summary>Texts left without a class.</summary>
    public int Abstained { get; private set; }

    public void Note(in Prediction prediction)
    {
        if (prediction.HasNoKnownToken)
            Unknown++;
        if (prediction.Abstained)
            Abstained++;
    }

    /// <summary>Empties the batch; its memory is kept.</summary>
    public void Clear()
    {
        _raw.ResetWrittenCount();
        Scored.ResetWrittenCount();
        _ends.Clear();
        _texts.Clear();
        _broken.Clear();
        _missing.Clear();
        _fields?.Clear();
        (Unknown, Abstained) = (0, 0);
    }

    /// <summary>Takes the row that the table has read.</summary>
    public void Add(TextTable table)
    {
        ReadOnlySpan<byte> raw = table.Raw;
        raw.CopyTo(_raw.GetSpan(raw.Length + 1));
        _raw.GetSpan(raw.Length + 1)[raw.Length] = (byte)'\n';
        _raw.Advance(raw.Length + 1);
        _ends.Add(_raw.WrittenCount - 1);
        _texts.Add(table.Text);
        bool broken = table.Problem is not null;
        _broken.Add(broken);
        string[]? fields = broken || _fields is not null ? table.Fields() : null;
        _missing.Add(
            broken && table.Format == TextTableFormat.Delimited ? Math.Max(0, table.Columns.Count - fields!.Length) : 0
        );
        _fields?.Add(fields!);
    }

    /// <summary>A row as it stands in the input, as UTF-8.</summary>
    public ReadOnlySpan<byte> Raw(int row)
    {
        int start = row == 0 ? 0 : _ends[row - 1] + 1;
        return _raw.WrittenSpan[start.._ends[row]];
    }

    /// <summary>The values of a row's columns, where they were asked for.</summary>
    public string[] Fields(int row) => _fields![row];

    /// <summary>Fields that the row has fewer than the table has columns.</summary>
    public int MissingFields(int row) => _missing[row];

    /// <summary>Whether the row could not be read and has no text.</summary>
    public bool IsBroken(int row) => _broken[row];
}
