using System.Text;
using System.Text.Json;

namespace Firn.Study;

/// <summary>
/// The results of a study, a JSON object a line, flushed to the disk line by line: what was finished survives whatever
/// ends the run. The first line names the study.
/// </summary>
internal sealed class StudyFile : IDisposable
{
    private const int Format = 2;
    private const string OldNeighbors = "\"policy\":\"neighbours\"",
        NewNeighbors = "\"policy\":\"neighbors\""; // as older files spell it
    private readonly FileStream _stream;

    private StudyFile(FileStream stream, Dictionary<(int, int, StudyPolicy), StudyResult> results, string? remark)
    {
        _stream = stream;
        Results = results;
        Remark = remark;
    }

    /// <summary>By size, seed and policy.</summary>
    public Dictionary<(int Size, int Seed, StudyPolicy Policy), StudyResult> Results { get; }

    /// <summary>What was odd about the file; null for nothing.</summary>
    public string? Remark { get; }

    /// <summary>Opens or begins a file.</summary>
    /// <exception cref="InvalidDataException">
    /// It belongs to another study, or a line before the last is damaged.
    /// </exception>
    public static StudyFile Open(string path, string study)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            int whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
            string[] lines = Encoding
                .UTF8.GetString(bytes, 0, whole)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            (var results, bool lastDamaged) = Parse(path, study, lines);
            string? remark = null;
            if (lastDamaged || whole < bytes.Length)
            {
                remark = $"{path}: the last line is damaged and was taken out; its classifier is trained again";
                stream.SetLength(lastDamaged ? whole - Encoding.UTF8.GetByteCount(lines[^1]) - 1 : whole);
            }
            stream.Seek(0, SeekOrigin.End);
            var file = new StudyFile(stream, results, remark);
            if (stream.Length == 0)
                file.Write(JsonSerializer.Serialize(new StudyHeader(study, Format), StudyJson.Default.StudyHeader));
            return file;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Keeps results that belong together, all in one write.</summary>
    public void Add(IReadOnlyList<StudyResult> results)
    {
        foreach (StudyResult result in results)
            Results[(result.Size, result.Seed, result.Policy)] = result;
        Write(string.Join('\n', results.Select(r => r.ToJson())));
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static (Dictionary<(int, int, StudyPolicy), StudyResult> Results, bool LastDamaged) Parse(
        string path,
        string study,
        string[] lines
    )
    {
        var results = new Dictionary<(int, int, StudyPolicy), StudyResult>();
        for (int i = 0; i < lines.Length; i++)
        {
            try
            {
                if (i == 0)
                {
                    CheckHeader(path, study, JsonSerializer.Deserialize(lines[0], StudyJson.Default.StudyHeader));
                    continue;
                }
                StudyResult result =
                    JsonSerializer.Deserialize(
                        lines[i].Replace(OldNeighbors, NewNeighbors, StringComparison.Ordinal),
                        StudyJson.Default.StudyResult
                    ) ?? throw new JsonException("null is no result");
                _ = BitText.Read(result.Correct, result.TestTexts);
                _ = BitText.Read(result.Slice, result.TestTexts);
                results[(result.Size, result.Seed, result.Policy)] = result;
            }
            catch (Exception error) when (error is JsonException or FormatException)
            {
                if (i == lines.Length - 1)
                    return (results, true);
                throw new InvalidDataException(
                    $"{path}: line {i + 1} is no result of a study ({error.Message}); delete that line, or name "
                        + $"another folder.",
                    error
                );
            }
        }
        return (results, false);
    }

    private static void CheckHeader(string path, string study, StudyHeader? header)
    {
        if (header?.Study is null || header.Format != Format)
            throw new InvalidDataException(
                $"{path}: line 1 does not begin a file of study results of format {Format}; name another folder."
            );
        if (header.Study != study)
            throw new InvalidDataException(
                $"{path} holds results of other texts, vectors or options (study {header.Study}, this one is {study}); "
                    + $"name another folder, or delete the file."
            );
    }

    private void Write(string line)
    {
        _stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
        _stream.Flush(flushToDisk: true);
    }
}
