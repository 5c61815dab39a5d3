namespace Firn.Text;

/// <summary>A row that was left out.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">The line, from 1, on which the row begins.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record RowError(string Path, long Line, string Reason);

/// <summary>Counts rows, and stops or collects at bad ones, as the policy says.</summary>
internal sealed class RowLog(RowErrorPolicy policy)
{
    private const int Kept = 100;
    private const string SkipRemedy = "Correct the row, or leave bad rows out with OnError = Skip (--on-error skip).";
    private readonly List<RowError> errors = [];

    public long Read { get; set; }

    public long Skipped { get; private set; }

    public IReadOnlyList<RowError> Errors => errors;

    /// <summary>Throws, or notes the row and goes on.</summary>
    public void Bad(string path, long line, string reason)
    {
        if (policy == RowErrorPolicy.Stop)
            throw new CorpusException(path, line, reason, SkipRemedy);
        Skipped++;
        if (errors.Count < Kept)
            errors.Add(new RowError(path, line, reason));
    }
}
