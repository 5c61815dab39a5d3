using System.Collections.Concurrent;
using System.Security.Cryptography;
using Firn.Cli.Output;
using Firn.Data;

namespace Firn.Cli.Scoring;

/// <summary>
/// Rows of a table in batches, and a hash of what was read, by which a later run knows its input again.
/// </summary>
internal sealed class RowReader(TextTable table, bool keepsFields, bool stopsAtBroken) : IDisposable
{
    private const int ShownProblems = 5;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ConcurrentBag<RowBatch> _free = [];
    private readonly List<string> _problems = [];
    private Exception? _failure;

    /// <summary>Rows that could not be read and were kept.</summary>
    public long Broken { get; private set; }

    /// <summary>The first of them, with their lines.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Goes over rows that are done, and makes sure that they are those.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="hash">Their hash.</param>
    /// <param name="output">The file that holds their predictions, for the error.</param>
    /// <exception cref="UserError">The input is another one.</exception>
    public void Skip(long rows, ReadOnlySpan<byte> hash, string output)
    {
        var batch = new RowBatch(keepsFields: false);
        for (long row = 0; row < rows; row++)
        {
            if (!table.Read())
                throw Foreign(rows, output);
            if (table.Problem is not null)
                Broken++;
            batch.Add(table);
            if (batch.IsFull || row == rows - 1)
            {
                _hash.AppendData(batch.Bytes);
                batch.Clear();
            }
        }
        if (rows > 0 && !_hash.GetCurrentHash().AsSpan().SequenceEqual(hash))
            throw Foreign(rows, output);
    }

    /// <summary>The next rows; null at the end. A failure comes after the rows before it.</summary>
    /// <exception cref="CorpusException">A row cannot be read.</exception>
    public RowBatch? Next()
    {
        if (_failure is not null)
            throw _failure;
        RowBatch batch = _free.TryTake(out RowBatch? used) ? used : new RowBatch(keepsFields);
        try
        {
            while (!batch.IsFull && table.Read())
            {
                if (table.Problem is { } problem)
                    Note(problem);
                batch.Add(table);
            }
        }
        catch (CorpusException error)
        {
            if (batch.Count == 0)
                throw;
            _failure = error;
        }
        _hash.AppendData(batch.Bytes);
        batch.Hash = _hash.GetCurrentHash();
        return batch.Count > 0 ? batch : null;
    }

    /// <summary>Takes back a batch that is written, for its memory.</summary>
    public void Recycle(RowBatch batch)
    {
        batch.Clear();
        _free.Add(batch);
    }

    public void Dispose()
    {
        _hash.Dispose();
        table.Dispose();
    }

    private void Note(string problem)
    {
        if (stopsAtBroken)
            throw new CorpusException(
                table.Name,
                table.Line,
                problem,
                "Correct the row, or keep such rows without a label with --on-error keep."
            );
        Broken++;
        if (_problems.Count < ShownProblems)
            _problems.Add($"line {table.Line}: {problem}");
    }

    private UserError Foreign(long rows, string output) =>
        new(
            $"{output}: its first {rows:N0} rows are not those of {table.Name}; give the input that it was begun "
                + $"with, or delete it to begin again"
        );
}
