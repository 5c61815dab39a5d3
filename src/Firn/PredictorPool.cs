using Firn.Bundles;

namespace Firn;

/// <summary>
/// A model that is watched and swapped while it is used: a folder that holds a bundle, or numbered versions of one, of
/// which the highest that loads is used. A new version is loaded beside the old one and takes its place in one step;
/// calls in flight finish with the model they began with, which is let go when the last of them is done. A version that
/// does not load changes nothing. Readers take no lock. Safe for use by many threads, <see cref="Dispose"/> included.
/// </summary>
public sealed class PredictorPool : IDisposable
{
    private readonly Lock _looking = new();
    private readonly PredictorPoolOptions _options;
    private readonly Dictionary<long, FailedLoad> _failed = [];
    private readonly Timer? _timer;
    private volatile Entry? _current; // null once disposed of

    private PredictorPool(string folder, PredictorPoolOptions options)
    {
        Folder = folder;
        _options = options;
        _current = Find(firstTime: true);
        if (options.PollInterval > TimeSpan.Zero)
        {
            // The timer must not keep a pool alive that nobody uses.
            var weak = new WeakReference<PredictorPool>(this);
            _timer = new Timer(
                _ => (weak.TryGetTarget(out PredictorPool? pool) ? pool : null)?.LookQuietly(),
                null,
                Timeout.Infinite,
                Timeout.Infinite
            );
            _timer.Change(options.PollInterval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The folder that is watched.</summary>
    public string Folder { get; }

    /// <summary>The number of the version in use; 1 where the folder itself is a bundle.</summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public long Version => Current.Version;

    /// <summary>Why what lies in the folder now is not in use, in one line; null when it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Told after another model has taken the place of the one before, on the thread that found it.</summary>
    public event EventHandler? Swapped;

    /// <summary>Loads the model and begins to watch its folder.</summary>
    /// <param name="folder">A bundle, or a folder with numbered versions (<c>models/NAME/1</c>).</param>
    /// <param name="options">How often to look, and how to load; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no bundle at this place.</exception>
    /// <exception cref="InvalidDataException">No version loads; the message says why.</exception>
    public static PredictorPool Open(string folder, PredictorPoolOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new PredictorPoolOptions();
        return new PredictorPool(Path.GetFullPath(folder), options);
    }

    /// <summary>Scores and labels one text with the model of this moment; allocates nothing but the answer.</summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public Prediction Predict(string text)
    {
        using PredictorLease lease = Rent();
        return lease.Predictor.Predict(text);
    }

    /// <summary>Scores and labels texts, in order, all with the same model.</summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<string> texts)
    {
        using PredictorLease lease = Rent();
        return lease.Predictor.Predict(texts);
    }

    /// <summary>Takes hold of the model of this moment, for several calls to the same one.</summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public PredictorLease Rent()
    {
        while (true)
        {
            Entry now = Current;
            if (now.Hold.TryTake())
                return new PredictorLease(now.Predictor, now.Hold);
        }
    }

    /// <summary>Looks at the folder now.</summary>
    /// <returns>Whether another model took the place of the one before.</returns>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public bool Look()
    {
        lock (_looking)
        {
            _ = Current;
            if (Find(firstTime: false) is not { } fresh)
                return false;
            Entry old = _current!;
            _current = fresh;
            old.Hold.LetGo();
        }
        Swapped?.Invoke(this, EventArgs.Empty);
        return true;
    }

    /// <summary>
    /// Ends the watch and lets the model go: calls in flight finish, later ones get
    /// <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_looking)
        {
            _current?.Hold.LetGo();
            _current = null;
        }
    }

    private Entry Current => _current ?? throw new ObjectDisposedException(nameof(PredictorPool));

    private void LookQuietly()
    {
        try
        {
            Look();
            _timer!.Change(_options.PollInterval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The pool ended while the timer ran.
        }
    }

    /// <summary>The highest version that loads, if it is another than the one in use.</summary>
    private Entry? Find(bool firstTime)
    {
        Exception? problem = null;
        try
        {
            foreach ((long version, string folder) in BundleFolder.Versions(Folder).Reverse())
            {
                string print = BundleFolder.Fingerprint(folder);
                if (_current is { } now && now.Version == version && now.Fingerprint == print)
                    break;
                if (_failed.TryGetValue(version, out FailedLoad? before) && !before.IsDue(print))
                {
                    problem ??= new InvalidDataException(Problem);
                    continue;
                }
                if (TryLoad(version, folder, print, before, ref problem) is { } fresh)
                {
                    Problem = problem?.Message;
                    return fresh;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e;
        }
        if (firstTime)
            throw problem
                ?? new FileNotFoundException(
                    $"{Folder} holds no bundle and no numbered versions of one; name the folder that training saved.",
                    Folder
                );
        Problem = problem?.Message;
        return null;
    }

    private Entry? TryLoad(long version, string folder, string print, FailedLoad? before, ref Exception? problem)
    {
        try
        {
            var fresh = new Entry(_options.Load(folder), version, print);
            _failed.Remove(version);
            return fresh;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _failed[version] = new FailedLoad(print, before, _options.PollInterval);
            problem ??= e;
            return null;
        }
    }

    private sealed class Entry
    {
        public Entry(Predictor predictor, long version, string fingerprint)
        {
            (Predictor, Version, Fingerprint) = (predictor, version, fingerprint);
            Hold = new CountedHold(predictor.Dispose);
        }

        public Predictor Predictor { get; }

        public long Version { get; }

        public string Fingerprint { get; }

        public CountedHold Hold { get; }
    }
}
