using System.Runtime.InteropServices;

namespace Firn.Data;

/// <summary>A row that was left out.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">The line, from 1, on which the row begins.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record RowError(string Path, long Line, string Reason);

/// <summary>Counts rows, and stops or collects at bad ones, as the policy says.</summary>
internal sealed class RowLog(RowErrorPolicy policy)
{
    private const int Kept = 100;
    private const string SkipRemedy = "Correct the row, or leave bad rows out with {OnError = Skip}.";
    public const int MaxLabels = 1 << 18;
    private readonly List<RowError> _errors = [];
    private readonly Dictionary<string, long> _reasons = new(StringComparer.Ordinal);

    /// <summary>Rows of each label; labels beyond a quarter of a million are not counted.</summary>
    public Dictionary<string, long> Labels { get; } = new(StringComparer.Ordinal);

    public long Read { get; set; }

    public long Skipped { get; private set; }

    /// <summary>Rows without any value, which are passed over.</summary>
    public long Blank { get; set; }

    /// <summary>Bytes that were none of the encoding, once all rows are read.</summary>
    public long InvalidBytes { get; set; }

    public long EmptyTexts { get; private set; }

    public long TextsWithNul { get; private set; }

    public IReadOnlyList<RowError> Errors => _errors;

    public IReadOnlyDictionary<string, long> Reasons => _reasons;

    /// <summary>Counts a row that is given out.</summary>
    public void Good(LabeledText row)
    {
        Read++;
        if (Labels.Count < MaxLabels || Labels.ContainsKey(row.Label))
            CollectionsMarshal.GetValueRefOrAddDefault(Labels, row.Label, out _)++;
        if (string.IsNullOrWhiteSpace(row.Text))
            EmptyTexts++;
        else if (row.Text.Contains('\0'))
            TextsWithNul++;
    }

    /// <summary>Throws, or notes the row and goes on.</summary>
    public void Bad(string path, long line, string reason)
    {
        if (policy == RowErrorPolicy.Stop)
            throw new CorpusException(path, line, reason, SkipRemedy);
        Skipped++;
        // A reason may quote the row, so that there are as many as rows.
        if (_reasons.Count < Kept || _reasons.ContainsKey(reason))
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
        if (_errors.Count < Kept)
            _errors.Add(new RowError(path, line, reason));
    }
}
