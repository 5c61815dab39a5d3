using System.Text.Json;
using Firn.Cli.Output;
using Firn.Files;

namespace Firn.Cli.Scoring;

/// <summary>
/// A file of predictions while it is made. Rows go to <c>FILE.partial</c>, which takes the file's name when all are
/// done, so that a file of that name is always whole. <c>FILE.partial.json</c> says every few seconds how far the rows
/// on the disk reach and of which input and model they are, so that a later run goes on there.
/// </summary>
internal sealed class ScoredFile : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private readonly string _path;
    private readonly string _settings;
    private readonly OutputFile? _device; // written to as it is
    private readonly FileStream? _part;
    private long _last = System.Diagnostics.Stopwatch.GetTimestamp();
    private byte[] _hash;
    private bool _finished;

    private ScoredFile(OutputFile device) => (_path, _settings, _hash, _device) = (device.FilePath, "", [], device);

    private ScoredFile(string path, string settings, Progress begun)
    {
        (_path, _settings) = (path, settings);
        (Rows, _hash) = (begun.Rows, Convert.FromHexString(begun.Hash));
        _part = new FileStream(Partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1 << 16);
        _part.SetLength(begun.Bytes);
        _part.Position = begun.Bytes;
    }

    /// <summary>Rows that are written.</summary>
    public long Rows { get; private set; }

    /// <summary>The hash of the input's rows that they belong to.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    private string Partial => _path + ".partial";

    private string Journal => _path + ".partial.json";

    /// <summary>Begins a file, or goes on with what an earlier run left of it.</summary>
    /// <param name="path">The file; a device is written to directly.</param>
    /// <param name="settings">Model and choices, which must be the same where a run goes on.</param>
    /// <param name="resume">Whether to go on.</param>
    /// <exception cref="UserError">
    /// There is a part of other settings, or one that nobody asked to go on with.
    /// </exception>
    public static ScoredFile Open(string path, string settings, bool resume)
    {
        var none = new Progress(0, 0, "", settings);
        if (InputFile.IsPipe(path))
            return resume
                ? throw new UserError($"--resume goes on with a file, and {path} is none")
                : new ScoredFile(OutputFile.Create(path));
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
            path = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        string partial = path + ".partial",
            journal = path + ".partial.json";
        Progress? begun = File.Exists(partial) && File.Exists(journal) ? Progress.Read(journal) : null;
        if (begun is { Rows: > 0 } && !resume)
            throw new UserError(
                $"{partial} holds {begun.Rows:N0} scored rows of a run that did not end; go on with --resume, or "
                    + $"delete it to begin again"
            );
        if (!resume || begun is not { Rows: > 0 })
            return new ScoredFile(path, settings, none);
        if (begun.Settings != settings)
            throw new UserError(
                $"{partial} was begun with another model or other options ({Difference(begun.Settings, settings)}); "
                    + $"give the same, or delete it to begin again"
            );
        if (new FileInfo(partial).Length < begun.Bytes)
            throw new UserError(
                $"{partial} is shorter than {journal} says; it was changed since, so delete both and begin again"
            );
        return new ScoredFile(path, settings, begun);
    }

    /// <summary>Writes rows.</summary>
    /// <param name="bytes">Whole rows.</param>
    /// <param name="rows">How many.</param>
    /// <param name="hash">The hash of the input up to their end.</param>
    public void Write(ReadOnlySpan<byte> bytes, int rows, byte[] hash)
    {
        (_part ?? _device!.Stream).Write(bytes);
        Rows += rows;
        _hash = hash;
        if (System.Diagnostics.Stopwatch.GetElapsedTime(_last) > Between)
            Keep();
    }

    /// <summary>Brings what is written to the disk and notes how far it reaches.</summary>
    public void Keep()
    {
        _last = System.Diagnostics.Stopwatch.GetTimestamp();
        if (_part is null)
            return;
        _part.Flush(flushToDisk: true);
        string next = Journal + ".new";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 12))
        {
            JsonSerializer.Serialize(
                file,
                new Progress(Rows, _part.Position, Convert.ToHexString(_hash), _settings),
                ScoringJson.Default.Progress
            );
            file.Flush(flushToDisk: true);
        }
        File.Move(next, Journal, overwrite: true);
    }

    /// <summary>Gives the file its name.</summary>
    public void Finish()
    {
        _device?.Commit();
        if (_part is not null)
        {
            _part.Flush(flushToDisk: true);
            _part.Dispose();
            File.Move(Partial, _path, overwrite: true);
            File.Delete(Journal);
        }
        _finished = true;
    }

    /// <summary>Closes the file; where it is not finished, what is written is kept for a later run.</summary>
    public void Dispose()
    {
        _device?.Dispose();
        if (_finished || _part is null)
            return;
        try
        {
            if (Rows > 0)
                Keep();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The failure that ended the run is told; the note of a few seconds ago stands.
        }
        try
        {
            _part.Dispose();
            if (Rows == 0)
                File.Delete(Partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { }
    }

    private static string Difference(string before, string now)
    {
        string[] a = before.Split('\n'),
            b = now.Split('\n');
        return a.Zip(b)
                .Where(pair => pair.First != pair.Second)
                .Select(pair => $"then {pair.First}, now {pair.Second}")
                .FirstOrDefault()
            ?? "other options";
    }

    /// <summary>How far the rows on the disk reach.</summary>
    /// <param name="Rows">Whole rows of the input.</param>
    /// <param name="Bytes">Bytes of the part that they take.</param>
    /// <param name="Hash">SHA-256 of those rows of the input, hexadecimal.</param>
    /// <param name="Settings">Model and choices.</param>
    internal sealed record Progress(long Rows, long Bytes, string Hash, string Settings)
    {
        public static Progress Read(string path)
        {
            try
            {
                using FileStream file = File.OpenRead(path);
                return JsonSerializer.Deserialize(file, ScoringJson.Default.Progress) ?? throw new JsonException();
            }
            catch (JsonException)
            {
                throw new UserError($"{path} does not say how far its rows reach; delete it and begin again");
            }
        }
    }
}
