using System.Text;
using System.Text.Json;

namespace Firn.Tuning;

/// <summary>
/// The trials of a search, a JSON object a line, flushed to the disk line by line. A last line that was cut short is
/// taken out, and its trial is run again.
/// </summary>
internal sealed class TrialFile : IDisposable
{
    private readonly FileStream? _stream;
    private readonly string _search;
    private readonly Dictionary<(int Candidate, int Rung, int Fold), TuningTrial> _known = [];

    /// <param name="path">Created where it is missing; null keeps nothing.</param>
    /// <param name="search">Hash of the texts, labels, options and seed that the trials belong to.</param>
    /// <exception cref="InvalidDataException">
    /// It holds another search's trials, or a line before the last is damaged.
    /// </exception>
    public TrialFile(string? path, string search)
    {
        _search = search;
        if (path is null)
            return;
        _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            var bytes = new byte[_stream.Length];
            _stream.ReadExactly(bytes);
            _stream.SetLength(Parse(path, bytes));
            _stream.Seek(0, SeekOrigin.End);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>A trial of an earlier run; null where there is none.</summary>
    public TuningTrial? Find(int candidate, int rung, int fold) => _known.GetValueOrDefault((candidate, rung, fold));

    /// <summary>Keeps a trial.</summary>
    public TuningTrial Add(TuningTrial trial)
    {
        trial = trial with { Search = _search };
        _stream?.Write(Encoding.UTF8.GetBytes(trial.ToJson() + "\n"));
        _stream?.Flush(flushToDisk: true);
        return trial;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();

    /// <summary>Length of the whole lines.</summary>
    private long Parse(string path, byte[] bytes)
    {
        int start = 0;
        for (int number = 1; start < bytes.Length; number++)
        {
            int end = Array.IndexOf(bytes, (byte)'\n', start);
            bool last = end < 0 || end == bytes.Length - 1;
            if (end < 0)
                return start;
            try
            {
                Know(
                    path,
                    TuningTrial.FromJson(Encoding.UTF8.GetString(bytes, start, end - start))
                        ?? throw new JsonException("null is no trial")
                );
            }
            catch (JsonException error)
            {
                return last
                    ? start
                    : throw new InvalidDataException(
                        $"{path}: line {number} is no trial of a search ({error.Message}); delete that line, or name "
                            + $"another file.",
                        error
                    );
            }
            start = end + 1;
        }
        return start;
    }

    private void Know(string path, TuningTrial trial)
    {
        if (trial.Search != _search)
        {
            throw new InvalidDataException(
                $"{path} holds the trials of another search (other texts, labels, options or seed); name another "
                    + $"file, or delete it."
            );
        }
        _known[(trial.Candidate, trial.Rung, trial.Fold)] = trial;
    }
}
